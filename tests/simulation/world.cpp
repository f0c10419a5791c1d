// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/turn.hpp"

namespace gossamer::simulation {

using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::Failure;
using orchestration::FailureClass;

namespace {

const Files workspace = {
    {"gossamer.yaml", "workspace: simulated\ntimezone: UTC\npools: { default: 2 }\n"},
    {"pipelines/train.yaml", R"(pipeline: train
partitions: { by: n, values: ["1", "2"] }
inputs: { rentals: { table: raw.rentals } }
deadline: 6h
notify: { late: { slack: "#a" }, failed: { slack: "#a" }, succeeded: { slack: "#a" } }
steps:
  find:
    command: { argv: ["./find"] }
    retries: { attempts: 2, backoff: 1m, retry_on: [unavailable, lost, timeout] }
    timeout: 2h
  each:
    foreach: { shop: "${steps.find.outputs.shops}" }
    command: { argv: ["./x"] }
    output: t.shops
  train:
    after: find
    train:
      model: m
      engine: xgboost
      data: "select * from rentals"
      label: y
      objective: "reg:squarederror"
    timeout: 1h
    retries: { attempts: 3, backoff: 1m, retry_on: [lost] }
  guess:
    predict: { model: "${steps.train.version}", data: "select * from rentals" }
    output: { table: t.held, release: manual }
  ask:
    after: { each: any }
    approval:
      title: "Use it?"
      evidence: [train, guess]
      approvers: { any_of: [ana, ben, cleo], count: 2 }
      expires: { after: 1d, then: rejected }
      remind: [1h]
      notify: { slack: "#b" }
      on_approved:
        aliases: [ { model: m, alias: champion, version: "${steps.train.version}" } ]
        publish: [guess]
  side: { after: train, command: { argv: ["./side"] }, output: t.side }
  use: { after: { ask: approved }, command: { argv: ["./use"] } }
  clean: { after: { use: any }, none: {} }
)"},
    {"pipelines/score.yaml", R"(pipeline: score
schedule: { when_finished: [train] }
inputs: { rentals: { table: raw.rentals } }
steps:
  score:
    predict: { model: m@champion, data: "select * from rentals" }
    output: t.scores
    retries: { attempts: 2, backoff: 1m, retry_on: [lost] }
  tell: { after: score, trigger: { pipeline: report } }
)"},
    {"pipelines/daily.yaml", R"(pipeline: daily
partitions: { every: day, timezone: UTC, start: 2026-11-19 }
schedule: { cron: "30 4 * * *", catch_up: all }
steps:
  make:
    command: { argv: ["./make"] }
    output: t.daily
    retries: { attempts: 2, backoff: 1m, retry_on: [unavailable, lost] }
)"},
    {"pipelines/report.yaml", R"(pipeline: report
notify: { failed: { slack: "#a" }, recovered: { slack: "#a" } }
steps:
  write: { command: { argv: ["./w"] } }
)"}};

std::unique_ptr<Storage> storage_in(Where where, const fs::path& folder) {
  if (where == Where::memory) return in_memory(workspace);
  return in_file(folder / "control.db", workspace);
}

}  // namespace

World::World(std::uint64_t seed, Where where, const fs::path& folder)
    : random_(seed),
      clock_(parse_instant("2026-11-22T12:00:00Z").value()),
      ids_(seeded_ids(clock_, seed)),
      storage_(storage_in(where, folder)),
      database_(storage_->runs(), journal_),
      machine_(folder / "state", journal_) {
  static_cast<void>(machine_.prepare());
  start_engine();
  switch_timer_on();
}

World::~World() { background_.clear(); }

int World::pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

void World::start_engine() {
  background_.clear();
  machine_.disconnect();
  turn_ = std::make_unique<Turn>([this](orchestration::Inbox& inbox) {
    const orchestration::Background later =
        [this](std::string_view, std::move_only_function<void()> task) -> Result<void> {
      background_.push_back(std::move(task));
      return {};
    };
    return orchestration::EnginePorts{clock_,
                                      *ids_,
                                      database_,
                                      storage_->views(),
                                      storage_->releases(),
                                      storage_->gates(),
                                      storage_->definitions(),
                                      machine_,
                                      *this,
                                      *this,
                                      inbox,
                                      storage_->schedules(),
                                      later,
                                      Log(),
                                      &storage_->backfills(),
                                      &storage_->partition_history()};
  });
  machine_.connect(turn_->inbox.sink());
  if (const auto started = turn_->engine.start(); !started) tell(started.error().describe());
}

void World::work() {
  with_engine("work: ", [](Turn& turn) {
    turn.engine.work();
    return "done";
  });
  if (is_calm_) journal_.worked_until = std::max(journal_.worked_until, clock_.now());
}

void World::act() {
  using Action = void (World::*)();
  static const std::vector<std::pair<int, Action>> actions{{6, &World::request_run},
                                                           {3, &World::cancel_or_retry},
                                                           {1, &World::force_step},
                                                           {1, &World::undo_switch},
                                                           {2, &World::crash},
                                                           {1, &World::cut_power},
                                                           {4, &World::plan_trouble},
                                                           {2, &World::wake_the_dead},
                                                           {5, &World::jump_in_time},
                                                           {4, &World::lose_attempt},
                                                           {2, &World::decide_in_the_last_moment},
                                                           {3, &World::rework_what_runs},
                                                           {2, &World::begin_backfill},
                                                           {2, &World::steer_backfill}};
  int at = pick(70);
  for (const auto& [weight, action] : actions) {
    if (at < weight) {
      (this->*action)();
      at = -1;
      break;
    }
    at -= weight;
  }
  if (at >= 0 && at < 8) decide(false);
  if (at >= 8 && at < 12 && !background_.empty()) {
    run_background(static_cast<std::size_t>(pick(static_cast<int>(background_.size()))));
  }
  if (at >= 12) end_attempt(false);
  if (!lucky(4)) work();
}

void World::run_background(std::size_t at) {
  auto task = std::move(background_[at]);
  background_.erase(background_.begin() + static_cast<std::ptrdiff_t>(at));
  task();
}

// --- Attempts ------------------------------------------------------------------------------------

AttemptResult World::result_of(const AttemptId& attempt, bool calmly) {
  const auto& order = machine_.order(attempt);
  const auto& step = order.declaration();
  AttemptResult result;
  result.attempt = attempt;
  const int luck = calmly ? 9 : pick(12);
  if (luck < 2) {
    result.status = AttemptStatus::failed;
    result.failure = Failure{luck == 1 ? FailureClass::unavailable : FailureClass::bug, "", {}, {}};
    return result;
  }
  if (step.name == "find") {
    Json shops = Json::array();
    for (int shop = pick(4); shop > 0; --shop)
      shops.push_back(shop);
    result.result.outputs["shops"] = shops;
  }
  if (step.kind == pipeline::StepKind::train) {
    result.result.model = release::ModelRegistration{};
    result.result.model->model = "m";
    result.result.model->folder = "models/" + attempt.value();
    result.result.model->flavour = "xgboost";
    result.result.model->digest = digest_of(attempt.value());
  }
  // Evidence on the same facts is the same evidence.
  if (step.kind == pipeline::StepKind::approval) {
    result.evidence = digest_of(order.spec.dump() + order.step_pins.dump());
  }
  if (step.output) {
    release::Publication publication;
    publication.content.table = step.output->table;
    publication.content.key = order.partition;
    if (!order.each.is_null())
      publication.content.key.pairs.emplace_back("shop", order.each.dump());
    publication.content.attempt = attempt;
    publication.content.digest = digest_of(attempt.value());
    release::DataFile file;
    file.name = attempt.value() + ".parquet";
    file.digest = publication.content.digest;
    publication.content.files.push_back(std::move(file));
    if (step.output->release == pipeline::ReleaseMode::manual) {
      publication.visibility = release::Visibility::candidate;
      publication.candidate = order.run.value();
    }
    result.result.publications.push_back(std::move(publication));
  }
  return result;
}

void World::end_attempt(bool calmly) {
  const auto alive = machine_.alive();
  if (alive.empty()) return;
  const AttemptId& attempt = alive[static_cast<std::size_t>(pick(static_cast<int>(alive.size())))];
  auto result = result_of(attempt, calmly);
  tell(fmt::format("{} of {} ends: {}", attempt.value(), machine_.order(attempt).declaration().name,
                   orchestration::name_of(result.status)));
  machine_.end(std::move(result));
}

// --- What the engine does outside ----------------------------------------------------------------

Result<void> World::send(const RunId&, const std::string& key, const orchestration::Notify&) {
  if (!is_calm_ && lucky(5)) return unavailable("the message service does not answer");
  journal_.sent.insert(key);
  return {};
}

Result<void> World::project(const std::string& table, const release::PartitionKey& key) {
  if (!is_calm_ && lucky(8)) return unavailable("the disk is full");
  release::Switch question;
  question.contents.push_back(release::ContentChange{table, key, std::nullopt, std::nullopt});
  TRY_ASSIGN(const auto present, storage_->releases().present(question));
  journal_.projected[{table, key.text()}] = present.contents.front();
  return {};
}

// --- The end -------------------------------------------------------------------------------------

void World::calm_down() {
  is_calm_ = true;
  database_.calm();
  machine_.stop_slowly(false);
  tell("calm");
  start_engine();  // what became of lost attempts, a new engine finds out
  for (int round = 0; round < 3000; ++round) {
    work();
    while (!background_.empty())
      run_background(0);
    if (!machine_.alive().empty()) {
      end_attempt(true);
      continue;
    }
    decide(true);
    resume_backfills();
    clock_.advance(std::chrono::minutes(2));
    const auto runs = all_runs();
    const bool has_ended =
        std::ranges::all_of(runs, [](const auto& run) { return is_final(run.status); });
    const bool is_done = has_ended && storage_->backfills().open().value().empty();
    if (is_done && storage_->runs().outbox(0).value().empty() && background_.empty()) break;
  }
  take_down_backfills();
}

std::vector<orchestration::RunSummary> World::all_runs() const {
  orchestration::RunFilter filter;
  filter.limit = 100'000;
  return storage_->views().list(filter).value();
}

std::vector<approval::Gate> World::open_gates() const {
  return storage_->gates().list(approval::GateStatus::open).value();
}

}  // namespace gossamer::simulation
