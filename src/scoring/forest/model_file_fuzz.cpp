// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/predictor.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Any bytes give an error that says why, or a model whose paths agree.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace gossamer;
  using namespace gossamer::scoring::forest;
  const auto model = read_model(std::string_view(reinterpret_cast<const char*>(bytes), size));
  if (!model) {
    if (model.error().message.empty() || model.error().kind != ErrorKind::invalid_input)
      std::abort();
    return 0;
  }
  constexpr std::size_t features_max = 1000;
  if (!model->unsupported.empty() || model->forest.features > features_max) return 0;
  const std::size_t rows = 5;
  std::vector<Column> columns;
  for (std::uint32_t feature = 0; feature < model->forest.features; ++feature)
    columns.push_back(Column::of_float64("f", {0, 0.5, -3, 1e20, static_cast<double>(feature)}));
  std::vector<const Column*> pointers;
  for (const Column& column : columns)
    pointers.push_back(&column);
  std::vector<double> first;
  for (const Path path : available_paths()) {
    const Predictor predictor(model->forest, path);
    std::vector<double> margins(rows * predictor.outputs());
    predictor.margins(pointers, 0, rows, margins);
    if (path == Path::portable) first = margins;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const bool both_nan = margins[i] != margins[i] && first[i] != first[i];
      if (margins[i] != first[i] && !both_nan) std::abort();
    }
  }
  return 0;
}
