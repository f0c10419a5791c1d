// SPDX-License-Identifier: Apache-2.0
#include "orchestration/resolve.hpp"

namespace gossamer::orchestration {
namespace {

using namespace pipeline;

Json query_json(const Query& query) {
  return {{"file", query.file},
          {"text", query.text},
          {"digest", query.digest.text()},
          {"tables", query.tables},
          {"parameters", query.parameters},
          {"models", query.models},
          {"is_volatile", query.is_volatile}};
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Result<Json> texts(const std::vector<Text>& list, const References& references) {
  Json values = Json::array();
  for (const auto& text : list) {
    TRY_ASSIGN(auto value, resolve(text, references));
    values.push_back(std::move(value));
  }
  return values;
}

Result<Json> texts(const std::map<std::string, Text>& map, const References& references) {
  Json values = Json::object();
  for (const auto& [name, text] : map) {
    TRY_ASSIGN(values[name], resolve(text, references));
  }
  return values;
}

Result<Json> switch_spec(const SwitchProposal& proposal, const References& references) {
  Json aliases = Json::array();
  for (const auto& change : proposal.aliases) {
    TRY_ASSIGN(auto version, resolve(change.version, references));
    aliases.push_back(
        {{"model", change.model}, {"alias", change.alias}, {"version", std::move(version)}});
  }
  TRY_ASSIGN(auto settings, texts(proposal.settings, references));
  return Json{{"aliases", std::move(aliases)},
              {"settings", std::move(settings)},
              {"publish", proposal.publish}};
}

Result<Json> value_of(const Value& value, const References& references) {
  if (const auto* text = std::get_if<Text>(&value)) return resolve(*text, references);
  return std::get<Json>(value);
}

// One overload a kind; the variant picks.
struct Spec {
  const References& references;

  Result<Json> operator()(const SqlStep& body) const {
    return Json{{"query", query_json(body.query)}};
  }

  Result<Json> operator()(const CommandStep& body) const {
    TRY_ASSIGN(auto argv, texts(body.argv, references));
    TRY_ASSIGN(auto env, texts(body.env, references));
    return Json{{"argv", std::move(argv)},
                {"env", std::move(env)},
                {"workdir", body.workdir},
                {"code", body.code},
                {"image", body.image}};
  }

  Result<Json> operator()(const NotebookStep& body) const {
    TRY_ASSIGN(auto params, texts(body.params, references));
    return Json{{"file", body.file}, {"params", std::move(params)}};
  }

  Result<Json> operator()(const TrainStep& body) const {
    TRY_ASSIGN(auto rounds, value_of(body.rounds, references));
    Json params = Json::object();
    for (const auto& [name, value] : body.params) {
      TRY_ASSIGN(params[name], value_of(value, references));
    }
    return Json{{"model", body.model},
                {"engine", body.engine},
                {"data", query_json(body.data)},
                {"label", body.label},
                {"weight", body.weight},
                {"exclude", body.exclude},
                {"objective", body.objective},
                {"rounds", std::move(rounds)},
                {"params", std::move(params)},
                {"seed", body.seed},
                {"validation_fraction", or_null(body.validation_fraction)},
                {"early_stopping_rounds", or_null(body.early_stopping_rounds)}};
  }

  Result<Json> operator()(const EvaluateStep& body) const {
    TRY_ASSIGN(auto model, resolve(body.model, references));
    Json against = nullptr;
    if (body.against) {
      TRY_ASSIGN(against, resolve(*body.against, references));
    }
    Json criteria = Json::array();
    for (const auto& criterion : body.criteria) {
      criteria.push_back({{"metric", criterion.metric},
                          {"at_most", or_null(criterion.at_most)},
                          {"at_least", or_null(criterion.at_least)},
                          {"not_worse_than_against", criterion.not_worse_than_against},
                          {"tolerance_relative", criterion.tolerance_relative},
                          {"tolerance_absolute", criterion.tolerance_absolute}});
    }
    return Json{{"model", std::move(model)},      {"against", std::move(against)},
                {"data", query_json(body.data)},  {"label", body.label},
                {"weight", body.weight},          {"exclude", body.exclude},
                {"metrics", body.metrics},        {"by", body.by},
                {"criteria", std::move(criteria)}};
  }

  Result<Json> operator()(const PredictStep& body) const {
    Json spec{{"data", query_json(body.data)},
              {"output_type", body.output_type},
              {"on_error", body.on_error}};
    if (body.models.empty()) {
      TRY_ASSIGN(spec["model"], resolve(body.model, references));
    } else {
      TRY_ASSIGN(spec["models"], texts(body.models, references));
    }
    return spec;
  }

  Result<Json> operator()(const ProfileStep& body) const {
    TRY_ASSIGN(auto table, resolve(body.table, references));
    return Json{{"table", std::move(table)}, {"reference", body.reference}};
  }

  Result<Json> operator()(const ApprovalStep& body) const {
    TRY_ASSIGN(auto title, resolve(body.title, references));
    TRY_ASSIGN(auto approved, switch_spec(body.on_approved, references));
    TRY_ASSIGN(auto rejected, switch_spec(body.on_rejected, references));
    return Json{{"title", std::move(title)},
                {"evidence", body.evidence},
                {"on_approved", std::move(approved)},
                {"on_rejected", std::move(rejected)},
                {"count", body.approvers.count}};
  }

  Result<Json> operator()(const TriggerStep& body) const {
    TRY_ASSIGN(auto params, texts(body.params, references));
    return Json{
        {"pipeline", body.pipeline}, {"partition", body.partition}, {"params", std::move(params)}};
  }

  Result<Json> operator()(const NoneStep&) const { return Json(Json::object()); }
};

}  // namespace

Result<Json> spec_of(const Step& step, const References& references) {
  return std::visit(Spec{references}, step.body);
}

}  // namespace gossamer::orchestration
