// SPDX-License-Identifier: Apache-2.0
// Small model files written by hand, for the tests of the readers and of what stands on them.
#pragma once

#include <string>
#include <string_view>

namespace gossamer::scoring::forest::test {

// Two trees over two features for binary:logistic: f0 < 0.5 ? -1 : (f1 in {1, 3} ? 2 : 1), and the
// constant 0.25. base_score is 0.5.
std::string xgboost_json();
// JSON text as UBJSON, with the typed arrays that XGBoost writes. Numbers with a point become
// float32, the others the smallest integer.
std::string to_ubjson(std::string_view json);
// Two trees over two features for `binary sigmoid:1`, of format v4: a numeric split whose NaN goes
// left above a categorical one, and one leaf.
std::string lightgbm_text();

// `text` with the first `from` made `to`; the test fails where there is none.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace gossamer::scoring::forest::test
