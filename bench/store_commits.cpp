// SPDX-License-Identifier: Apache-2.0
// How many small transitions the control database takes in a second: each moves one step of one run
// (header, step row, attempt, history entry, one effect written and one acknowledged), many runs in
// one durable commit.
#include <fmt/core.h>

#include <cstdlib>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/ids.hpp"
#include "bench/disk.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace gossamer;
using orchestration::StepStatus;
using orchestration::Transition;

constexpr int runs = 1000;
constexpr int steps = 20;

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", result.error().describe());
  std::exit(1);
}
void must(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "{}\n", result.error().describe());
  std::exit(1);
}

std::shared_ptr<const pipeline::Definition> definition_of(
    const orchestration::StoredDefinition& stored) {
  auto definition = std::make_shared<pipeline::Definition>();
  definition->digest = stored.digest;
  pipeline::Pipeline& made = definition->pipelines["bench"];
  made.name = "bench";
  made.steps.resize(steps);
  for (int step = 0; step < steps; ++step) {
    made.steps[static_cast<std::size_t>(step)].name = fmt::format("step_{}", step);
    made.steps[static_cast<std::size_t>(step)].body = pipeline::NoneStep{};
  }
  return definition;
}

struct Bench {
  explicit Bench(store::sqlite::Store& opened) : store(opened) {}

  Transition created(const std::shared_ptr<const pipeline::Definition>& definition) {
    Transition made;
    made.after_run.id = RunId::make(*ids);
    made.run = made.after_run.id;
    made.after_run.definition = definition;
    made.after_run.pipeline =
        std::shared_ptr<const pipeline::Pipeline>(definition, &definition->pipelines.at("bench"));
    made.after_run.starter = {.name = "bench", .verified = true, .channel = "cli"};
    made.after_run.cause.kind = "command";
    for (std::size_t step = 0; step < steps; ++step) {
      made.steps.emplace_back();
      made.steps.back().step = step;
    }
    return made;
  }

  // The next small move of a run: every second one grants a step, the others end it.
  void move(Transition& run) {
    const std::uint64_t number = run.expected_revision;
    Transition next;
    next.run = run.run;
    next.after_run = run.after_run;
    next.expected_revision = number + 1;
    next.after_run.status = orchestration::RunStatus::running;
    orchestration::StepState row;
    row.step = (number / 2) % steps;
    row.status = number % 2 == 0 ? StepStatus::running : StepStatus::succeeded;
    row.attempts = 1;
    row.attempt = number % 2 == 0 ? AttemptId::make(*ids) : run.steps.at(0).attempt;
    row.queued_at = row.started_at = clock.now();
    next.attempts = {{.id = *row.attempt,
                      .run = run.run,
                      .step = "step",
                      .instance = 0,
                      .generation = 0,
                      .ordinal = 1,
                      .status = number % 2 == 0 ? "running" : "succeeded",
                      .started_at = clock.now(),
                      .finished_at = std::nullopt,
                      .failure = std::nullopt}};
    next.effects = {{.key = fmt::format("{}/{}", run.run.value(), number),
                     .body = orchestration::StartAttempt{
                         .attempt = *row.attempt, .step = row.step, .instance = 0}}};
    next.history = {{.at = clock.now(),
                     .what = "step moved",
                     .cause = "bench",
                     .actor = "",
                     .details = nullptr}};
    next.steps = {std::move(row)};
    run = std::move(next);
  }

  // Transitions per second in commits of `batch`.
  double measure(std::vector<Transition>& all, std::size_t batch) {
    constexpr auto patience = std::chrono::seconds(2);
    std::size_t moved = 0;
    std::size_t at = 0;
    std::vector<Transition> group;
    const SteadyInstant begun = clock.steady();
    while (clock.steady() - begun < patience) {
      group.clear();
      for (std::size_t index = 0; index < batch; ++index, at = (at + 1) % all.size()) {
        move(all[at]);
        group.push_back(all[at]);
      }
      must(store.runs().commit(group, acknowledged));
      acknowledged.clear();
      for (const auto& row : must(store.runs().outbox(last_row))) {
        acknowledged.push_back(row.id);
        last_row = row.id;
      }
      moved += batch;
    }
    return static_cast<double>(moved) /
           std::chrono::duration<double>(clock.steady() - begun).count();
  }

  store::sqlite::Store& store;
  SystemClock clock;
  std::unique_ptr<IdSource> ids = system_ids(clock);
  std::vector<std::int64_t> acknowledged;
  std::int64_t last_row = 0;
};

}  // namespace

int main() {
  const TemporaryFolder folder = must(TemporaryFolder::make("bench"));
  const auto read = [](const orchestration::StoredDefinition& stored)
      -> Result<std::shared_ptr<const pipeline::Definition>> { return definition_of(stored); };
  const auto store = must(
      store::sqlite::Store::open(folder.path() / "state.db", store::sqlite::Purpose::drive, read));
  orchestration::StoredDefinition stored;
  stored.digest = digest_of("bench");
  must(store->definition_store().activate(stored, {}));
  Bench bench(*store);
  std::vector<Transition> all;
  for (int run = 0; run < runs; ++run)
    all.push_back(bench.created(definition_of(stored)));
  must(store->runs().commit(all, {}));

  const double single = bench.measure(all, 1);
  const double batched = bench.measure(all, 100);
  const double large = bench.measure(all, 1000);
  fmt::print(
      "{{\"bench\":\"store_commits\",\"transitions_per_second_batch_1\":{:.0f},"
      "\"transitions_per_second_batch_100\":{:.0f},\"transitions_per_second_batch_1000\":{:.0f},"
      "\"fdatasync_ms\":{:.3f}}}\n",
      single, batched, large, bench::fdatasync_ms_median(folder.path()));
}
