// SPDX-License-Identifier: Apache-2.0
// The checks and conversions that every engine needs on its way from columns to a library.
#pragma once

#include "base/columns/batch.hpp"
#include "base/columns/signature.hpp"
#include "base/result.hpp"
#include "scoring/engine.hpp"
#include "scoring/objective.hpp"
#include "scoring/scorer.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gossamer::scoring {

enum class Infinities : std::uint8_t {
  allowed,
  refused,  // also finite numbers that become infinite as float32
};

// The batch's columns of these names, in order. invalid_input lists all that are missing (with a
// suggestion where one is near) and all that are not numeric (boolean, int64, float64, float32).
Result<std::vector<const Column*>> numeric_columns(const Batch& rows, const Signature& features);

// Rows in which an entry is infinite (with `refused`), or where a categorical feature holds no
// code.
std::vector<BadRow> bad_rows_of(std::span<const Column* const> columns,
                                const std::vector<std::string>& categorical, Infinities infinities,
                                std::string_view engine);

// The bad row as an error: "column `age`, row 17: ...".
Error bad_row_error(const BadRow& bad);

// Entries [begin, begin + into.size()) as numbers; null, and what is no number, as NaN.
void copy_numbers(const Column& column, std::size_t begin, std::span<double> into);
void copy_numbers(const Column& column, std::size_t begin, std::span<float> into);
// Entries as numbers, null as NaN. Exact but for int64 beyond 2^53, which are rounded to nearest.
std::vector<double> to_doubles(const Column& column);
// As to_doubles, rounded once to float32: what a library that works in float32 makes of the entry.
std::vector<float> to_floats(const Column& column);

// What an engine learns from, after all checks.
struct TrainingSet {
  Signature features;
  std::vector<const Column*> columns;  // into the batch
  std::vector<float> label;            // for classes their index
  std::vector<float> weight;           // empty: all 1
  std::vector<std::string> classes;    // multiclass only
  ColumnType class_type = ColumnType::int64;
  std::vector<std::string> categorical;
  std::vector<std::int32_t> training_rows;    // ascending; empty: all rows
  std::vector<std::int32_t> validation_rows;  // ascending; may be empty
};

// Checks everything that both engines refuse: no rows, no features, a missing, non-numeric or
// repeated feature, a label or weight that is null, NaN, infinite or against the objective's rule,
// infinities in features, a nonsense fraction. Errors name the column and the row (from 1).
Result<TrainingSet> make_training_set(const Batch& rows, const TrainingRequest& request,
                                      const Objective& objective, Infinities infinities,
                                      std::string_view engine);

// As many threads as so many rows keep busy, at most `available`: a thread that waits for the
// others after each of thousands of small loops costs more than it does.
int threads_for(std::size_t rows, int available);

// The column's entries in the given rows, as a column of its own.
Column gather(const Column& column, std::span<const std::int32_t> rows);

// Some rows of a set as an engine's own matrix takes them; `columns` point into the set's batch or
// into `picked`.
struct Selection {
  std::vector<Column> picked;
  std::vector<const Column*> columns;
  std::vector<float> label;
  std::vector<float> weight;  // empty: all 1
};
// All rows where `rows` is empty.
Selection select(const TrainingSet& set, std::span<const std::int32_t> rows);

// A model of this set without what only the engine knows: parameters, rounds, metrics, bytes.
TrainedModel trained_on(const TrainingSet& set, std::string flavour, std::string model_file,
                        std::string objective, Task task);

// One entry a feature, most gain first; gains and splits in the features' order.
std::vector<FeatureImportance> rank_features(const Signature& features,
                                             std::span<const double> gains,
                                             std::span<const double> splits);

}  // namespace gossamer::scoring
