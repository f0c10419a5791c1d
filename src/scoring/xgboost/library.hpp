// SPDX-License-Identifier: Apache-2.0
// XGBoost's C API with Results and owners; the only header here that includes it.
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <xgboost/c_api.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gossamer::scoring::xgboost {

// "3.4.1"
std::string library_version();

// An error of the last call of this thread that returned `status`; its stack trace is left out.
Result<void> check(int status, std::string_view action);

struct FreeMatrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};
using Matrix = std::unique_ptr<std::remove_pointer_t<DMatrixHandle>, FreeMatrix>;
using Booster = std::unique_ptr<std::remove_pointer_t<BoosterHandle>, FreeBooster>;

// Columns as XGBoost reads them: the batch's own memory where no entry is null, float32 copies with
// NaN otherwise. The columns must outlive it.
class ColumnarView {
 public:
  explicit ColumnarView(std::span<const Column* const> columns);
  // A JSON list of array interfaces.
  [[nodiscard]] const std::string& json() const { return json_; }

 private:
  std::vector<std::vector<float>> copies_;
  std::string json_;
};

Result<Matrix> make_matrix(const ColumnarView& view, int threads);
Result<void> set_strings(const Matrix& matrix, const char* field,
                         std::span<const std::string> values);
Result<void> set_strings(const Booster& booster, const char* field,
                         std::span<const std::string> values);
Result<void> set_floats(const Matrix& matrix, const char* field, std::span<const float> values);
Result<Booster> make_booster(std::span<const DMatrixHandle> matrices);
Result<void> set_parameter(const Booster& booster, const std::string& name,
                           const std::string& value);

}  // namespace gossamer::scoring::xgboost
