// SPDX-License-Identifier: Apache-2.0
#include "store/conformance/sample.hpp"

#include <utility>

namespace gossamer::store::conformance {

namespace {

using orchestration::StepState;
using orchestration::Transition;

constexpr Instant start{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

pipeline::Step declared(std::string name, pipeline::StepKind kind) {
  pipeline::Step step;
  step.name = std::move(name);
  step.kind = kind;
  step.body = pipeline::NoneStep{};
  return step;
}

std::shared_ptr<const pipeline::Definition> made_from(
    const orchestration::StoredDefinition& stored) {
  pipeline::Pipeline bike;
  bike.name = "bike";
  bike.steps = {
      declared("features", pipeline::StepKind::none), declared("train", pipeline::StepKind::none),
      declared("confirm", pipeline::StepKind::none), declared("fan_out", pipeline::StepKind::none)};
  bike.steps[Sample::features].output = pipeline::Output{
      .table = "features.bike", .release = pipeline::ReleaseMode::automatic, .position = {}};
  bike.steps[Sample::train].dependencies = {
      {.step = Sample::features, .condition = pipeline::Condition::succeeded}};
  auto definition = std::make_shared<pipeline::Definition>();
  definition->digest = stored.digest;
  definition->files = stored.files;
  definition->pipelines["bike"] = bike;
  definition->pipelines["other"] = bike;
  definition->pipelines["other"].name = "other";
  return definition;
}

}  // namespace

Sample::Sample(std::uint64_t seed) : clock_(start), ids_(seeded_ids(clock_, seed)) {}

orchestration::DefinitionReader Sample::reader() {
  return [](const orchestration::StoredDefinition& stored)
             -> Result<std::shared_ptr<const pipeline::Definition>> { return made_from(stored); };
}

orchestration::StoredDefinition Sample::stored_definition(const std::string& text) {
  orchestration::StoredDefinition stored;
  stored.files = {{"gossamer.yaml", "workspace: x"}, {"pipelines/bike.yaml", text}};
  stored.digest = digest_of(text);
  stored.parsed = {{"tables", Json::array({"raw.rentals"})}};
  stored.applied_by = "ana";
  stored.applied_at = start;
  return stored;
}

Instant Sample::tick() {
  clock_.advance(std::chrono::seconds(1));
  return clock_.now();
}

StepState Sample::step_row(std::size_t step, int instance) {
  StepState row;
  row.step = step;
  row.instance = instance;
  return row;
}

Transition Sample::created(const std::string& day) {
  Transition transition;
  orchestration::RunHeader& run = transition.after_run;
  run.id = id<RunId>();
  run.definition = made_from(stored_definition());
  run.pipeline = std::shared_ptr<const pipeline::Pipeline>(run.definition,
                                                           &run.definition->pipelines.at("bike"));
  run.partition.pairs = {{"day", day}};
  run.revision = 1;
  run.starter = {.name = "ana", .verified = false, .channel = "cli"};
  run.applier = "ben";
  run.cause = {.kind = "command", .parent = std::nullopt, .detail = ""};
  run.created_at = tick();
  transition.run = run.id;
  for (std::size_t step = 0; step < run.pipeline->steps.size(); ++step) {
    transition.steps.push_back(step_row(step));
  }
  transition.history = {{.at = now(),
                         .what = "run: created",
                         .cause = "command",
                         .actor = "ana",
                         .details = nullptr}};
  return transition;
}

Transition Sample::next(const Transition& before) {
  Transition transition;
  transition.run = before.run;
  transition.after_run = before.after_run;
  transition.expected_revision = before.expected_revision + 1;
  transition.after_run.revision = transition.expected_revision + 1;
  transition.history = {
      {.at = tick(), .what = "run: moved", .cause = "test", .actor = "", .details = nullptr}};
  return transition;
}

Transition Sample::finished(const Transition& before) {
  Transition transition = next(before);
  transition.after_run.status = orchestration::RunStatus::succeeded;
  transition.after_run.finished_at = now();
  return transition;
}

release::PartitionContent Sample::content(const std::string& table, const std::string& key,
                                          const std::string& rows) {
  release::PartitionContent made;
  made.table = table;
  made.key = must(release::PartitionKey::parse(key));
  made.attempt = id<AttemptId>();
  made.files = {{.name = "part-1.parquet", .bytes = 3, .rows = 10, .digest = digest_of(rows)}};
  made.schema = {{.name = "hour", .type = "TIMESTAMP"}, {.name = "cnt", .type = "INTEGER"}};
  made.facts = {{.name = "cnt", .nulls = 2, .minimum = 0, .maximum = 977}};
  made.rows = 10;
  made.checks = Json::array({{{"kind", "row_count"}, {"passed", true}}});
  made.digest = release::content_digest(made);
  return made;
}

release::Publication Sample::current(const std::string& table, const std::string& key,
                                     const std::string& rows) {
  return {.content = content(table, key, rows),
          .visibility = release::Visibility::current,
          .candidate = ""};
}

release::Publication Sample::candidate(const std::string& table, const std::string& key,
                                       const std::string& name) {
  return {.content = content(table, key, name),
          .visibility = release::Visibility::candidate,
          .candidate = name};
}

release::ModelRegistration Sample::model(const std::string& name, int version) {
  return {.model = name,
          .version = version,
          .folder = "models/" + name,
          .digest = digest_of(name),
          .flavour = "xgboost",
          .signature = {{"inputs", {"hour"}}},
          .facts = {{"rows", 10}},
          .metrics = {{"rmse", 0.5}}};
}

approval::Gate Sample::gate(const Transition& of) {
  approval::Gate gate;
  gate.id = id<GateId>();
  gate.run = of.run;
  gate.pipeline = of.after_run.pipeline->name;
  gate.partition = of.after_run.partition.text();
  gate.step = "confirm";
  gate.question = "Use it?";
  gate.evidence = digest_of("evidence");
  gate.proposal = nullptr;
  gate.kept = nullptr;
  gate.policy = {.any_of = {"group:analysts"}, .count = 2, .rejections = 1, .excluded = {"ana"}};
  gate.opened_at = now();
  return gate;
}

approval::Vote Sample::vote(const approval::Gate& on, const std::string& by,
                            approval::Answer answer) {
  approval::Vote vote;
  vote.id = id<VoteId>();
  vote.by = by;
  vote.answer = answer;
  vote.at = now();
  vote.channel = "cli";
  vote.comment = "because";
  vote.digest = on.evidence;
  return vote;
}

release::Switch Sample::change() {
  release::Switch change;
  change.id = id<SwitchId>();
  change.cause = release::SwitchCause::command;
  change.actor = "ana";
  change.reason = "test";
  change.at = tick();
  return change;
}

orchestration::AuditNote Sample::note(const std::string& action, const std::string& subject) {
  return {.actor = {.name = "ana", .verified = true, .channel = "cli"},
          .action = action,
          .subject = subject,
          .details = {{"why", "test"}}};
}

orchestration::Effect Sample::effect(const std::string& key) {
  return {.key = key,
          .body = orchestration::Notify{
              .kind = "started", .target = {{"slack", "#x"}}, .content = {{"key", key}}}};
}

void StoreSuite::SetUp() {
  world_ = GetParam().make(Sample::reader());
  ASSERT_NE(world_, nullptr);
  ports_ = world_->ports();
  ASSERT_NE(ports_.runs, nullptr);
  if (ports_.definition_store == nullptr) return;
  must(ports_.definition_store->activate(Sample::stored_definition(),
                                         Sample::note("definition.apply", "x")));
}

void StoreSuite::commit(const std::vector<Transition>& transitions) {
  must(ports_.runs->commit(transitions, {}));
}

Error StoreSuite::refused(const std::vector<Transition>& transitions) {
  const auto committed = ports_.runs->commit(transitions, {});
  EXPECT_FALSE(committed) << "the commit was taken";
  return committed ? Error() : committed.error();
}

void StoreSuite::restart() {
  if (!world_->restart()) return;
  ports_ = world_->ports();
}

}  // namespace gossamer::store::conformance
