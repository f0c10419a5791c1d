// SPDX-License-Identifier: Apache-2.0
#include "scoring/lightgbm/library.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scoring/features.hpp"

namespace gossamer::scoring::lightgbm {

Result<void> check(int status, std::string_view action) {
  if (status == 0) return {};
  return invalid_input(fmt::format("lightgbm cannot {}: {}", action, LGBM_GetLastError()));
}

std::vector<double> to_matrix(std::span<const Column* const> columns, Layout layout) {
  if (columns.empty()) return {};
  const std::size_t rows = columns.front()->size();
  std::vector<double> matrix(rows * columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::vector<double> values = to_doubles(*columns[i]);
    if (layout == Layout::by_column) {
      std::ranges::copy(values, matrix.begin() + static_cast<std::ptrdiff_t>(i * rows));
      continue;
    }
    for (std::size_t row = 0; row < rows; ++row)
      matrix[row * columns.size() + i] = values[row];
  }
  return matrix;
}

Result<std::vector<std::string>> names_of(const Booster& booster, NamesFunction function,
                                          std::string_view action) {
  int count = 0;
  std::size_t longest = 0;
  TRY(check(function(booster.get(), 0, &count, 0, &longest, nullptr), action));
  std::vector<std::vector<char>> buffers(static_cast<std::size_t>(count),
                                         std::vector<char>(longest + 1));
  std::vector<char*> pointers;
  for (auto& buffer : buffers)
    pointers.push_back(buffer.data());
  TRY(check(function(booster.get(), count, &count, longest + 1, &longest, pointers.data()),
            action));
  return std::vector<std::string>(pointers.begin(), pointers.end());
}

}  // namespace gossamer::scoring::lightgbm
