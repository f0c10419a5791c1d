// SPDX-License-Identifier: Apache-2.0
// Commands that make something happen: time, runs, steps that end, crashes, a failing database.
#include <fmt/format.h>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "orchestration/calendar.hpp"
#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"
#include "tests/scenarios/stage.hpp"

namespace gossamer::scenarios {

using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::Failure;
using orchestration::FailureClass;
using orchestration::IfActive;
using orchestration::Outcome;
using orchestration::RunRequest;

namespace {

// `name=value`; the value is JSON where it can be read so, else a text.
Result<std::pair<std::string, Json>> assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return invalid_input(fmt::format("'{}' is not name=value", text));
  }
  const std::string value = text.substr(equals + 1);
  auto parsed = parse_json(value, "value");
  return std::pair(text.substr(0, equals), parsed ? *std::move(parsed) : Json(value));
}

Result<Json> assignments(const std::vector<std::string>& texts) {
  Json object = Json::object();
  for (const auto& text : texts) {
    TRY_ASSIGN(auto pair, assignment(text));
    object[pair.first] = std::move(pair.second);
  }
  return object;
}

}  // namespace

// --- Definitions and time
// --------------------------------------------------------------------------

Result<void> Stage::add_file(const std::string& path, const std::string& text) {
  files_[path] = text;
  return {};
}

Result<void> Stage::load_definition(const std::string& by) {
  const pipeline::Known known{{"raw.rentals", "raw.clients", "raw.weather"}, {}};
  const auto loaded = pipeline::load_files(files_, pipeline::parse_naively, known);
  if (!loaded.definition) {
    std::string all;
    for (const auto& error : loaded.errors)
      all += "\n  " + error.describe();
    return invalid_input("the files are not valid:" + all);
  }
  definitions_.activate(loaded.definition, by);
  is_loaded_ = true;
  return {};
}

Result<void> Stage::set_time(const Line& line) {
  Options options(line, 1);
  const std::string text = options.next().value_or("");
  const auto zone_name = options.next();
  TRY(options.finish());
  if (!zone_name) {
    TRY_ASSIGN(const Instant instant, parse_instant(text));
    clock_.set(instant);
    return {};
  }
  TRY_ASSIGN(const Zone zone, Zone::find(*zone_name));
  TRY_ASSIGN(const LocalTime local, parse_local_time(text));
  clock_.set(zone.to_instant(local).earlier);
  return {};
}

Result<void> Stage::tick(const Line& line) {
  TRY_ASSIGN(const Duration by, parse_duration(line.word(1)));
  clock_.advance(by);
  return {};
}

// --- Runs
// --------------------------------------------------------------------------------------------

namespace {

Result<RunRequest> request_from(Options& options) {
  RunRequest request;
  request.pipeline = options.next().value_or("");
  request.actor = orchestration::Actor{options.value("by").value_or("sam"), true, "cli"};
  TRY_ASSIGN(request.params, assignments(options.values("param")));
  if (options.flag("new")) request.if_active = IfActive::queue_behind;
  if (options.flag("backfill")) request.lane = orchestration::Lane::backfill;
  if (const auto priority = options.value("priority")) {
    TRY_ASSIGN(const auto number, parse_integer(*priority));
    request.priority = static_cast<int>(number);
  }
  request.selection.only = options.values("only");
  request.selection.from = options.values("from");
  request.selection.select = options.value("select").value_or("");
  request.request_key = options.value("key").value_or("");
  request.model = options.value("model").value_or("");
  return request;
}

}  // namespace

Result<void> Stage::request(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  TRY_ASSIGN(RunRequest request, request_from(options));
  const bool joins = options.flag("joins");
  const std::vector<std::string> refusal = [&] {
    std::vector<std::string> words;
    if (!options.flag("->")) return words;
    // What stands behind the arrow comes last on the line.
    for (std::size_t at = line.words.size(); at-- > 0 && line.words[at] != "->";) {
      words.insert(words.begin(), line.words[at]);
    }
    return words;
  }();
  if (const auto partition = options.next();
      partition && (refusal.empty() || *partition != refusal.front())) {
    request.partition = *partition;
  }
  const auto requested = verbs->request_run(request);
  if (!refusal.empty()) {
    Line rest{line.number, refusal, {}};
    rest.words.insert(rest.words.begin(), "->");
    Options expected(rest, 0);
    return judge(requested ? Result<void>{} : std::unexpected(requested.error()), expected,
                 "the request");
  }
  TRY(options.finish());
  if (!requested) return std::unexpected(requested.error());
  if (requested->joined != joins) {
    return conflict(requested->joined ? "the request joined a run that is under way"
                                      : "the request made a new run, it was meant to join one");
  }
  return {};
}

Result<void> Stage::preview(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  TRY_ASSIGN(RunRequest request, request_from(options));
  const auto from = options.value("window");
  const auto partition = options.value("partition");
  const auto steps = options.value("steps");
  if (const auto text = options.next()) request.partition = *text;
  TRY(options.finish());
  TRY_ASSIGN(const auto preview, verbs->preview_run(request));
  if (partition && preview.partition.text() != *partition) {
    return conflict(fmt::format("the partition is {}", preview.partition.text()));
  }
  if (from) {
    const std::string window =
        preview.window ? fmt::format("{}/{}", format_instant(preview.window->start).substr(0, 16),
                                     format_instant(preview.window->end).substr(0, 16))
                       : "none";
    if (window != *from) return conflict(fmt::format("the window is {}", window));
  }
  if (steps) {
    std::vector<std::string> chosen;
    for (const auto& step : preview.steps) {
      if (!step.left_out) chosen.push_back(step.name);
    }
    if (join(chosen, ",") != *steps) {
      return conflict(fmt::format("the steps are {}", join(chosen, ",")));
    }
  }
  return {};
}

// --- Steps
// -------------------------------------------------------------------------------------------

namespace {

release::Publication publication_of(const orchestration::AttemptOrder& order,
                                    const pipeline::Output& output, std::uint64_t rows) {
  release::Publication publication;
  publication.content.table = output.table;
  publication.content.key = order.partition;
  if (!order.each.is_null()) {
    publication.content.key.pairs.emplace_back(
        order.declaration().foreach->key,
        order.each.is_string() ? order.each.get<std::string>() : order.each.dump());
  }
  publication.content.attempt = order.attempt;
  publication.content.rows = rows;
  publication.content.digest = digest_of(order.attempt.value());
  if (output.release == pipeline::ReleaseMode::manual) {
    publication.visibility = release::Visibility::candidate;
    publication.candidate = order.run.value();
  }
  if (!order.candidate.empty()) {
    publication.visibility = release::Visibility::candidate;
    publication.candidate = order.candidate;
  }
  return publication;
}

// What a step of this kind leaves behind when all goes well.
AttemptResult success(const orchestration::AttemptOrder& order, std::uint64_t rows) {
  AttemptResult result;
  result.attempt = order.attempt;
  result.result.rows = rows;
  const pipeline::Step& step = order.declaration();
  if (step.output) result.result.publications.push_back(publication_of(order, *step.output, rows));
  if (const auto* train = std::get_if<pipeline::TrainStep>(&step.body)) {
    release::ModelRegistration model;
    model.model = train->model;
    model.folder = "models/" + order.attempt.value();
    model.digest = digest_of(order.attempt.value());
    model.flavour = train->engine;
    result.result.model = std::move(model);
  }
  if (step.kind == pipeline::StepKind::evaluate) result.outcome = Outcome::passed;
  if (step.kind == pipeline::StepKind::approval) {
    result.evidence = digest_of(order.attempt.value());
  }
  return result;
}

Result<AttemptResult> ending(const orchestration::AttemptOrder& order, Options& options) {
  const std::string how = options.next().value_or("");
  if (how == "succeeds") {
    TRY_ASSIGN(const auto rows, parse_integer(options.value("rows").value_or("0")));
    AttemptResult result = success(order, static_cast<std::uint64_t>(rows));
    TRY_ASSIGN(const Json outputs, assignments(options.values("output")));
    result.result.outputs.update(outputs);
    if (const auto outcome = options.value("outcome")) {
      TRY_ASSIGN(result.outcome, orchestration::parse_outcome(*outcome));
    }
    if (const auto evidence = options.value("evidence")) result.evidence = digest_of(*evidence);
    result.criteria_failed = options.flag("criteria-failed");
    return result;
  }
  AttemptResult result;
  result.attempt = order.attempt;
  result.status = AttemptStatus::failed;
  result.outcome = Outcome::none;
  if (how == "fails") {
    TRY_ASSIGN(const auto failure, orchestration::parse_failure_class(options.next().value_or("")));
    result.failure = Failure{failure, options.next().value_or("as the scenario says"), {}, {}};
    return result;
  }
  if (how == "exits") {
    TRY_ASSIGN(const auto code, parse_integer(options.next().value_or("")));
    result.failure = Failure{
        FailureClass::exit_code, fmt::format("exit code {}", code), static_cast<int>(code), {}};
    return result;
  }
  if (how == "ends-cancelled") {
    result.status = AttemptStatus::cancelled;
    return result;
  }
  return invalid_input(
      fmt::format("'{}' is no ending: succeeds, fails, exits or ends-cancelled", how));
}

}  // namespace

Result<void> Stage::end_step(const Line& line) {
  Options options(line, 1);
  TRY_ASSIGN(const StepRef ref, step_named(options.next().value_or("")));
  TRY_ASSIGN(const AttemptId attempt, running_attempt(ref));
  const auto* order = executor_.find(attempt);
  if (order == nullptr) return conflict("its attempt was never started");
  TRY_ASSIGN(AttemptResult result, ending(*order, options));
  TRY(options.finish());
  executor_.finish(std::move(result));
  return {};
}

Result<void> Stage::lose_step(const Line& line) {
  TRY_ASSIGN(const StepRef ref, step_named(line.word(1)));
  TRY_ASSIGN(const AttemptId attempt, running_attempt(ref));
  executor_.lose(attempt);
  return {};
}

Result<void> Stage::executor(const Line& line) {
  if (line.word(1) != "stops") return invalid_input("executor stops slowly|at-once");
  executor_.stop_slowly(line.word(2) == "slowly");
  return {};
}

// --- Crashes and a failing database
// ------------------------------------------------------------------

Result<void> Stage::crash() {
  executor_.disconnect();
  verbs_.reset();
  engine_.reset();
  inbox_.reset();
  return {};
}

Result<void> Stage::restart() {
  inbox_ = std::make_unique<orchestration::Inbox>();
  executor_.listen(inbox_->sink());
  engine_ = std::make_unique<Engine>(
      orchestration::EnginePorts{clock_, *ids_, store_, store_, store_, store_, definitions_,
                                 executor_, notifier_, projector_, *inbox_, store_,
                                 orchestration::run_inline(), Log(), &backfills_, &backfills_},
      orchestration::EngineOptions{});
  verbs_ = std::make_unique<Verbs>(*engine_);
  TRY(engine_->start());
  engine_->work();
  return {};
}

Result<void> Stage::break_store(const Line& line) {
  using orchestration::fakes::CommitFault;
  static const std::map<std::string, CommitFault> faults{
      {"fails", CommitFault::unavailable},
      {"applies-but-fails", CommitFault::applied_but_reported},
      {"conflicts", CommitFault::conflict}};
  if (line.word(1) == "cannot-be-read") {
    store_.fail_reads(1);
    return {};
  }
  const auto found = faults.find(line.word(1));
  if (found == faults.end()) {
    return invalid_input("store fails|applies-but-fails|conflicts|cannot-be-read, once a line");
  }
  store_.fail_next(found->second);
  return {};
}

// An alias as somebody else would move it: `alias credit@champion 3`.
// arrives TABLE COLUMN TIME: an import brings rows up to this time.
Result<void> Stage::arrive(const Line& line) {
  auto& tables = store_.tables();
  tables.newest[{line.word(1), line.word(2)}] = line.word(3);
  tables.updates[line.word(1)] = ++tables.catalog;
  return {};
}

Result<void> Stage::put_alias(const Line& line) {
  const std::string name = line.word(1);
  const std::size_t at = name.find('@');
  TRY_ASSIGN(const auto version, parse_integer(line.word(2), 1, 1'000'000));
  const std::string model = name.substr(0, at);
  auto& versions = store_.tables().models[model];
  while (versions.size() < static_cast<std::size_t>(version)) {
    release::ModelRegistration registration;
    registration.model = model;
    registration.version = static_cast<int>(versions.size()) + 1;
    versions.push_back({registration, RunId()});
  }
  store_.tables().aliases[{model, name.substr(at + 1)}] = static_cast<int>(version);
  return {};
}

Result<void> Stage::put_setting(const Line& line) {
  TRY_ASSIGN(auto pair, assignment(line.word(1)));
  store_.tables().settings[pair.first] = std::move(pair.second);
  return {};
}

}  // namespace gossamer::scenarios
