// SPDX-License-Identifier: Apache-2.0
#include "scoring/lightgbm/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string_view>

#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "scoring/lightgbm/library.hpp"

namespace gossamer::scoring::lightgbm {
namespace {

// A parameter (under its main name) that has a place of its own, and what to do instead.
struct Redirect {
  std::string_view name;
  std::string_view instead;
};
constexpr auto redirects = std::to_array<Redirect>({
    {"objective", "say it as the step's `objective`"},
    {"seed", "say it as the step's `seed`"},
    {"num_iterations", "say it as the step's `rounds`"},
    {"early_stopping_round", "say it as the step's `early_stopping_rounds`"},
    {"num_threads", "leave it out: threads do not change the result and are set by the worker"},
    {"categorical_feature", "name features that hold category codes under `categorical`"},
    {"device_type", "leave it out: training runs on the processor"},
    {"deterministic", "leave it out: it is always on"},
    {"task", "leave it out: the step trains"},
});

// Every name that the library knows, with the main name that it stands for.
Result<std::map<std::string, std::string>> known_names() {
  std::int64_t size = 0;
  TRY(check(LGBM_DumpParamAliases(0, &size, nullptr), "list its parameters"));
  std::string text(static_cast<std::size_t>(size), '\0');
  TRY(check(LGBM_DumpParamAliases(size, &size, text.data()), "list its parameters"));
  while (!text.empty() && text.back() == '\0')
    text.pop_back();
  TRY_ASSIGN(const Json json, parse_json(text, "lightgbm's parameters"));
  std::map<std::string, std::string> names;
  for (const auto& [name, aliases] : json.items()) {
    names[name] = name;
    for (const Json& alias : aliases)
      names[alias.get<std::string>()] = name;
  }
  return names;
}

Result<std::string> text_of(const std::string& name, const Json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_boolean()) {
    text = value.get<bool>() ? "true" : "false";
  } else if (value.is_number_integer()) {
    text = fmt::format("{}", value.get<std::int64_t>());
  } else if (value.is_number_float()) {
    text = shortest(value.get<double>());
  } else if (value.is_array()) {
    for (const Json& item : value) {
      text +=
          (text.empty() ? "" : ",") + (item.is_string() ? item.get<std::string>() : item.dump());
    }
  }
  if (text.empty() || text.find_first_of(" \t\r\n=") != std::string::npos) {
    return invalid_input(
        fmt::format("`params.{}` is {}; lightgbm takes a text without blanks, a number, a boolean "
                    "or a list of them",
                    name, value.dump()));
  }
  return text;
}

std::string categorical_columns(const TrainingSet& set) {
  std::string text;
  for (std::size_t i = 0; i < set.features.columns.size(); ++i) {
    if (std::ranges::find(set.categorical, set.features.columns[i].name) == set.categorical.end()) {
      continue;
    }
    text += (text.empty() ? "" : ",") + fmt::format("{}", i);
  }
  return text;
}

}  // namespace

Result<Parameters> make_parameters(const TrainingRequest& request, const Objective& objective,
                                   const TrainingSet& set) {
  if (!request.params.is_object()) return invalid_input("`params` is no mapping");
  if (request.seed < 0 || request.seed > std::numeric_limits<std::int32_t>::max()) {
    return invalid_input(fmt::format("`seed` is {}; lightgbm takes 0 to {}", request.seed,
                                     std::numeric_limits<std::int32_t>::max()));
  }
  TRY_ASSIGN(const auto known, known_names());
  // Without one of the two, LightGBM measures which layout is faster, and the sums depend on it.
  Parameters parameters{{"objective", std::string(objective.name)},
                        {"seed", fmt::format("{}", request.seed)},
                        {"deterministic", "true"},
                        {"force_col_wise", "true"},
                        {"verbosity", "-1"}};
  if (objective.task == Task::multiclass) {
    parameters.emplace_back("num_class", fmt::format("{}", set.classes.size()));
  }
  if (!set.categorical.empty()) {
    parameters.emplace_back("categorical_feature", categorical_columns(set));
  }
  for (const auto& [name, value] : request.params.items()) {
    if (name == "categorical") continue;
    const auto found = known.find(name);
    if (found == known.end()) {
      std::vector<std::string> candidates{"categorical"};
      for (const auto& [candidate, main] : known)
        candidates.push_back(candidate);
      return invalid_input(
          fmt::format("lightgbm has no parameter `{}`{}", name, did_you_mean(name, candidates)));
    }
    const std::string& main = found->second;
    const auto redirect = std::ranges::find(redirects, main, &Redirect::name);
    if (redirect != redirects.end()) {
      return invalid_input(fmt::format("`params.{}`: {}", name, redirect->instead));
    }
    TRY_ASSIGN(std::string text, text_of(name, value));
    if (main == "num_class" && text != fmt::format("{}", set.classes.size())) {
      return invalid_input(fmt::format("`params.{}` is {}; label `{}` has {} classes", name, text,
                                       request.label, set.classes.size()));
    }
    std::erase_if(parameters, [&](const auto& entry) {
      return entry.first == main || (main == "force_row_wise" && entry.first == "force_col_wise");
    });
    parameters.emplace_back(main, std::move(text));
  }
  return parameters;
}

std::string to_text(const Parameters& parameters, int threads) {
  std::string text = fmt::format("num_threads={}", threads);
  for (const auto& [name, value] : parameters)
    text += fmt::format(" {}={}", name, value);
  return text;
}

Json to_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [name, value] : parameters) {
    if (name != "verbosity") json[name] = value;
  }
  return json;
}

}  // namespace gossamer::scoring::lightgbm
