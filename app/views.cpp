// SPDX-License-Identifier: Apache-2.0
#include "app/views.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/text.hpp"

namespace gossamer::app {
namespace {

std::string votes_text(const Json& votes) {
  std::vector<std::string> texts;
  for (const auto& vote : votes) {
    texts.push_back(fmt::format("{} by {}", vote.at("answer").get<std::string>(),
                                vote.at("by").get<std::string>()));
  }
  return texts.empty() ? "-" : join(texts, ", ");
}

}  // namespace

Listing runs_listing(Json rows) {
  return {{{"RUN", "run"},
           {"PIPELINE", "pipeline"},
           {"PARTITION", "partition"},
           {"STATE", "state"},
           {"SECONDS", "seconds", Alignment::right},
           {"MODEL", "model"},
           {"STARTED BY", "starter"},
           {"CREATED", "created_at"},
           {"CAUSE", "cause", Alignment::left, true}},
          "run",
          std::move(rows),
          "No runs. Start one: gossamer run PIPELINE --partition 2026-11-22"};
}

Listing steps_listing(Json rows) {
  return {{{"STEP", "step"},
           {"KIND", "kind"},
           {"STATE", "state"},
           {"OUTCOME", "outcome"},
           {"ATTEMPTS", "attempts", Alignment::right},
           {"ROWS", "rows", Alignment::right},
           {"SECONDS", "seconds", Alignment::right},
           {"ERROR", "error", Alignment::left, true}},
          "step",
          std::move(rows),
          "No steps."};
}

Listing history_listing(Json rows) {
  return {{{"AT", "at"},
           {"WHAT", "what"},
           {"CAUSE", "cause"},
           {"ACTOR", "actor"},
           {"DETAILS", "details", Alignment::left, true}},
          "what",
          std::move(rows),
          "No history."};
}

Listing backfills_listing(Json rows) {
  return {{{"PLAN", "plan"},
           {"PIPELINE", "pipeline"},
           {"STATE", "state"},
           {"FROM", "from"},
           {"TO", "to"},
           {"MODEL", "model"},
           {"PARTITIONS", "partitions", Alignment::right},
           {"SUCCEEDED", "succeeded", Alignment::right},
           {"FAILED", "failed", Alignment::right},
           {"LEFT", "pending", Alignment::right},
           {"MESSAGE", "message"},
           {"RUNNING", "running", Alignment::right, true},
           {"SKIPPED", "skipped", Alignment::right, true},
           {"CANCELLED", "cancelled", Alignment::right, true},
           {"PLANNED BY", "planned_by", Alignment::left, true},
           {"PLANNED", "planned_at", Alignment::left, true}},
          "plan",
          std::move(rows),
          "No backfills. Plan one: gossamer backfills plan PIPELINE --from 2026-11-01"};
}

Listing backfill_rows_listing(Json rows) {
  return {{{"PARTITION", "partition"},
           {"REASON", "reason"},
           {"STATE", "state"},
           {"RUN", "run"},
           {"SECONDS EXPECTED", "seconds_expected", Alignment::right},
           {"DETAIL", "detail"}},
          "partition",
          std::move(rows),
          "No such partitions."};
}

Listing gates_listing(Json rows) {
  return {{{"GATE", "gate"},
           {"PIPELINE", "pipeline"},
           {"RUN", "run", Alignment::left, true},
           {"STEP", "step"},
           {"STATE", "state"},
           {"DUE", "due_at"},
           {"NEEDED", "needed", Alignment::right},
           {"VOTES", "votes", Alignment::left, false, votes_text},
           {"DIGEST", "digest", Alignment::left, true}},
          "gate",
          std::move(rows),
          "Nothing waits for you."};
}

Listing tables_listing(Json rows) {
  return {{{"TABLE", "table"},
           {"KEYS", "keys"},
           {"PARTITIONS", "partitions", Alignment::right},
           {"ROWS", "rows", Alignment::right},
           {"UPDATED", "updated_at"}},
          "table",
          std::move(rows),
          "No tables. Bring data in: gossamer tables import TABLE FILE..."};
}

Listing partitions_listing(Json rows) {
  return {{{"PARTITION", "partition"},
           {"STATE", "state"},
           {"ROWS", "rows", Alignment::right},
           {"BYTES", "bytes", Alignment::right},
           {"WRITTEN", "written_at"},
           {"ATTEMPT", "attempt", Alignment::left, true},
           {"DIGEST", "digest", Alignment::left, true}},
          "partition",
          std::move(rows),
          "No partitions."};
}

Listing table_history_listing(Json rows) {
  return {{{"VERSION", "version", Alignment::right},
           {"AT", "at"},
           {"ACTOR", "actor"},
           {"CHANGED", "what"},
           {"ADDED", "added", Alignment::right},
           {"REPLACED", "replaced", Alignment::right},
           {"REMOVED", "removed", Alignment::right},
           {"RUN", "run"}},
          "version",
          std::move(rows),
          "Nothing has been published in it yet."};
}

Listing comparison_listing(Json rows) {
  return {{{"PARTITION", "partition"},
           {"ROWS", "rows", Alignment::right},
           {"CURRENT", "current_rows", Alignment::right},
           {"CANDIDATE", "candidate_rows", Alignment::right},
           {"MEAN", "current_mean", Alignment::right},
           {"CANDIDATE MEAN", "candidate_mean", Alignment::right},
           {"DIFFERENCE", "mean_difference", Alignment::right},
           {"LARGEST", "largest_difference", Alignment::right},
           {"LABELLED", "labelled", Alignment::right},
           {"RMSE", "current_rmse", Alignment::right},
           {"CANDIDATE RMSE", "candidate_rmse", Alignment::right},
           {"MAE", "current_mae", Alignment::right, true},
           {"CANDIDATE MAE", "candidate_mae", Alignment::right, true}},
          "partition",
          std::move(rows),
          "Neither side has rows."};
}

Listing models_listing(Json rows) {
  return {{{"MODEL", "model"},
           {"VERSION", "version", Alignment::right},
           {"ALIASES", "aliases"},
           {"METRICS", "metrics"},
           {"RUN", "run"}},
          "version",
          std::move(rows),
          "No models. A train step registers them."};
}

Listing switches_listing(Json rows) {
  return {{{"SWITCH", "switch"},
           {"AT", "at"},
           {"ACTOR", "actor"},
           {"CAUSE", "cause"},
           {"CHANGES", "changes"},
           {"REASON", "reason", Alignment::left, true}},
          "switch",
          std::move(rows),
          "No switches yet: decisions make them."};
}

Listing schedules_listing(Json rows) {
  return {{{"PIPELINE", "pipeline"},
           {"WHEN", "when"},
           {"ZONE", "zone"},
           {"CALENDAR", "calendar"},
           {"STATE", "state"},
           {"NEXT", "next"},
           {"CATCH UP", "catch_up"},
           {"BY", "by", Alignment::left, true}},
          "pipeline",
          std::move(rows),
          "No pipeline says when it starts: give one a schedule, and gossamer apply."};
}

Listing starts_listing(Json rows) {
  return {{{"PIPELINE", "pipeline"},
           {"LOCAL TIME", "local"},
           {"PARTITION", "partition"},
           {"WINDOW FROM", "window_start"},
           {"UNTIL", "window_end"},
           {"WHEN", "when"},
           {"UTC", "at", Alignment::left, true}},
          "partition",
          std::move(rows),
          "Nothing is to start: no timer is on (gossamer schedules list)."};
}

Listing settings_listing(Json rows) {
  return {{{"SETTING", "setting"}, {"VALUE", "value"}, {"TYPE", "type"}, {"DEFAULT", "default"}},
          "setting",
          std::move(rows),
          "No settings are declared in gossamer.yaml."};
}

Listing audit_listing(Json rows) {
  return {{{"NO", "sequence", Alignment::right},
           {"AT", "at"},
           {"ACTOR", "actor"},
           {"VERIFIED", "verified"},
           {"ACTION", "action"},
           {"SUBJECT", "subject"},
           {"DETAILS", "details", Alignment::left, true},
           {"DIGEST", "digest", Alignment::left, true}},
          "sequence",
          std::move(rows),
          "The audit log is empty."};
}

Listing users_listing(Json rows) {
  return {{{"USER", "user"}, {"ROLE", "role"}, {"ACTIVE", "active"}, {"CREATED", "created_at"}},
          "user",
          std::move(rows),
          "nobody may sign in yet: gossamer users add NAME --role admin"};
}

Listing tokens_listing(Json rows) {
  return {{{"TOKEN", "token"},
           {"NAME", "name"},
           {"USER", "user"},
           {"ROLE", "role"},
           {"EXPIRES", "expires_at"},
           {"REVOKED", "revoked_at"}},
          "token",
          std::move(rows),
          "no tokens: gossamer tokens create NAME --user USER --role ROLE"};
}

Listing answer_listing(const Json& answer) {
  Listing listing;
  for (const auto& column : answer.at("columns")) {
    const auto name = column.at("name").get<std::string>();
    const auto type = column.at("type").get<std::string>();
    const bool number = type.find("INT") != std::string::npos || type == "DOUBLE" ||
                        type == "FLOAT" || type.starts_with("DECIMAL");
    listing.columns.push_back({name, name, number ? Alignment::right : Alignment::left});
  }
  if (!listing.columns.empty()) listing.name_key = listing.columns.front().key;
  listing.rows = answer.at("rows");
  return listing;
}

Listing written_listing(const Json& answer) {
  return {
      {{"FILE", "file"}, {"ROWS", "rows", Alignment::right}}, "file", Json::array({answer}), ""};
}

}  // namespace gossamer::app
