// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/numbers.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

const std::vector<std::pair<std::string, std::string>>& metric_choices() {
  static const std::vector<std::pair<std::string, std::string>> choices = [] {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const char* metric :
         {"rmse", "mae", "mape", "r2", "auc", "gini", "ks", "average_precision", "brier",
          "log_loss", "ece", "accuracy", "precision", "recall", "f1", "selection_rate_ratio",
          "equal_opportunity_gap", "calibration_gap"}) {
      pairs.emplace_back(metric, metric);
    }
    return pairs;
  }();
  return choices;
}

struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

// `2%` of the other side's figure, or a plain number.
schema::Type<Tolerance> tolerance() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<Tolerance> {
    const bool numeric =
        node.kind == YamlNode::Kind::integer || node.kind == YamlNode::Kind::floating;
    if (numeric && node.floating >= 0 && node.floating < 1e300) return Tolerance{0, node.floating};
    if (node.kind == YamlNode::Kind::string && node.text.ends_with('%')) {
      const Result<double> percent =
          parse_number(std::string_view(node.text).substr(0, node.text.size() - 1));
      if (percent && *percent >= 0 && *percent <= 100) return Tolerance{*percent / 100, 0};
    }
    problems.mismatch(node, "a percentage such as 2% (0 to 100), or a number of at least 0");
    return std::nullopt;
  };
  Json percentage{{"type", "string"}, {"pattern", "^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$"}};
  Json absolute{{"type", "number"}, {"minimum", 0}};
  return {Json{{"anyOf", {std::move(percentage), std::move(absolute)}}}, std::move(read)};
}

schema::Type<Criterion> bounds() {
  using namespace schema;
  return object<Criterion>(
      "a criterion",
      {optional("at_most", &Criterion::at_most, number(), "The figure may not be larger."),
       optional("at_least", &Criterion::at_least, number(), "The figure may not be smaller."),
       field_by<Criterion>(Presence::optional, "not_worse_than", choice<bool>({{"against", true}}),
                           "Not worse than the figure of the other model.",
                           [](Criterion& into, bool value, const YamlNode&) {
                             into.not_worse_than_against = value;
                           }),
       field_by<Criterion>(Presence::optional, "tolerance", tolerance(),
                           "How much worse is still good enough.",
                           [](Criterion& into, Tolerance value, const YamlNode&) {
                             into.tolerance_relative = value.relative;
                             into.tolerance_absolute = value.absolute;
                           })},
      &Criterion::position);
}

// `rmse: { at_most: 60 }`: a mapping with one key, a metric.
schema::Type<Criterion> criterion() {
  schema::Type<std::string> metric = schema::choice(metric_choices());
  schema::Type<Criterion> inner = bounds();
  Json schema{{"type", "object"},
              {"propertyNames", metric.schema},
              {"additionalProperties", inner.schema},
              {"minProperties", 1},
              {"maxProperties", 1}};
  auto read = [metric = std::move(metric.read), inner = std::move(inner.read)](
                  const YamlNode& node, Problems& problems) -> std::optional<Criterion> {
    if (node.kind != YamlNode::Kind::mapping || node.entries.size() != 1) {
      problems.mismatch(node, "one metric with its bound, such as `rmse: { at_most: 60 }`");
      return std::nullopt;
    }
    const YamlEntry& entry = node.entries.front();
    const std::optional<std::string> known = metric(entry.key, problems);
    const Problems::About about(problems, entry.key.text);
    std::optional<Criterion> criterion = inner(entry.value, problems);
    if (!known || !criterion) return std::nullopt;
    criterion->metric = *known;
    const bool has_bound =
        criterion->at_most || criterion->at_least || criterion->not_worse_than_against;
    const std::vector<std::string> bounds_of{"at_most", "at_least", "not_worse_than", "tolerance"};
    if (!has_bound && !schema::has_unknown_key(entry.value, bounds_of) &&
        entry.value.find("not_worse_than") == nullptr) {
      problems.error(entry.key,
                     "no bound: give `at_most`, `at_least` or `not_worse_than: against`");
    }
    criterion->position = entry.key.position();
    return criterion;
  };
  return {std::move(schema), std::move(read)};
}

// Figures of how groups differ need groups.
void check_groups(const EvaluateStep& step, const StepDraft& draft, Problems& problems) {
  if (!step.by.empty()) return;
  for (const std::string_view metric :
       {"selection_rate_ratio", "equal_opportunity_gap", "calibration_gap"}) {
    if (std::ranges::find(step.metrics, metric) == step.metrics.end() &&
        std::ranges::find(step.criteria, metric, &Criterion::metric) == step.criteria.end()) {
      continue;
    }
    problems.error(*draft.body, fmt::format("{} says how groups differ: name their columns under "
                                            "`by`",
                                            metric));
  }
}

void check(const StepDraft& draft, const Surroundings&, Problems& problems) {
  const auto& step = std::get<EvaluateStep>(draft.step.body);
  check_groups(step, draft, problems);
  for (const Criterion& criterion : step.criteria) {
    const bool has_tolerance = criterion.tolerance_relative > 0 || criterion.tolerance_absolute > 0;
    if (has_tolerance && !criterion.not_worse_than_against) {
      problems.error(criterion.position,
                     fmt::format("the criterion on {} has a `tolerance` without `not_worse_than`",
                                 criterion.metric));
    }
    if (criterion.not_worse_than_against && draft.body->find("against") == nullptr) {
      problems.error(criterion.position,
                     fmt::format("the criterion on {} compares with `against`, but the step has no "
                                 "key `against`",
                                 criterion.metric));
    }
    if (criterion.at_most && criterion.at_least && *criterion.at_most < *criterion.at_least) {
      problems.error(criterion.position,
                     fmt::format("no {} is at least {} and at most {}", criterion.metric,
                                 shortest(*criterion.at_least), shortest(*criterion.at_most)));
    }
  }
}

}  // namespace

Kind evaluate_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::evaluate;
  kind.description = "Figures for one or two models on one data set, with criteria.";
  Type<EvaluateStep> body = object<EvaluateStep>(
      "an evaluate step",
      {required("model", &EvaluateStep::model, text_with_references("a model version"),
                "The version to look at: `name@alias`, `name/7` or a reference."),
       optional("against", &EvaluateStep::against, text_with_references("a model version"),
                "The version to compare it with."),
       required("data", &EvaluateStep::data, query(), "The rows to score."),
       required("label", &EvaluateStep::label, name(column_name()), "The column of true values."),
       optional("weight", &EvaluateStep::weight, name(column_name()), "The column of row weights."),
       optional("exclude", &EvaluateStep::exclude,
                one_or_many("a column or a list", name(column_name())),
                "Columns that are no features."),
       optional("metrics", &EvaluateStep::metrics,
                list_of("a list of metrics", choice(metric_choices()), {.least = 1}),
                "The figures."),
       optional("by", &EvaluateStep::by, one_or_many("a column or a list", name(column_name())),
                "Columns whose groups get figures of their own."),
       optional("criteria", &EvaluateStep::criteria,
                list_of("a list of criteria", criterion(), {.least = 1}),
                "Bounds that decide between passed and failed_criteria.")});
  // A criterion's figure is calculated and shown even where `metrics` leaves it out.
  kind.body = as_body(refined<EvaluateStep>(
      std::move(body),
      [](EvaluateStep step, const YamlNode&, Problems&) -> std::optional<EvaluateStep> {
        // Without a list there are the engine's usual figures, and those of the criteria.
        if (step.metrics.empty()) return step;
        for (const Criterion& criterion : step.criteria) {
          if (std::ranges::find(step.metrics, criterion.metric) == step.metrics.end()) {
            step.metrics.push_back(criterion.metric);
          }
        }
        return step;
      }));
  kind.queries = [](StepBody& step) {
    return std::vector<Query*>{&std::get<EvaluateStep>(step).data};
  };
  kind.texts = [](const StepBody& step) {
    const auto& evaluate = std::get<EvaluateStep>(step);
    std::vector<const Text*> texts{&evaluate.model};
    if (evaluate.against) texts.push_back(&*evaluate.against);
    return texts;
  };
  kind.models = kind.texts;
  kind.check = check;
  return kind;
}

}  // namespace gossamer::pipeline
