// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "base/json_fields.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "executors/evaluate/evaluate.hpp"
#include "executors/evaluate/figures.hpp"

namespace gossamer::executors {
namespace {

Result<CriterionSpec> parse_criterion(const Json& json, const std::string& where) {
  CriterionSpec criterion;
  TRY_ASSIGN(criterion.metric, require<std::string>(json, "metric", where));
  TRY_ASSIGN(criterion.at_most, optional<double>(json, "at_most", where));
  TRY_ASSIGN(criterion.at_least, optional<double>(json, "at_least", where));
  TRY_ASSIGN(const auto compares, optional<bool>(json, "not_worse_than_against", where));
  criterion.not_worse_than_against = compares.value_or(false);
  TRY_ASSIGN(const auto relative, optional<double>(json, "tolerance_relative", where));
  TRY_ASSIGN(const auto absolute, optional<double>(json, "tolerance_absolute", where));
  criterion.tolerance_relative = relative.value_or(0);
  criterion.tolerance_absolute = absolute.value_or(0);
  return criterion;
}

using Names = std::vector<std::string>;

}  // namespace

Result<EvaluateSpec> parse_evaluate_spec(const Json& spec) {
  EvaluateSpec parsed;
  TRY_ASSIGN(parsed.model, require<std::string>(spec, "model", "evaluate"));
  TRY_ASSIGN(const auto against, optional<std::string>(spec, "against", "evaluate"));
  parsed.against = against.value_or("");
  TRY_ASSIGN(const Json data, require<Json>(spec, "data", "evaluate"));
  TRY_ASSIGN(parsed.query, require<std::string>(data, "text", "evaluate.data"));
  TRY_ASSIGN(parsed.label, require<std::string>(spec, "label", "evaluate"));
  TRY_ASSIGN(const auto weight, optional<std::string>(spec, "weight", "evaluate"));
  parsed.weight = weight.value_or("");
  TRY_ASSIGN(const auto metrics, optional<Names>(spec, "metrics", "evaluate"));
  parsed.metrics = metrics.value_or(Names());
  TRY_ASSIGN(const auto by, optional<Names>(spec, "by", "evaluate"));
  parsed.by = by.value_or(Names());
  TRY_ASSIGN(const auto by_time, optional<std::string>(spec, "by_time", "evaluate"));
  parsed.by_time = by_time.value_or("");
  if (member_or_null(spec, "criteria").is_null()) return parsed;
  TRY_ASSIGN(parsed.criteria,
             require_list<CriterionSpec>(spec, "criteria", "evaluate", parse_criterion));
  return parsed;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "met";
    case Verdict::failed:
      return "failed";
    case Verdict::no_comparison:
      return "no comparison";
  }
  return "failed";
}

Verdict judge(const CriterionSpec& criterion, std::optional<double> now,
              std::optional<double> before) {
  // What cannot be measured has not been shown to be good enough.
  if (!now) return Verdict::failed;
  if (criterion.at_most && !(*now <= *criterion.at_most)) return Verdict::failed;
  if (criterion.at_least && !(*now >= *criterion.at_least)) return Verdict::failed;
  if (!criterion.not_worse_than_against) return Verdict::met;
  if (!before) return Verdict::no_comparison;
  const double tolerated =
      std::abs(*before) * criterion.tolerance_relative + criterion.tolerance_absolute;
  const bool good = better_of(criterion.metric) == Better::less ? *now <= *before + tolerated
                                                                : *now >= *before - tolerated;
  return good ? Verdict::met : Verdict::failed;
}

std::string describe(const CriterionSpec& criterion, const std::string& against) {
  std::vector<std::string> parts;
  if (criterion.at_least) parts.push_back("at least " + shortest(*criterion.at_least));
  if (criterion.at_most) parts.push_back("at most " + shortest(*criterion.at_most));
  if (criterion.not_worse_than_against) {
    std::string text = "not worse than " + against;
    if (criterion.tolerance_relative > 0) {
      text += fmt::format(" ({}% tolerated)",
                          format_significant(criterion.tolerance_relative * 100, 6));
    } else if (criterion.tolerance_absolute > 0) {
      text += fmt::format(" ({} tolerated)", shortest(criterion.tolerance_absolute));
    }
    parts.push_back(std::move(text));
  }
  return criterion.metric + " " + join(parts, ", ");
}

}  // namespace gossamer::executors
