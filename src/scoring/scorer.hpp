// SPDX-License-Identifier: Apache-2.0
// scoring: a model file to predictions, and rows to a model file. Owns the interface of scorers and
// engines, the checks that all of them make on their input, and the description that lies beside a
// model file. Knows no registry, no database and no measure. A Scorer is immutable: any number of
// threads may score with it at the same time.
#pragma once

#include "base/columns/batch.hpp"
#include "base/columns/signature.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring {

// What the label of a model is.
enum class Task : std::uint8_t {
  regression,  // a number
  binary,      // 0 or 1; the prediction is a probability, or what the objective gives for one
  multiclass,  // one of several classes
};
std::string_view name_of(Task task);

enum class OutputType : std::uint8_t {
  prediction,     // the objective's own output
  margin,         // the raw sum of the trees, before the link, beside the prediction
  contributions,  // SHAP values of each feature, on the margin's scale, beside the prediction
};
std::string_view name_of(OutputType type);
Result<OutputType> parse_output_type(std::string_view text);

// A row that the model cannot score, and why.
struct BadRow {
  std::size_t row = 0;  // from 0
  std::string column;
  std::string reason;  // "infinite: `xgboost` takes finite numbers and nulls"
};

// One loaded model version.
class Scorer {
 public:
  Scorer() = default;
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  virtual ~Scorer() = default;

  // The features in the model's order. Nulls and NaN are missing values and always allowed.
  [[nodiscard]] virtual const Signature& signature() const = 0;
  [[nodiscard]] virtual Task task() const = 0;
  // Names of the classes in the order of the scores; empty unless multiclass.
  [[nodiscard]] virtual const std::vector<std::string>& classes() const = 0;
  // The columns that score() returns, for any batch of rows.
  [[nodiscard]] virtual Signature output_signature(OutputType type) const = 0;
  // Rows whose values the model cannot take, in order. invalid_input where a feature is missing
  // from the batch or is not numeric: then no row can be scored. Further columns are ignored.
  [[nodiscard]] virtual Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const = 0;
  // One row each, in order: `prediction` (DOUBLE; for several classes the label, with a DOUBLE
  // `score_<class>` each), then `margin` (`margin_<class>`) or `contribution_<feature>` and
  // `contribution_bias` (per class `contribution_<class>_...`) where asked for.
  // invalid_input names the first bad row's column and row (from 1).
  [[nodiscard]] virtual Result<Batch> score(const Batch& rows, OutputType type) const = 0;
  // Which code computes: "forest avx2", "xgboost 3.4.1 (its leaves hold vectors ...)".
  [[nodiscard]] virtual std::string_view kernel() const = 0;
  // An estimate of what the loaded model occupies.
  [[nodiscard]] virtual std::size_t memory_bytes() const = 0;
};

}  // namespace gossamer::scoring
