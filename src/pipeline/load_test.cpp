// SPDX-License-Identifier: Apache-2.0
#include "pipeline/load.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "pipeline/naive_sql.hpp"

namespace gossamer::pipeline {
namespace {

using Files = std::map<std::string, std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string described(const Loaded& loaded) {
  std::string text;
  for (const Error& error : loaded.errors)
    text += error.describe() + "\n";
  return text;
}

Loaded load(Files files, std::vector<std::string> tables = {"raw.rentals", "raw.weather"}) {
  return load_files(std::move(files), parse_naively, Known{std::move(tables), {}});
}

// The weekly training with its gate and the daily forecast whose release is held.
Files bikes() {
  return {
      {"gossamer.yaml", R"(
workspace: bikes
timezone: Asia/Tokyo
groups:
  analysts: [ana, ben]
settings:
  demand.horizon_days: { type: integer, default: 7 }
)"},
      {"calendars/jp.yaml", R"(
calendar: jp-business
holidays: [2026-11-03, 2026-11-23]
)"},
      {"pipelines/training.yaml", R"(
pipeline: bike_training
description: Train the demand model anew each week
owner: analytics
partitions: { every: week, timezone: Asia/Tokyo, start: 2011-01-03 }
schedule: { cron: "30 4 * * mon", calendar: jp-business, catch_up: last }
window: { lag: 1d }
parameters:
  horizon_days: { type: integer, default: 7, minimum: 1 }
inputs:
  rentals: { table: raw.rentals, time_column: hour, freshness: 1d, rows: until_window_end }
steps:
  features:
    sql: sql/features.sql
    output: features.bike
    checks:
      - row_count: { at_least: 1000 }
      - not_null: [hour, temp]
      - unique: [hour]
      - range: { temp: [0, 1] }
      - query: { sql: "select count(*) from output where cnt < 0", equals: 0, severity: warn }
  train:
    train:
      model: bike_demand
      engine: xgboost
      data: sql/training.sql
      label: cnt
      objective: count:poisson
      rounds: 300
      params: { max_depth: 6, eta: 0.1 }
      seed: 7
  evaluate:
    evaluate:
      model: "${steps.train.version}"
      against: bike_demand@champion
      data: sql/holdout.sql
      label: cnt
      metrics: [rmse, mae, r2]
      criteria:
        - rmse: { at_most: 60 }
        - rmse: { not_worse_than: against, tolerance: 2% }
  confirm:
    approval:
      title: Switch to this week's model?
      evidence: [evaluate, features]
      approvers: { any_of: [group:analysts], count: 1, exclude: [starter] }
      expires: { after: 2d, calendar: jp-business, then: rejected }
      remind: [4h, 1d]
      notify: { slack: "#demand" }
      on_newer: supersede
      on_approved:
        aliases:
          - { model: bike_demand, alias: champion, version: "${steps.train.version}" }
        settings: { demand.horizon_days: "${params.horizon_days}" }
      on_rejected: keep
retries: { attempts: 3, backoff: 30s, max_backoff: 10m, retry_on: [unavailable, lost] }
notify: { failed: { slack: "#ml-alerts" }, recovered: { slack: "#ml-alerts" } }
)"},
      {"pipelines/forecast.yaml", R"(
pipeline: bike_forecast
partitions: { every: day, timezone: Asia/Tokyo, start: 2011-01-03 }
schedule: { cron: "0 6 * * *", when_finished: [bike_training], dst: once }
inputs:
  weather: { table: raw.weather, time_column: hour, freshness: 6h, rows: window }
steps:
  predict:
    predict: { model: bike_demand@champion, data: sql/to_score.sql }
    output: { table: predictions.bike, release: manual }
  look:
    profile: { table: "${steps.predict.output}", reference: { last: 8 } }
  release:
    approval:
      title: Publish today's forecast?
      evidence: [predict, look]
      approvers: { any_of: [group:analysts] }
      expires: { after: 6h, then: rejected }
      on_approved: { publish: [predict] }
  ready:
    after: { release: approved }
    command: { argv: ["./bin/refresh_dashboard", "${run.partition}"], code: [bin] }
    timeout: 5m
)"},
      {"sql/features.sql", "select * from rentals where hour < $window_end"},
      {"sql/training.sql", "select * from features where horizon <= $horizon_days"},
      {"sql/holdout.sql", "select * from features where hour >= $window_start"},
      {"sql/to_score.sql", "select * from weather"},
  };
}

TEST(Load, ReadsTheBikePipelines) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  EXPECT_THAT(loaded.errors, IsEmpty());
  const Definition& definition = *loaded.definition;
  ASSERT_EQ(definition.pipelines.size(), 2U);
  const Pipeline& training = definition.pipelines.at("bike_training");
  EXPECT_EQ(training.partitions.calendar->every, Every::week);
  EXPECT_EQ(training.schedule->cron, "30 4 * * mon");
  EXPECT_EQ(training.window_lag, std::chrono::days(1));
  EXPECT_EQ(training.steps.size(), 4U);
  EXPECT_EQ(training.find("features")->retries.attempts, 3);
  EXPECT_EQ(training.find("features")->checks.size(), 5U);
  EXPECT_EQ(training.find("features")->checks[4].severity, Severity::warn);
  const auto& evaluate = std::get<EvaluateStep>(training.find("evaluate")->body);
  EXPECT_DOUBLE_EQ(evaluate.criteria[1].tolerance_relative, 0.02);
  EXPECT_TRUE(evaluate.criteria[1].not_worse_than_against);
  const auto& gate = std::get<ApprovalStep>(training.find("confirm")->body);
  EXPECT_EQ(gate.on_approved.aliases.front().version.literal(), "${steps.train.version}");
  EXPECT_TRUE(gate.on_rejected.empty());
  EXPECT_EQ(gate.expires->calendar, "jp-business");
  EXPECT_EQ(definition.pipelines.at("bike_forecast").window_lag, std::chrono::hours(6));
}

TEST(Load, FindsDependenciesInWhatStepsRead) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const auto waits_for = [&](const std::string& pipeline, const std::string& step) {
    const Pipeline& declared = loaded.definition->pipelines.at(pipeline);
    std::vector<std::pair<std::string, Condition>> found;
    for (const Dependency& dependency : declared.find(step)->dependencies) {
      found.emplace_back(declared.steps[dependency.step].name, dependency.condition);
    }
    return found;
  };
  using Pair = std::pair<std::string, Condition>;
  EXPECT_THAT(waits_for("bike_training", "features"), IsEmpty());
  EXPECT_THAT(waits_for("bike_training", "train"),
              ElementsAre(Pair("features", Condition::succeeded)));
  EXPECT_THAT(
      waits_for("bike_training", "evaluate"),
      ElementsAre(Pair("features", Condition::succeeded), Pair("train", Condition::succeeded)));
  EXPECT_THAT(
      waits_for("bike_training", "confirm"),
      ElementsAre(Pair("features", Condition::evidence), Pair("train", Condition::succeeded),
                  Pair("evaluate", Condition::evidence)));
  EXPECT_THAT(waits_for("bike_forecast", "look"),
              ElementsAre(Pair("predict", Condition::succeeded)));
  EXPECT_THAT(waits_for("bike_forecast", "ready"),
              ElementsAre(Pair("release", Condition::approved)));
}

TEST(Load, DerivesTablesFromTheirWriters) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const Table& features = loaded.definition->tables.at("features.bike");
  EXPECT_THAT(features.partition_by, ElementsAre("week"));
  EXPECT_EQ(features.writer_pipeline, "bike_training");
  EXPECT_EQ(features.writer_step, "features");
  EXPECT_THAT(loaded.definition->tables.at("predictions.bike").partition_by, ElementsAre("day"));
}

TEST(Load, OrdersStepsByDependenciesAndElseAsDeclared) {
  const Loaded loaded = load({{"gossamer.yaml", "workspace: w"}, {"pipelines/p.yaml", R"(
pipeline: p
steps:
  last: { none: {}, after: [middle, second] }
  middle: { none: {}, after: first }
  first: { none: {} }
  second: { none: {} }
)"}});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  std::vector<std::string> order;
  for (const Step& step : loaded.definition->pipelines.at("p").steps)
    order.push_back(step.name);
  EXPECT_THAT(order, ElementsAre("first", "middle", "second", "last"));
}

TEST(Load, ADigestChangesWithWhatItCovers) {
  const auto digests = [](Files files) {
    const Loaded loaded = load(std::move(files));
    EXPECT_NE(loaded.definition, nullptr) << described(loaded);
    const Pipeline& training = loaded.definition->pipelines.at("bike_training");
    return std::vector<Digest>{loaded.definition->digest, training.digest,
                               training.find("train")->digest, training.find("features")->digest};
  };
  const auto before = digests(bikes());
  EXPECT_EQ(digests(bikes()), before);

  Files other_layout = bikes();
  other_layout["pipelines/training.yaml"].insert(0, "# a remark\n");
  const auto remarked = digests(other_layout);
  EXPECT_NE(remarked[0], before[0]);
  EXPECT_EQ(remarked[1], before[1]);

  Files windows = bikes();
  for (auto& [path, text] : windows) {
    std::string lines;
    for (const char c : text)
      lines += c == '\n' ? std::string("\r\n") : std::string(1, c);
    text = lines;
  }
  EXPECT_EQ(digests(windows), before);

  Files other_query = bikes();
  other_query["sql/features.sql"] += " and true";
  const auto changed = digests(other_query);
  EXPECT_NE(changed[1], before[1]);
  EXPECT_EQ(changed[2], before[2]);
  EXPECT_NE(changed[3], before[3]);
}

TEST(Load, AStoredDefinitionReadsBackToItself) {
  const Loaded first = load(bikes());
  ASSERT_NE(first.definition, nullptr) << described(first);
  const Loaded again = load(first.definition->files);
  ASSERT_NE(again.definition, nullptr) << described(again);
  EXPECT_EQ(again.definition->digest, first.definition->digest);
}

TEST(Load, AnOverlayIsLaidOverAndStoredAlone) {
  Files files = bikes();
  files["gossamer.staging.yaml"] = "settings: { demand.horizon_days: { default: 3 } }\n";
  files["gossamer.production.yaml"] = "timezone: UTC\n";
  const Known known{{"raw.rentals", "raw.weather"}, {}};
  const Loaded staging = load_files(files, parse_naively, known, "staging");
  ASSERT_NE(staging.definition, nullptr) << described(staging);
  EXPECT_EQ(staging.definition->workspace.settings.at("demand.horizon_days").default_value, 3);
  EXPECT_EQ(staging.definition->workspace.timezone, "Asia/Tokyo");
  EXPECT_FALSE(staging.definition->files.contains("gossamer.production.yaml"));
  const Loaded again = load_files(staging.definition->files, parse_naively, known);
  ASSERT_NE(again.definition, nullptr) << described(again);
  EXPECT_EQ(again.definition->workspace.settings.at("demand.horizon_days").default_value, 3);

  const Loaded unknown = load_files(files, parse_naively, known, "stagign");
  EXPECT_THAT(described(unknown), HasSubstr("gossamer.stagign.yaml: there is no such file (did "
                                            "you mean `staging`?)"));
}

TEST(Load, ParsesEachDistinctQueryOnce) {
  Files files = bikes();
  files["sql/holdout.sql"] = files["sql/training.sql"];
  int calls = 0;
  const SqlParser counting = [&](std::string_view sql) {
    ++calls;
    return parse_naively(sql);
  };
  const Loaded loaded = load_files(files, counting, Known{{"raw.rentals", "raw.weather"}, {}});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  EXPECT_EQ(calls, 4);  // three files, and the query of a check
}

TEST(Load, AMissingFolderIsSaid) {
  const Loaded loaded = load_workspace("/nowhere/at/all", parse_naively, {});
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(loaded.errors.front().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace gossamer::pipeline
