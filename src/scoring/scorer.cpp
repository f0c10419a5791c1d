// SPDX-License-Identifier: Apache-2.0
#include "scoring/scorer.hpp"

#include "base/suggest.hpp"

namespace gossamer::scoring {

std::string_view name_of(Task task) {
  switch (task) {
    case Task::regression:
      return "regression";
    case Task::binary:
      return "binary";
    case Task::multiclass:
      return "multiclass";
  }
  return "regression";
}

std::string_view name_of(OutputType type) {
  switch (type) {
    case OutputType::prediction:
      return "prediction";
    case OutputType::margin:
      return "margin";
    case OutputType::contributions:
      return "contributions";
  }
  return "prediction";
}

Result<OutputType> parse_output_type(std::string_view text) {
  std::vector<std::string> known;
  for (const auto type : {OutputType::prediction, OutputType::margin, OutputType::contributions}) {
    if (text == name_of(type)) return type;
    known.emplace_back(name_of(type));
  }
  return invalid_input("output_type `" + std::string(text) +
                       "` is none of prediction, margin, contributions" +
                       did_you_mean(text, known));
}

}  // namespace gossamer::scoring
