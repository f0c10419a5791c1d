// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "executors/predict/functions.hpp"
#include "executors/predict/plan.hpp"
#include "executors/predict/predict.hpp"
#include "executors/profile/profile.hpp"
#include "executors/sql/output.hpp"
#include "executors/sql/rows_json.hpp"
#include "executors/train/job_queries.hpp"
#include "measures/distribution.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;
using warehouse::Session;

constexpr std::string_view scored_table = "gossamer_scored";
constexpr std::size_t histogram_bins = 20;

struct Written {
  WrittenOutput output;
  std::optional<WrittenOutput> quarantine = {};

  [[nodiscard]] std::uint64_t quarantined() const { return quarantine ? quarantine->rows : 0; }
};

std::string without_semicolon(std::string_view query) {
  query = trimmed(query);
  while (query.ends_with(';'))
    query = trimmed(query.substr(0, query.size() - 1));
  return std::string(query);
}

// Says which row of the query it was: the statement that failed saw only its part of the rows.
Error located(Session& session, const PredictPlan& plan, const warehouse::Parameters& parameters,
              Error error) {
  // Only the scoring itself has a row to blame.
  if (error.message.find(score_function) == std::string::npos) return error;
  const auto found = session.fetch(select_first_bad_row(plan), parameters);
  if (!found || found->rows() == 0) return error;
  error.kind = ErrorKind::invalid_input;
  error.message = fmt::format("row {} of the query cannot be scored by model {}: {}",
                              found->columns()[0].text_at(0), plan.model.name(),
                              found->columns()[1].text_at(0));
  return error;
}

Result<Written> write_all_rows(Session& session, const Job& job, const PredictPlan& plan,
                               const warehouse::Parameters& parameters) {
  const std::string query = select_scores(plan, "(" + select_packed(plan, score_function) + ")");
  auto output = write_output(session, job, query);
  if (!output) return std::unexpected(located(session, plan, parameters, output.error()));
  return Written{.output = *std::move(output)};
}

// The query runs once, into a table that may spill: good and bad rows are parts of the same ones.
Result<Written> write_good_rows(Session& session, const Job& job, const PredictPlan& plan,
                                const warehouse::Parameters& parameters) {
  TRY_ASSIGN(const std::uint64_t all, session.keep(std::string(scored_table),
                                                   select_packed(plan, mark_function), parameters));
  const std::string bad = fmt::format(
      "SELECT * EXCLUDE ({0}), substr({0}, 2) AS reason, {2} AS model_name, CAST({3} AS INTEGER) "
      "AS model_version, {4} AS run_id FROM {1} WHERE starts_with({0}, '!')",
      packed_column, scored_table, warehouse::quoted_text(plan.model.model), plan.model.version,
      warehouse::quoted_text(plan.run.value()));
  // The bad rows first: the session's view `output` is to show the good ones.
  Job aside = job;
  aside.output = job.quarantine;
  Written written;
  TRY_ASSIGN(written.quarantine, write_output(session, aside, bad));
  const std::string good =
      fmt::format("(SELECT * FROM {} WHERE NOT starts_with({}, '!'))", scored_table, packed_column);
  TRY_ASSIGN(written.output, write_output(session, job, select_scores(plan, good)));
  if (written.output.rows + written.quarantined() != all) {
    return bug(fmt::format("{} rows came in, {} were scored and {} quarantined", all,
                           written.output.rows, written.quarantined()));
  }
  return written;
}

// The predictions just written, as a picture of at most `sampled` of them.
Result<Json> distribution_of(Session& session, const std::string& column) {
  TRY_ASSIGN(const Batch sample,
             session.fetch(fmt::format("SELECT {} FROM output USING SAMPLE reservoir({} ROWS) "
                                       "REPEATABLE (1)",
                                       warehouse::quoted_name(column), profile_sample_rows),
                           {}));
  const measures::Sample values(scoring::to_doubles(sample.columns().front()));
  const std::vector<double> edges = measures::common_edges(values, {}, histogram_bins);
  return Json{{"title", "Predictions"},
              {"unit", column},
              {"edges", edges},
              {"counts", measures::histogram(values, edges).counts}};
}

Result<Json> report_of(Session& session, const PredictPlan& plan, const PredictSpec& spec,
                       const Written& written) {
  const Signature outputs = plan.model.scorer->output_signature(plan.type);
  // Of several classes the label is no number; the first class's score stands for the rest.
  const bool has_classes = plan.model.scorer->task() == scoring::Task::multiclass;
  TRY_ASSIGN(Json distribution,
             distribution_of(session, outputs.columns[has_classes ? 1 : 0].name));
  Json report{{"model", plan.model.name()},
              {"reference", spec.model},
              {"kernel", plan.model.scorer->kernel()},
              {"output_type", name_of(plan.type)},
              {"rows", written.output.rows},
              {"quarantined", written.quarantined()},
              {"checks", written.output.checks},
              {"distribution", std::move(distribution)}};
  if (written.quarantined() > 0) {
    report["quarantine_table"] = written.quarantine->publication.content.table;
    TRY_ASSIGN(const Batch reasons,
               session.fetch(fmt::format("SELECT substr({0}, 2) AS reason, count(*) AS rows FROM "
                                         "{1} WHERE starts_with({0}, '!') GROUP BY ALL ORDER BY "
                                         "rows DESC, reason LIMIT 20",
                                         packed_column, scored_table),
                             {}));
    report["reasons"] = Json::array();
    append_rows(report["reasons"], reasons);
  }
  return report;
}

Result<AttemptResult> run(const Job& job, JobChannel& channel,
                          const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const PredictSpec spec, parse_predict_spec(job.spec));
  if (!job.output) {
    return invalid_input(fmt::format("step {} predicts but has no `output` table", job.step));
  }
  const auto models = std::make_shared<const JobModels>(job.models, engines);
  PredictPlan plan;
  TRY_ASSIGN(plan.model, models->load(spec.model));
  plan.type = spec.output_type;
  plan.run = job.run;
  plan.sets_aside = spec.on_error == OnError::quarantine;
  plan.query = without_semicolon(spec.query);
  if (plan.sets_aside && !job.quarantine) return bug("a predict step without a table for bad rows");
  std::vector<fs::path> folders{job.output->folder};
  if (plan.sets_aside) folders.emplace_back(job.quarantine->folder);
  for (const fs::path& folder : folders)
    TRY(make_folders(folder));
  const auto function = [&](std::string_view name, BadRows bad_rows) {
    return packed_score_function(std::string(name), plan.model, plan.type, bad_rows);
  };
  TRY_ASSIGN(auto session,
             open_session(job, channel, models,
                          {.functions = {function(score_function, BadRows::fail),
                                         function(mark_function, BadRows::mark),
                                         packed_part_function(std::string(part_function))},
                           .writable_folders = folders}));
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  TRY_ASSIGN(plan.columns, session.describe(plan.query, parameters));
  TRY(check_plan(plan));
  TRY_ASSIGN(Written written, plan.sets_aside ? write_good_rows(session, job, plan, parameters)
                                              : write_all_rows(session, job, plan, parameters));
  channel.log(fmt::format("{} rows scored by {} ({}), {} quarantined", written.output.rows,
                          plan.model.name(), plan.model.scorer->kernel(), written.quarantined()));

  if (!written.output.failure.empty()) return result_of(job, std::move(written.output));

  AttemptResult result;
  result.attempt = job.attempt;
  TRY_ASSIGN(result.result.report, report_of(session, plan, spec, written));
  result.result.rows = written.output.rows;
  result.result.outputs = {{"model", plan.model.name()},
                           {"rows", written.output.rows},
                           {"quarantined", written.quarantined()}};
  result.result.publications.push_back(std::move(written.output.publication));
  if (written.quarantine) {
    result.result.publications.push_back(std::move(written.quarantine->publication));
  }
  return result;
}

}  // namespace

Result<PredictSpec> parse_predict_spec(const Json& spec) {
  PredictSpec parsed;
  TRY_ASSIGN(parsed.model, require<std::string>(spec, "model", "predict"));
  TRY_ASSIGN(const Json data, require<Json>(spec, "data", "predict"));
  TRY_ASSIGN(parsed.query, require<std::string>(data, "text", "predict.data"));
  TRY_ASSIGN(const auto type, optional<std::string>(spec, "output_type", "predict"));
  TRY_ASSIGN(parsed.output_type, scoring::parse_output_type(type.value_or("prediction")));
  TRY_ASSIGN(const auto on_error, optional<std::string>(spec, "on_error", "predict"));
  if (on_error && *on_error != "fail" && *on_error != "quarantine") {
    return invalid_input(fmt::format("on_error `{}` is none of fail, quarantine", *on_error));
  }
  parsed.on_error = on_error == "quarantine" ? OnError::quarantine : OnError::fail;
  return parsed;
}

JobHandler predict_handler(std::vector<scoring::Engine> engines) {
  return [engines = std::move(engines)](const Job& job, JobChannel& channel) {
    return run(job, channel, engines);
  };
}

}  // namespace gossamer::executors
