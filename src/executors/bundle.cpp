// SPDX-License-Identifier: Apache-2.0
#include "executors/bundle.hpp"

#include <fmt/format.h>

#include <set>

namespace gossamer::executors {

namespace {

const Json nothing;

const Json& at(const Json& object, const char* key) {
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

// Each curve with the step that it is of.
void append_curves(Json& list, const std::string& step, const Json& report) {
  for (Json curve : at(report, "curves")) {
    curve["step"] = step;
    list.push_back(std::move(curve));
  }
}

// What one model predicted: there is nothing old beside it.
void append_predictions(Json& list, const std::string& step, const Json& report) {
  const auto append = [&](const Json& part) {
    const Json& picture = at(part, "distribution");
    if (!picture.is_object()) return;
    list.push_back({{"title", fmt::format("{}: predictions of {}", step, part.value("model", "-"))},
                    {"unit", at(picture, "unit")},
                    {"edges", at(picture, "edges")},
                    {"old", nullptr},
                    {"new", at(picture, "counts")}});
  };
  append(report);
  for (const auto& model : at(report, "models"))
    append(model);
}

void append_all(Json& list, const Json& more) {
  if (!more.is_array()) return;
  for (const auto& item : more)
    list.push_back(item);
}

Json figures_of(const std::string& step, const Json& report) {
  return {{"step", step},
          {"model", at(report, "model")},
          {"against", at(report, "against")},
          {"rows", at(report, "rows")},
          {"metrics", at(report, "metrics")},
          {"criteria", at(report, "criteria")}};
}

// One picture a column of a profile; its reference, where there is one, is the old side.
void append_profile(Json& distributions, const std::string& step, const Json& report) {
  for (const auto& column : at(report, "columns")) {
    const auto& histogram = at(column, "histogram");
    if (!histogram.is_object()) continue;
    distributions.push_back({{"title", fmt::format("{}: {}", step, at(column, "name").dump())},
                             {"unit", at(column, "name")},
                             {"edges", at(histogram, "edges")},
                             {"old", at(histogram, "reference")},
                             {"new", at(histogram, "counts")}});
  }
}

Json checks_of(const Json& publications) {
  Json checks = Json::array();
  if (!publications.is_array()) return checks;
  for (const auto& publication : publications) {
    append_all(checks, at(at(publication, "content"), "checks"));
  }
  return checks;
}

Json table_of(const Json& publications) {
  if (!publications.is_array() || publications.empty()) return nullptr;
  return at(at(publications.front(), "content"), "table");
}

Json proposal_of(const Job& job) {
  const auto& change = at(job.spec, "on_approved");
  Json configuration = Json::array();
  for (const auto& alias : at(change, "aliases")) {
    const auto name = fmt::format("{}@{}", at(alias, "model").get<std::string>(),
                                  at(alias, "alias").get<std::string>());
    const auto& old = at(at(job.facts, "aliases"), name.c_str());
    configuration.push_back(
        {{"what", name},
         {"old", old.is_null() ? Json()
                               : Json(fmt::format("{}/{}", at(alias, "model").get<std::string>(),
                                                  old.dump()))},
         {"new", at(alias, "version")}});
  }
  for (const auto& [name, value] : at(change, "settings").items()) {
    configuration.push_back(
        {{"what", name}, {"old", at(at(job.facts, "settings"), name.c_str())}, {"new", value}});
  }
  for (const auto& step : at(change, "publish")) {
    const auto name = step.get<std::string>();
    const auto& publications = at(at(job.upstream, name.c_str()), "publications");
    configuration.push_back(
        {{"what", fmt::format("rows of {}", table_of(publications).is_string()
                                                ? table_of(publications).get<std::string>()
                                                : name)},
         {"old", "held"},
         {"new", "current"}});
  }
  return configuration;
}

}  // namespace

Result<Json> evidence_of(const Job& job, const Json& samples) {
  Json figures = Json::array();
  Json swaps = Json::array();
  Json distributions = Json::array();
  Json curves = Json::array();
  Json drivers = Json::array();
  Json data = Json::array();
  for (const auto& name : at(job.spec, "evidence")) {
    if (!name.is_string()) return bug("evidence names a step that is no text");
    const auto step = name.get<std::string>();
    const auto found = job.upstream.find(step);
    if (found == job.upstream.end()) {
      return bug(fmt::format("step {} is evidence of {} but its result did not come along", step,
                             job.step));
    }
    const auto& report = at(*found, "report");
    if (at(*found, "kind") == "evaluate") {
      figures.push_back(figures_of(step, report));
      append_all(swaps, at(report, "swaps"));
      append_all(distributions, at(report, "distributions"));
      append_curves(curves, step, report);
      if (!at(report, "drivers").is_null()) {
        drivers.push_back({{"step", step},
                           {"model", at(report, "model")},
                           {"against", at(report, "against")},
                           {"features", at(report, "drivers")}});
      }
      continue;
    }
    if (at(*found, "kind") == "profile") append_profile(distributions, step, report);
    if (at(*found, "kind") == "predict") append_predictions(distributions, step, report);
    const auto& publications = at(*found, "publications");
    data.push_back({{"step", step},
                    {"table", table_of(publications)},
                    {"rows", at(*found, "rows")},
                    {"checks", checks_of(publications)},
                    {"sample", at(samples, step.c_str())}});
  }
  return Json{{"schema", 1},
              {"question",
               {{"title", at(job.spec, "title")},
                {"pipeline", job.pipeline},
                {"partition", at(job.facts, "partition")},
                {"step", job.step},
                {"run", job.run.value()},
                {"asked_by", at(job.facts, "starter")},
                {"params", at(job.facts, "params")}}},
              {"figures", std::move(figures)},
              {"swaps", std::move(swaps)},
              {"distributions", std::move(distributions)},
              {"curves", std::move(curves)},
              {"drivers", std::move(drivers)},
              {"data", std::move(data)},
              {"configuration", proposal_of(job)},
              {"history_before", at(job.facts, "history")}};
}

bool criteria_failed(const Json& evidence) {
  for (const auto& part : at(evidence, "figures")) {
    for (const auto& criterion : at(part, "criteria")) {
      if (at(criterion, "verdict") == "failed") return true;
    }
  }
  return false;
}

Digest bundle_digest(const Digest& evidence_json, const Digest& samples) {
  return digest_of(
      fmt::format("evidence.json {}\nsamples.parquet {}\n", evidence_json.text(), samples.text()));
}

Result<Digest> seal_bundle(const fs::path& draft, const Json& evidence,
                           const fs::path& evidence_root) {
  TRY_ASSIGN(const auto text, canonical(evidence));
  TRY(write_file_durably(draft / "evidence.json", text));
  TRY(fsync_file(draft / "samples.parquet"));
  TRY(fsync_folder(draft));
  TRY_ASSIGN(const auto samples, digest_of_file(draft / "samples.parquet"));
  auto digest = bundle_digest(digest_of(text), samples);
  TRY(make_folders(evidence_root));
  const auto home = evidence_root / std::string(digest.hex());
  TRY_ASSIGN(const bool exists, path_exists(home));
  if (exists) {
    TRY(remove_tree(draft));
    return digest;
  }
  TRY(rename_path(draft, home));
  TRY(fsync_folder(evidence_root));
  return digest;
}

Result<Json> read_bundle(const fs::path& evidence_root, const Digest& digest) {
  const auto home = evidence_root / std::string(digest.hex());
  auto text = read_file(home / "evidence.json");
  if (!text) {
    return unavailable(
        fmt::format("the evidence {} cannot be read: {}", digest.text(), text.error().describe()));
  }
  TRY_ASSIGN(const auto samples, digest_of_file(home / "samples.parquet"));
  if (bundle_digest(digest_of(*text), samples) != digest) {
    return unavailable(fmt::format(
        "the evidence in {} was changed since it was sealed: restore it from a backup, or ask the "
        "pipeline for a rework",
        home.string()));
  }
  return parse_json(*text, (home / "evidence.json").string());
}

}  // namespace gossamer::executors
