// SPDX-License-Identifier: Apache-2.0
#include "executors/models/examiner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "warehouse/quoting.hpp"

namespace gossamer::executors {

namespace {

constexpr Duration explain_patience = std::chrono::minutes(5);

std::string name_of(const models::Version& version) {
  return fmt::format("{}/{}", version.registration.model, version.registration.version);
}

std::string_view without_semicolon(std::string_view sql) {
  sql = trimmed(sql);
  while (sql.ends_with(';'))
    sql = trimmed(sql.substr(0, sql.size() - 1));
  return sql;
}

// The rows with their period as a column of its own, less those whose label may still change.
Result<std::string> sql_of(const models::CompareRequest& request) {
  if (request.period.empty() && request.matured_after.empty()) return request.sql;
  constexpr std::array<std::string_view, 6> periods{"hour",  "day",     "week",
                                                    "month", "quarter", "year"};
  const bool is_period = std::ranges::find(periods, request.period) != periods.end();
  if (!request.period.empty() && !is_period) {
    return invalid_input(fmt::format(
        "`{}` is no period: it is one of hour, day, week, month, quarter, year", request.period));
  }
  if (request.time_column.empty()) {
    return invalid_input("a comparison over time needs the column of time");
  }
  const std::string time = warehouse::quoted_name(request.time_column);
  std::string sql = "select *";
  if (is_period) {
    // As text: the day, and of hours the hour.
    sql += fmt::format(", strftime(date_trunc('{0}', {1}), '{2}') as \"{0}\"", request.period, time,
                       request.period == "hour" ? "%Y-%m-%dT%H" : "%Y-%m-%d");
  }
  sql += fmt::format(" from (\n{}\n) as compared_rows", without_semicolon(request.sql));
  if (request.matured_after.empty()) return sql;
  return fmt::format("{0} qualify {1} <= max({1}) over () - cast({2} as interval)", sql, time,
                     warehouse::quoted_text(request.matured_after));
}

Json origin_json(const models::Version& version) {
  const Json& facts = version.registration.facts;
  return Json{{"version", name_of(version)},
              {"run", version.run.value()},
              {"step", version.step},
              {"created_at", format_instant(version.created_at)},
              {"data", facts.is_object() ? facts.value("data", Json()) : Json()},
              {"window", facts.is_object() ? facts.value("window", Json()) : Json()},
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
  TRY_ASSIGN(const std::string sql, sql_of(request));
  std::vector<std::string> by = request.by;
  if (!request.period.empty()) by.push_back(request.period);
  const Json spec{{"model", name_of(to)},
                  {"against", name_of(from)},
                  {"data", {{"text", sql}}},
                  {"label", request.label},
                  {"weight", request.weight},
                  {"metrics", request.metrics},
                  {"by", by},
                  {"by_time", request.period}};
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

Result<Json> ModelExaminer::score(const models::ScoreRequest& request) {
  Json spec{{"rows", request.rows}, {"output_type", request.output_type}, {"limit", request.limit}};
  if (!request.to.empty()) spec["to"] = request.to;
  if (request.path.empty()) {
    TRY_ASSIGN(const auto version, resolved(request.model));
    spec["model"] = name_of(version);
  } else {
    spec["path"] = request.path;
  }
  TRY_ASSIGN(auto job, tables_.reading_job("score_rows", std::move(spec), request.patience));
  job.views.clear();  // it reads the file alone
  TRY_ASSIGN(auto done, tables_.run_job(std::move(job), request.patience));
  return std::move(done.outputs);
}

Result<Json> ModelExaminer::explain_path(const std::string& path) {
  TRY_ASSIGN(auto job, tables_.reading_job("explain_model", {{"path", path}}, explain_patience));
  TRY_ASSIGN(auto done, tables_.run_job(std::move(job), explain_patience));
  return std::move(done.report);
}

}  // namespace gossamer::executors
