// SPDX-License-Identifier: Apache-2.0
// The columns that a scorer gives back, the same for every engine.
#pragma once

#include "base/columns/batch.hpp"
#include "base/columns/signature.hpp"
#include "base/result.hpp"
#include "scoring/artifact.hpp"
#include "scoring/scorer.hpp"

#include <cstddef>
#include <span>

namespace gossamer::scoring {

// Names and types of the columns, as Scorer::score documents them.
Signature outputs_of(const Description& description, OutputType type);

// `values`: row-major, rows x outputs, after the link (outputs: the classes, or 1). `extra`:
// margins, rows x outputs, or contributions, rows x outputs x (features + 1) with the bias last;
// else empty. A length that does not fit is a `bug`: the library broke its promise.
Result<Batch> make_outputs(const Description& description, OutputType type, std::size_t rows,
                           std::span<const double> values, std::span<const double> extra);

// No rows, and the columns all the same.
Result<Batch> empty_outputs(const Description& description, OutputType type);

}  // namespace gossamer::scoring
