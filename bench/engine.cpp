// SPDX-License-Identifier: Apache-2.0
// The engine on the control database that ships, with attempts that succeed as soon as they start:
// what a step costs beside its work, how fast a wide step fans out, and what an hour of timers
// costs. One line of JSON each.
#include <fmt/format.h>

#include <ctime>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "bench/figure.hpp"
#include "orchestration/engine.hpp"
#include "pipeline/load.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace gossamer;

constexpr int runs = 100;
constexpr int steps = 100;
constexpr int instances = 10'000;
constexpr int pipelines = 1000;
constexpr int rounds = 3;

using Files = std::map<std::string, std::string>;

std::shared_ptr<const pipeline::Definition> definition_of(const Files& files) {
  const pipeline::SqlParser no_queries = [](std::string_view) -> Result<pipeline::ParsedQuery> {
    return invalid_input("a benchmark has no query");
  };
  auto loaded = pipeline::load_files(files, no_queries, pipeline::Known{});
  if (!loaded.definition) bench::give_up(loaded.errors.front().describe());
  return loaded.definition;
}

// Does nothing, well and at once. A step `list` returns the values that a wide step is made of.
class Idle final : public orchestration::StepExecutor {
 public:
  explicit Idle(orchestration::AttemptSink sink) : sink_(std::move(sink)) {}
  void start(const orchestration::AttemptOrder& order) override {
    orchestration::AttemptResult result;
    result.attempt = order.attempt;
    result.status = orchestration::AttemptStatus::succeeded;
    if (order.declaration().name == "list") {
      Json values = Json::array();
      for (int value = 0; value < instances; ++value)
        values.push_back(value);
      result.result.outputs["values"] = std::move(values);
    }
    sink_(std::move(result));
  }
  void stop(const AttemptId&, orchestration::StopReason) override {}
  void adopt(const orchestration::AttemptOrder& order) override { start(order); }

 private:
  orchestration::AttemptSink sink_;
};

class Silent final : public orchestration::Notifier, public orchestration::Projector {
 public:
  Result<void> send(const RunId&, const std::string&, const orchestration::Notify&) override {
    return {};
  }
  Result<void> project(const std::string&, const release::PartitionKey&) override { return {}; }
};

class World {
 public:
  World(const Files& files, const Clock& clock)
      : clock_(clock),
        definition_(definition_of(files)),
        store_(opened()),
        executor_(inbox_.sink()),
        engine_({clock, *ids_, store_->runs(), store_->run_views(), store_->releases(),
                 store_->gates(), store_->definitions(), executor_, silent_, silent_, inbox_,
                 store_->schedules(), orchestration::run_inline(), Log()},
                {}),
        verbs_(engine_) {
    bench::check(engine_.start());
  }

  void ask(const std::string& pipeline, const std::string& partition) {
    orchestration::RunRequest request;
    request.pipeline = pipeline;
    request.partition = partition;
    request.actor = actor_;
    bench::value_of(verbs_.request_run(request));
  }
  void resume(const std::string& pipeline) {
    bench::value_of(verbs_.schedules().resume(pipeline, actor_));
  }
  orchestration::Engine& engine() { return engine_; }
  [[nodiscard]] std::size_t succeeded() const {
    orchestration::RunFilter filter;
    filter.status = orchestration::RunStatus::succeeded;
    filter.limit = 1'000'000;
    return bench::value_of(store_->run_views().list(filter)).size();
  }
  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

 private:
  std::unique_ptr<store::sqlite::Store> opened() {
    const auto reader = [definition = definition_](const orchestration::StoredDefinition&)
        -> Result<std::shared_ptr<const pipeline::Definition>> { return definition; };
    auto store = bench::value_of(store::sqlite::Store::open(folder_.path() / "store.db",
                                                            store::sqlite::Purpose::drive, reader));
    orchestration::StoredDefinition stored;
    stored.digest = definition_->digest;
    stored.files = definition_->files;
    stored.parsed = Json::object();
    stored.applied_by = actor_.name;
    stored.applied_at = clock_.now();
    bench::check(store->definition_store().activate(
        stored, {actor_, "definition.apply", stored.digest.text(), Json::object()}));
    return store;
  }

  const Clock& clock_;
  orchestration::Actor actor_{"bench", true, "cli"};
  TemporaryFolder folder_ = bench::value_of(TemporaryFolder::make("gossamer-bench"));
  std::shared_ptr<const pipeline::Definition> definition_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  std::unique_ptr<store::sqlite::Store> store_;
  orchestration::Inbox inbox_;
  Idle executor_;
  Silent silent_;
  orchestration::Engine engine_;
  orchestration::Verbs verbs_;
};

void require(std::size_t found, std::size_t expected) {
  if (found != expected) {
    bench::give_up(fmt::format("{} runs succeeded, not {}", found, expected));
  }
}

const std::string workspace = "workspace: bench\ntimezone: UTC\npools: { default: 64 }\n";

// A chain of steps, many runs of it side by side: steps per second.
void measure_steps(const std::string& name, const std::string& body) {
  std::string values;
  for (int run = 0; run < runs; ++run)
    values += fmt::format("{}\"{}\"", run > 0 ? ", " : "", run);
  std::string text =
      fmt::format("pipeline: p\npartitions: {{ by: n, values: [{}] }}\nsteps:\n", values);
  for (int step = 0; step < steps; ++step) {
    const std::string after = step > 0 ? fmt::format("after: s{}, ", step - 1) : "";
    text += fmt::format("  s{}: {{ {}{} }}\n", step, after, body);
  }
  std::vector<double> rates;
  for (int round = 0; round < rounds; ++round) {
    const SystemClock clock;
    World world({{"gossamer.yaml", workspace}, {"pipelines/p.yaml", text}}, clock);
    const double seconds = bench::seconds_of([&] {
      for (int run = 0; run < runs; ++run)
        world.ask("p", std::to_string(run));
      world.engine().work();
    });
    require(world.succeeded(), runs);
    rates.push_back(runs * steps / seconds);
    if (round + 1 == rounds) bench::report(name, "steps/s", rates, world.folder());
  }
}

void measure_fan_out() {
  const std::string text =
      "pipeline: p\nsteps:\n  list: { command: { argv: [\"./list\"] } }\n"
      "  wide:\n    foreach: { value: \"${steps.list.outputs.values}\" }\n"
      "    command: { argv: [\"./wide\"] }\n";
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    const SystemClock clock;
    World world({{"gossamer.yaml", workspace}, {"pipelines/p.yaml", text}}, clock);
    seconds.push_back(bench::seconds_of([&] {
      world.ask("p", "");
      world.engine().work();
    }));
    require(world.succeeded(), 1);
    if (round + 1 < rounds) continue;
    bench::report("engine_fan_out", "s", seconds, world.folder(), {{"instances", instances}});
  }
}

// A clock that is set from one timer to the next: what is measured is the work, not the waiting.
void measure_hour_of_timers() {
  Files files{{"gossamer.yaml", workspace}};
  for (int at = 0; at < pipelines; ++at) {
    files[fmt::format("pipelines/p{}.yaml", at)] = fmt::format(
        "pipeline: p{0}\npartitions: {{ every: hour, timezone: UTC, start: \"2026-11-22T00:00\" "
        "}}\n"
        "schedule: {{ cron: \"{1} * * * *\" }}\nsteps: {{ a: {{ none: {{}} }} }}\n",
        at, at % 60);
  }
  ManualClock clock(bench::value_of(parse_instant("2026-11-22T12:30:30Z")));
  World world(files, clock);
  for (int at = 0; at < pipelines; ++at)
    world.resume(fmt::format("p{}", at));
  world.engine().work();
  const Instant end = clock.now() + std::chrono::hours(1);
  const std::clock_t begun = std::clock();
  while (clock.now() < end) {
    const auto next = world.engine().next_wake();
    const Duration pause = next ? *next - clock.now() : Duration(std::chrono::hours(1));
    clock.advance(std::max<Duration>(pause, std::chrono::milliseconds(1)));
    world.engine().work();
  }
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  require(world.succeeded(), pipelines);
  bench::report("engine_hour_of_timers", "% of a core", {seconds / 36}, world.folder(),
                {{"pipelines", pipelines}, {"cpu_seconds", seconds}});
}

}  // namespace

int main() {
  measure_steps("engine_none_steps", "none: {}");
  measure_steps("engine_idle_attempts", "command: { argv: [\"./s\"] }");
  measure_fan_out();
  measure_hour_of_timers();
  return 0;
}
