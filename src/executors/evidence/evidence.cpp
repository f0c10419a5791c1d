// SPDX-License-Identifier: Apache-2.0
#include "executors/evidence/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "executors/bundle.hpp"
#include "executors/sql/rows_json.hpp"
#include "executors/train/job_queries.hpp"

namespace gossamer::executors {

namespace {

using warehouse::quoted_name;
using warehouse::quoted_text;

constexpr int kept_rows = 100;  // of each step, in samples.parquet
constexpr int shown_rows = 10;  // of each step, in evidence.json

// The step's rows with private columns masked: nobody who decides needs them, and evidence is kept
// for years.
Result<std::string> masked_rows(warehouse::Session& session, const Job& job,
                                const InputView& view) {
  TRY_ASSIGN(const Batch none,
             session.fetch(fmt::format("select * from {} limit 0", quoted_name(view.name)), {}));
  const Json hidden = job.facts.value("private", Json::array());
  std::vector<std::string> masked;
  for (const auto& name : none.names()) {
    if (std::ranges::find(hidden, Json(lower_case(name))) == hidden.end()) continue;
    masked.push_back(fmt::format("'***' as {}", quoted_name(name)));
  }
  const auto replace = masked.empty() ? "" : fmt::format(" replace ({})", join(masked, ", "));
  return fmt::format("select *{} from {}", replace, quoted_name(view.name));
}

Result<Json> shown_sample(warehouse::Session& session, const std::string& masked) {
  TRY_ASSIGN(const Batch rows, session.fetch(fmt::format("{} limit {}", masked, shown_rows), {}));
  Json sample{{"columns", rows.names()}, {"rows", Json::array()}};
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Json values = Json::array();
    for (const auto& column : rows.columns())
      values.push_back(value_json(column, row));
    sample["rows"].push_back(std::move(values));
  }
  return sample;
}

bool is_evidence(const Job& job, const std::string& view) {
  const auto& steps = job.spec.at("evidence");
  return std::ranges::find(steps, Json(view)) != steps.end();
}

// {step: {columns, rows}}, and samples.parquet in `draft`.
Result<Json> take_samples(const Job& job, JobChannel& context, const fs::path& draft) {
  Job reading = job;
  reading.output.emplace();  // the draft is what this job may write
  reading.output->folder = draft.string();
  TRY_ASSIGN(auto session,
             open_session(reading, context,
                          std::make_shared<const JobModels>(std::vector<ModelBinding>(),
                                                            std::vector<scoring::Engine>())));
  Json samples = Json::object();
  std::vector<std::string> parts{"select '' as step, 0 as \"row\", '' as content where false"};
  for (const auto& view : job.views) {
    if (!is_evidence(job, view.name)) continue;
    TRY_ASSIGN(const auto masked, masked_rows(session, job, view));
    TRY_ASSIGN(samples[view.name], shown_sample(session, masked));
    parts.push_back(
        fmt::format("select {} as step, row_number() over () as \"row\", "
                    "cast(to_json(t) as varchar) as content from ({} limit {}) t",
                    quoted_text(view.name), masked, kept_rows));
  }
  TRY(session.copy_to_parquet(join(parts, " union all "), {}, draft / "samples.parquet"));
  return samples;
}

Result<orchestration::AttemptResult> run(const Job& job, JobChannel& context,
                                         const fs::path& evidence_root) {
  TRY(require<Json>(job.spec, "evidence", "approval"));
  const auto draft = fs::path(job.folder) / "evidence";
  TRY(remove_tree(draft));
  TRY(make_folders(draft));
  TRY_ASSIGN(const auto samples, take_samples(job, context, draft));
  TRY_ASSIGN(const auto evidence, evidence_of(job, samples));
  orchestration::AttemptResult result;
  result.attempt = job.attempt;
  TRY_ASSIGN(result.evidence, seal_bundle(draft, evidence, evidence_root));
  result.criteria_failed = criteria_failed(evidence);
  context.log(fmt::format("evidence {}", result.evidence->text()));
  return result;
}

}  // namespace

JobHandler evidence_handler(fs::path evidence_root) {
  return [root = std::move(evidence_root)](const Job& job, JobChannel& context) {
    return run(job, context, root);
  };
}

}  // namespace gossamer::executors
