// SPDX-License-Identifier: Apache-2.0
// A backfill of 100,000 hours: planned (facts read, a row a partition stored), then started (the
// plan held against what is so now, the first runs made and their steps begun), in the engine over
// the control database on disk. Then both once more where each partition has a run that succeeded.
#include <fmt/core.h>

#include "base/files.hpp"
#include "bench/figure.hpp"
#include "orchestration/backfills.hpp"
#include "orchestration/engine.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace gossamer;
using bench::check;
using bench::seconds_of;
using bench::value_of;

constexpr int partitions = 100'000;
constexpr std::string_view first_hour = "2010-01-01T00";
constexpr std::string_view last_hour = "2021-05-29T15";  // 99,999 hours on
constexpr int repetitions = 5;

std::shared_ptr<const pipeline::Definition> definition_of(
    const orchestration::StoredDefinition& stored) {
  auto definition = std::make_shared<pipeline::Definition>();
  definition->digest = stored.digest;
  pipeline::Pipeline& made = definition->pipelines["bench"];
  made.name = "bench";
  made.partitions.calendar =
      pipeline::CalendarDimension{pipeline::Every::hour, "Asia/Tokyo", "2010-01-01T00:00"};
  made.steps.resize(1);
  made.steps[0].name = "score";
  made.steps[0].kind = pipeline::StepKind::command;
  made.steps[0].body = pipeline::CommandStep{};
  return definition;
}

// Takes orders, and ends an attempt only when it is told to.
class Idle final : public orchestration::StepExecutor {
 public:
  explicit Idle(orchestration::AttemptSink sink) : sink_(std::move(sink)) {}
  void start(const orchestration::AttemptOrder& /*order*/) override { ++started; }
  void stop(const AttemptId& attempt, orchestration::StopReason /*reason*/) override {
    orchestration::AttemptResult result;
    result.attempt = attempt;
    result.status = orchestration::AttemptStatus::cancelled;
    sink_(std::move(result));
  }
  void adopt(const orchestration::AttemptOrder& /*order*/) override {}
  int started = 0;

 private:
  orchestration::AttemptSink sink_;
};
class Silent final : public orchestration::Notifier {
 public:
  Result<void> send(const RunId& /*run*/, const std::string& /*key*/,
                    const orchestration::Notify& /*message*/) override {
    return {};
  }
};
class Blind final : public orchestration::Projector {
 public:
  Result<void> project(const std::string& /*table*/,
                       const release::PartitionKey& /*key*/) override {
    return {};
  }
};

struct Machine {
  explicit Machine(const fs::path& folder)
      : store(value_of(
            store::sqlite::Store::open(folder / "state.db", store::sqlite::Purpose::drive,
                                       [](const orchestration::StoredDefinition& stored)
                                           -> Result<std::shared_ptr<const pipeline::Definition>> {
                                         return definition_of(stored);
                                       }))) {
    orchestration::StoredDefinition stored;
    stored.files = {{"pipelines/bench.yaml", "pipeline: bench"}};
    stored.digest = digest_of("bench");
    stored.parsed = Json::object();
    stored.applied_by = "bench";
    check(store->definition_store().activate(
        stored, {.actor = actor, .action = "apply", .subject = "bench", .details = nullptr}));
  }

  orchestration::Engine engine() {
    return orchestration::Engine(
        {clock, *ids, store->runs(), store->run_views(), store->releases(), store->gates(),
         store->definitions(), executor, notifier, projector, inbox, store->schedules(),
         orchestration::run_inline(), Log(), &store->backfills(), &store->partition_history()},
        {});
  }
  // A run that has succeeded, for each partition of the plan.
  void fill(const PlanId& plan) {
    orchestration::RowFilter filter;
    filter.limit = partitions;
    const auto definition = value_of(store->definitions().active()).definition;
    std::vector<orchestration::Transition> runs;
    for (const auto& row : value_of(store->backfills().rows(plan, filter))) {
      orchestration::Transition made;
      made.run = RunId::make(*ids);
      made.after_run.id = made.run;
      made.after_run.definition = definition;
      made.after_run.pipeline =
          std::shared_ptr<const pipeline::Pipeline>(definition, &definition->pipelines.at("bench"));
      made.after_run.partition = row.partition;
      made.after_run.status = orchestration::RunStatus::succeeded;
      made.after_run.cause.kind = "command";
      made.after_run.created_at = clock.now();
      made.after_run.finished_at = clock.now();
      runs.push_back(std::move(made));
    }
    check(store->runs().commit(runs, {}));
  }

  SystemClock clock;
  std::unique_ptr<IdSource> ids = system_ids(clock);
  orchestration::Actor actor{"bench", true, "cli"};
  std::unique_ptr<store::sqlite::Store> store;
  orchestration::Inbox inbox;
  Idle executor{inbox.sink()};
  Silent notifier;
  Blind projector;
};

struct Times {
  std::vector<double> plan;
  std::vector<double> start;
  std::vector<double> together;
};

// Plans and starts one, then takes it back.
PlanId measure(Machine& machine, orchestration::Reprocess reason, Times& times) {
  orchestration::Engine engine = machine.engine();
  check(engine.start());
  engine.work();
  orchestration::Verbs verbs(engine);
  auto* backfills = value_of(verbs.backfills());
  orchestration::BackfillRequest request;
  request.pipeline = "bench";
  request.from = first_hour;
  request.to = last_hour;
  request.reprocess = {reason};
  request.actor = machine.actor;
  PlanId plan;
  times.plan.push_back(seconds_of([&] {
    const auto view = value_of(backfills->plan(request));
    if (view.counts.total() != partitions) bench::give_up("the plan has other partitions");
    plan = view.backfill.id;
  }));
  orchestration::BackfillStart start;
  start.actor = machine.actor;
  const int before = machine.executor.started;
  times.start.push_back(seconds_of([&] {
    value_of(backfills->start(plan, start));
    engine.work();
  }));
  if (machine.executor.started == before) bench::give_up("no step has begun");
  times.together.push_back(times.plan.back() + times.start.back());
  value_of(backfills->cancel(plan, machine.actor, ""));
  engine.work();
  return plan;
}

}  // namespace

int main() {
  const auto folder = value_of(TemporaryFolder::make("backfill"));
  Machine machine(folder.path());
  Times fresh;
  PlanId plan;
  for (int i = 0; i < repetitions; ++i)
    plan = measure(machine, orchestration::Reprocess::missing, fresh);
  bench::report("plan and start of 100,000 partitions", "s", fresh.together, folder.path(),
                {{"plan_s", bench::median(fresh.plan)}, {"start_s", bench::median(fresh.start)}});
  machine.fill(plan);
  Times again;
  for (int i = 0; i < repetitions; ++i)
    measure(machine, orchestration::Reprocess::all, again);
  bench::report("the same where each has a run that succeeded", "s", again.together, folder.path(),
                {{"plan_s", bench::median(again.plan)}, {"start_s", bench::median(again.start)}});
  return 0;
}
