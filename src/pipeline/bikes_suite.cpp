// SPDX-License-Identifier: Apache-2.0
#include "pipeline/bikes.hpp"

namespace gossamer::pipeline {
namespace {

constexpr const char* workspace = R"(
workspace: bikes
timezone: Asia/Tokyo
groups:
  analysts: [ana, ben]
settings:
  demand.horizon_days: { type: integer, default: 7 }
)";

constexpr const char* calendar = R"(
calendar: jp-business
holidays: [2026-11-03, 2026-11-23]
)";

constexpr const char* training = R"(
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
)";

constexpr const char* forecast = R"(
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
)";

}  // namespace

std::map<std::string, std::string> bikes() {
  return {
      {"gossamer.yaml", workspace},
      {"calendars/jp.yaml", calendar},
      {"pipelines/training.yaml", training},
      {"pipelines/forecast.yaml", forecast},
      {"sql/features.sql", "select * from rentals where hour < $window_end"},
      {"sql/training.sql", "select * from features where horizon <= $horizon_days"},
      {"sql/holdout.sql", "select * from features where hour >= $window_start"},
      {"sql/to_score.sql", "select * from weather"},
  };
}

}  // namespace gossamer::pipeline
