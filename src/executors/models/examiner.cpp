// SPDX-License-Identifier: Apache-2.0
#include "executors/models/examiner.hpp"

#include <fmt/format.h>

namespace gossamer::executors {

namespace {

constexpr Duration explain_patience = std::chrono::minutes(5);

std::string name_of(const models::Version& version) {
  return fmt::format("{}/{}", version.registration.model, version.registration.version);
}

Json origin_json(const models::Version& version) {
  const Json& facts = version.registration.facts;
  return Json{{"version", name_of(version)},
              {"run", version.run.value()},
              {"step", version.step},
              {"created_at", format_instant(version.created_at)},
              {"data", facts.is_object() ? facts.value("data", Json()) : Json()},
              {"metrics", version.registration.metrics}};
}

}  // namespace

Result<models::Version> ModelExaminer::resolved(const std::string& name) const {
  TRY_ASSIGN(const auto parsed, models::Name::parse(name));
  return models_.resolve(parsed);
}

Result<Json> ModelExaminer::compare(const models::CompareRequest& request) {
  TRY_ASSIGN(const auto from, resolved(request.from));
  TRY_ASSIGN(const auto to, resolved(request.to));
  if (name_of(from) == name_of(to)) {
    return invalid_input(
        fmt::format("{} and {} are the same version, {}", request.from, request.to, name_of(from)));
  }
  const Json spec{
      {"model", name_of(to)},   {"against", name_of(from)}, {"data", {{"text", request.sql}}},
      {"label", request.label}, {"weight", request.weight}, {"metrics", request.metrics},
      {"by", request.by}};
  TRY_ASSIGN(auto job, tables_.reading_job("evaluate", spec, request.patience));
  TRY_ASSIGN(auto done, tables_.run_job(std::move(job), request.patience));
  done.report["versions"] = Json::array({origin_json(from), origin_json(to)});
  return std::move(done.report);
}

Result<Json> ModelExaminer::explain(const std::string& name) {
  TRY_ASSIGN(const auto version, resolved(name));
  TRY_ASSIGN(auto job,
             tables_.reading_job("explain_model", {{"model", name_of(version)}}, explain_patience));
  TRY_ASSIGN(auto done, tables_.run_job(std::move(job), explain_patience));
  const Json& facts = version.registration.facts;
  done.report["importance"] =
      facts.is_object() ? facts.value("importance", Json::array()) : Json::array();
  return std::move(done.report);
}

}  // namespace gossamer::executors
