// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/recode.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <unordered_map>
#include <vector>

namespace gossamer::scoring::forest {

Result<Column> recode(const Column& column, std::span<const std::string> categories) {
  std::unordered_map<std::string, double> code_of;
  for (std::size_t code = 0; code < categories.size(); ++code)
    code_of.emplace(categories[code], static_cast<double>(code));
  std::vector<double> codes(column.size());
  std::vector<bool> present(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    present[row] = !column.is_null(row);
    if (!present[row]) continue;
    const std::string text = column.text_at(row);
    const auto found = code_of.find(text);
    if (found == code_of.end()) {
      return invalid_input(
          fmt::format("column `{}`, row {}: the category `{}` was not among the {} of the training",
                      column.name(), row + 1, text, categories.size()));
    }
    codes[row] = found->second;
  }
  return Column::of_float64(column.name(), std::move(codes), present);
}

}  // namespace gossamer::scoring::forest
