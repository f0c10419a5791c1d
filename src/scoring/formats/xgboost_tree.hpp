// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/formats/document.hpp"
#include "scoring/formats/shape.hpp"

namespace gossamer::scoring::formats {

// One entry of `trees`: arrays of one length, children, parents, features and categories in range.
Result<void> check_xgboost_tree(const Place& tree, const Shape& shape);

}  // namespace gossamer::scoring::formats
