// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>

#include "base/text.hpp"
#include "executors/predict/planned.hpp"
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

// Every model sees every row: how many came in is what each of them counted.
Result<void> check_counts(const RowCounts& counts, const Written& written) {
  for (const auto& count : counts)
    TRY(check_rows(*count, written.output.rows, written.quarantined()));
  return {};
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
  TRY(session.keep(std::string(scored_table), select_packed(plan, mark_function), parameters));
  // The bad rows first: the session's view `output` is to show the good ones.
  Job aside = job;
  aside.output = job.quarantine;
  Written written;
  TRY_ASSIGN(written.quarantine, write_output(session, aside, select_bad_rows(plan, scored_table)));
  TRY_ASSIGN(written.output, write_output(session, job, select_good_rows(plan, scored_table)));
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

// A picture of each model's predictions, and of what each is.
Result<void> add_models(Json& report, Session& session, const PredictPlan& plan,
                        const PredictSpec& spec) {
  Json models = Json::array();
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const PlannedModel& planned = plan.models[i];
    const scoring::Scorer& scorer = *planned.model.scorer;
    // Of several classes the label is no number; the first class's score stands for the rest.
    const bool has_classes = scorer.task() == scoring::Task::multiclass;
    const auto column = scorer.output_signature(plan.type).columns[has_classes ? 1 : 0].name;
    TRY_ASSIGN(Json distribution, distribution_of(session, column_name(planned, column)));
    models.push_back({{"name", planned.name},
                      {"model", planned.model.name()},
                      {"reference", spec.models[i].reference},
                      {"kernel", scorer.kernel()},
                      {"distribution", std::move(distribution)}});
  }
  if (!plan.models.front().name.empty()) {
    report["models"] = std::move(models);
    return {};
  }
  models.front().erase("name");
  report.update(models.front());
  return {};
}

Result<Json> report_of(Session& session, const PredictPlan& plan, const PredictSpec& spec,
                       const Written& written) {
  Json report{{"output_type", name_of(plan.type)},
              {"rows", written.output.rows},
              {"quarantined", written.quarantined()},
              {"checks", written.output.checks}};
  TRY(add_models(report, session, plan, spec));
  if (written.quarantined() > 0) {
    report["quarantine_table"] = written.quarantine->publication.content.table;
    TRY_ASSIGN(const Batch reasons, session.fetch(select_reasons(plan, scored_table), {}));
    report["reasons"] = Json::array();
    append_rows(report["reasons"], reasons);
  }
  return report;
}

// What later steps may refer to: `${steps.score.outputs.model}`, or with several `.models.next`.
Json outputs_of(const PredictPlan& plan, const Written& written) {
  Json outputs{{"rows", written.output.rows}, {"quarantined", written.quarantined()}};
  for (const PlannedModel& planned : plan.models) {
    if (planned.name.empty()) {
      outputs["model"] = planned.model.name();
    } else {
      outputs["models"][planned.name] = planned.model.name();
    }
  }
  return outputs;
}

Result<PredictPlan> plan_of(const Job& job, const PredictSpec& spec, const JobModels& models) {
  PredictPlan plan;
  for (const PredictModel& each : spec.models) {
    TRY_ASSIGN(LoadedModel model, models.load(each.reference));
    plan.models.push_back({each.name, std::move(model)});
  }
  plan.type = spec.output_type;
  plan.run = job.run;
  plan.sets_aside = spec.on_error == OnError::quarantine;
  plan.query = without_semicolon(spec.query);
  if (plan.sets_aside && !job.quarantine) return bug("a predict step without a table for bad rows");
  return plan;
}

void log_scored(JobChannel& channel, const PredictPlan& plan, const Written& written) {
  std::vector<std::string> models;
  for (const PlannedModel& planned : plan.models)
    models.push_back(fmt::format("{} ({})", planned.model.name(), planned.model.scorer->kernel()));
  channel.log(fmt::format("{} rows scored by {}, {} quarantined", written.output.rows,
                          join(models, ", "), written.quarantined()));
}

// Passes on how far the scoring is, never back: statements of one step begin from 0 each, which
// would mean nothing to whoever waits.
class ScoringChannel final : public JobChannel {
 public:
  explicit ScoringChannel(JobChannel& channel) : channel_(channel) {}

  void progress(std::uint64_t done, std::uint64_t total) override {
    const double share = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
    if (!is_scoring_ || share <= told_) return;
    told_ = share;
    channel_.progress(done, total);
  }
  bool is_cancelled() const override { return channel_.is_cancelled(); }
  void log(std::string_view line) override { channel_.log(line); }
  void end_scoring() { is_scoring_ = false; }

 private:
  JobChannel& channel_;
  std::atomic<bool> is_scoring_{true};
  double told_ = 0;  // of the one thread that tells
};

Result<AttemptResult> run(const Job& job, JobChannel& outer,
                          const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const PredictSpec spec, parse_predict_spec(job.spec));
  if (!job.output) {
    return invalid_input(fmt::format("step {} predicts but has no `output` table", job.step));
  }
  const auto models = std::make_shared<const JobModels>(job.models, engines);
  TRY_ASSIGN(PredictPlan plan, plan_of(job, spec, *models));
  std::vector<fs::path> folders{job.output->folder};
  if (plan.sets_aside) folders.emplace_back(job.quarantine->folder);
  for (const fs::path& folder : folders)
    TRY(make_folders(folder));
  const RowCounts counts = counts_for(plan);
  ScoringChannel channel(outer);
  TRY_ASSIGN(auto session,
             open_session(job, channel, models,
                          {.functions = functions_of(plan, counts), .writable_folders = folders}));
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  TRY_ASSIGN(plan.columns, session.describe(plan.query, parameters));
  TRY(check_plan(plan));
  TRY_ASSIGN(Written written, plan.sets_aside ? write_good_rows(session, job, plan, parameters)
                                              : write_all_rows(session, job, plan, parameters));
  channel.end_scoring();
  TRY(check_counts(counts, written));
  log_scored(channel, plan, written);
  if (!written.output.failure.empty()) return result_of(job, std::move(written.output));

  AttemptResult result;
  result.attempt = job.attempt;
  TRY_ASSIGN(result.result.report, report_of(session, plan, spec, written));
  result.result.rows = written.output.rows;
  result.result.outputs = outputs_of(plan, written);
  result.result.publications.push_back(std::move(written.output.publication));
  if (written.quarantine) {
    result.result.publications.push_back(std::move(written.quarantine->publication));
  }
  return result;
}

}  // namespace

Result<PredictSpec> parse_predict_spec(const Json& spec) {
  PredictSpec parsed;
  TRY_ASSIGN(const auto several, optional<Json>(spec, "models", "predict"));
  if (several) {
    for (const auto& [name, reference] : several->items()) {
      TRY_ASSIGN(auto text, require<std::string>(*several, name, "predict.models"));
      parsed.models.push_back({name, std::move(text)});
    }
  } else {
    TRY_ASSIGN(auto reference, require<std::string>(spec, "model", "predict"));
    parsed.models.push_back({"", std::move(reference)});
  }
  if (parsed.models.empty()) return invalid_input("predict.models names no model");
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
