// SPDX-License-Identifier: Apache-2.0
// Model files that have passed their check, for who makes something of their content: what is said
// here of structure needs no second look.
#pragma once

#include "base/result.hpp"
#include "scoring/formats/document.hpp"
#include "scoring/formats/lines.hpp"
#include "scoring/formats/shape.hpp"

#include <functional>
#include <string_view>

namespace gossamer::scoring::formats {

struct XgboostFile {
  Node document;
  Shape shape;
};
Result<XgboostFile> read_xgboost_model(std::string_view bytes);
// Where the booster's trees stand, whichever version wrote it; not of a linear booster.
Result<Place> xgboost_trees(const Place& booster);

// One tree's lines, views into the text.
using TreeReader = std::function<Result<void>(const Lines& tree, const Shape& shape)>;
struct LightgbmFile {
  Lines header;
  Shape shape;
};
// Calls `each` for every tree in turn, once the tree has passed; its error is told with the tree.
Result<LightgbmFile> read_lightgbm_model(std::string_view text, const TreeReader& each);

}  // namespace gossamer::scoring::formats
