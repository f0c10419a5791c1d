// SPDX-License-Identifier: Apache-2.0
// Generated rows and models for the tests of scoring and of what stands on it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/columns/batch.hpp"
#include "scoring/engine.hpp"

namespace gossamer::scoring::test {

// Columns a (float64, some NaN), b (int64), c (float32), d (boolean, some null), and labels made of
// them: y (a number), n (a count), p (0 or 1), k (0, 1 or 2), s (a class's name), w (a weight).
// The same rows for the same arguments.
Batch numbers(std::size_t rows, std::uint64_t seed = 1);

// Learns `label` from a, b, c and d in 30 rounds.
TrainingRequest request(const std::string& label, const std::string& objective);

// The batch with this column in place of the one of its name, or behind the others.
Batch with(const Batch& rows, const Column& column);

enum class Described : bool { no, yes };

// An artifact's folder with these bytes as its model, as other programs (`no`) or we leave it.
void write_folder(const std::filesystem::path& folder, const Description& description,
                  const std::string& bytes, Described described = Described::yes);

// Writes the model into a fresh folder, loads it from there and removes the folder. Null, and a
// failed expectation, where that does not work.
std::shared_ptr<const Scorer> load_through_folder(const Engine& engine, const TrainedModel& model,
                                                  Described described = Described::yes);

// As load_through_folder, of other bytes under the model's description.
Result<std::shared_ptr<const Scorer>> load_bytes(const Engine& engine, const TrainedModel& model,
                                                 const std::string& bytes,
                                                 Described described = Described::yes);

double mean_squared_error(const Batch& predictions, const Batch& rows);

}  // namespace gossamer::scoring::test
