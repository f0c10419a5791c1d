// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "orchestration/backfills.hpp"
#include "web/handlers/handlers.hpp"
#include "web/handlers/verbs.hpp"
#include "web/views.hpp"

namespace gossamer::web {

using orchestration::BackfillView;
using orchestration::EngineService;
using orchestration::Verbs;

namespace {

constexpr std::int64_t rows_shown_max = 1'000'000;
constexpr std::int64_t plans_shown_max = 10'000;

Result<std::string> text_or(const Json& body, const char* key, const std::string& fallback) {
  TRY_ASSIGN(const auto found, optional<std::string>(body, key));
  return found.value_or(fallback);
}

Result<PlanId> plan_of(const Call& call) { return PlanId::parse(call.path.at("plan")); }

// Does one thing to backfills on the engine's thread.
template <class Use>
Result<BackfillView> ask(EngineService& engine, Use use) {
  return engine.call([&](Verbs& verbs) -> Result<BackfillView> {
    TRY_ASSIGN(auto* backfills, verbs.backfills());
    return use(*backfills);
  });
}

// Follows a backfill until nothing of it goes on by itself.
Result<Json> follow(EngineService& engine, const PlanId& plan, const Call& call) {
  const auto tell = [&](const BackfillView& view) {
    Json event = backfill_json(view);
    event["event"] = "backfill";
    call.events(event);
  };
  if (call.request.caller == Caller::leaves) {
    TRY_ASSIGN(const auto now, ask(engine, [&](auto& backfills) { return backfills.view(plan); }));
    return backfill_json(now);
  }
  TRY_ASSIGN(const auto view, engine.wait(plan, tell));
  return backfill_json(view);
}

Result<Json> plan_backfill(EngineService& engine, const Applier& applier, const Call& call) {
  const Json& body = call.request.body;
  orchestration::BackfillRequest request;
  TRY_ASSIGN(request.pipeline, require<std::string>(body, "pipeline"));
  TRY_ASSIGN(request.from, text_or(body, "from", ""));
  TRY_ASSIGN(request.to, text_or(body, "to", ""));
  TRY_ASSIGN(request.model, text_or(body, "model", ""));
  TRY_ASSIGN(const auto params, optional<Json>(body, "params"));
  request.params = params.value_or(Json::object());
  TRY_ASSIGN(const auto reasons, optional<std::vector<std::string>>(body, "reprocess"));
  if (reasons && !reasons->empty()) {
    request.reprocess.clear();
    for (const auto& name : *reasons) {
      TRY_ASSIGN(const auto reason, orchestration::parse_reprocess(name));
      request.reprocess.insert(reason);
    }
  }
  request.actor = call.request.actor;
  TRY(applier.apply(call.request.actor, Applier::Mode::activate, call.events));
  TRY_ASSIGN(const auto view,
             ask(engine, [&](auto& backfills) { return backfills.plan(request); }));
  return backfill_json(view);
}

Result<Json> start_backfill(EngineService& engine, const Applier& applier, const Call& call) {
  const Json& body = call.request.body;
  TRY_ASSIGN(const auto plan, plan_of(call));
  orchestration::BackfillStart start;
  TRY_ASSIGN(const auto order, text_or(body, "order", "oldest"));
  TRY_ASSIGN(start.order, orchestration::parse_backfill_order(order));
  TRY_ASSIGN(const auto rule, text_or(body, "on_failure", "stop"));
  TRY_ASSIGN(start.on_failure, orchestration::parse_failure_rule(rule));
  TRY_ASSIGN(const auto active, optional<std::int64_t>(body, "max_active"));
  constexpr std::int64_t active_max = 10'000;
  if (active && (*active < 1 || *active > active_max)) {
    return invalid_input(fmt::format("max_active is 1 to {}", active_max));
  }
  if (active) start.max_active = static_cast<int>(*active);
  start.actor = call.request.actor;
  TRY(applier.apply(call.request.actor, Applier::Mode::activate, call.events));
  TRY(ask(engine, [&](auto& backfills) { return backfills.start(plan, start); }));
  return follow(engine, plan, call);
}

}  // namespace

std::vector<Route> backfill_verbs(EngineService& engine, const Applier& applier) {
  return {{"POST", "/api/v1/backfills", "Plan which partitions of a pipeline to do",
           [&engine, &applier](const Call& call) { return plan_backfill(engine, applier, call); }},
          {"POST", "/api/v1/backfills/:plan/start", "Do what was planned",
           [&engine, &applier](const Call& call) { return start_backfill(engine, applier, call); }},
          {"POST", "/api/v1/backfills/:plan/wait", "Go on until a backfill ends, pauses or waits",
           [&engine](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto plan, plan_of(call));
             return follow(engine, plan, call);
           }},
          {"POST", "/api/v1/backfills/:plan/pause", "Make no further run",
           [&engine](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto plan, plan_of(call));
             TRY_ASSIGN(const auto view, ask(engine, [&](auto& backfills) {
                          return backfills.pause(plan, call.request.actor);
                        }));
             return backfill_json(view);
           }},
          {"POST", "/api/v1/backfills/:plan/resume", "Go on after a pause",
           [&engine](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto plan, plan_of(call));
             TRY(ask(engine,
                     [&](auto& backfills) { return backfills.resume(plan, call.request.actor); }));
             return follow(engine, plan, call);
           }},
          {"POST", "/api/v1/backfills/:plan/cancel", "End a backfill and its runs",
           [&engine](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto plan, plan_of(call));
             TRY_ASSIGN(const auto reason, text_or(call.request.body, "reason", ""));
             TRY(ask(engine, [&](auto& backfills) {
               return backfills.cancel(plan, call.request.actor, reason);
             }));
             return follow(engine, plan, call);
           }}};
}

std::vector<Route> backfill_reads(const orchestration::BackfillStore& backfills) {
  return {{"GET", "/api/v1/backfills", "Plans and backfills, newest first",
           [&backfills](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto limit,
                        query_integer(call.request, "limit", 50, 1, plans_shown_max));
             TRY_ASSIGN(const auto before, cursor_of<PlanId>(call.request));
             TRY_ASSIGN(const auto views, backfills.list(static_cast<std::size_t>(limit), before));
             Json rows = Json::array();
             for (const auto& view : views)
               rows.push_back(backfill_json(view));
             return rows;
           }},
          {"GET", "/api/v1/backfills/:plan", "One plan with its partitions",
           [&backfills](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto plan, plan_of(call));
             orchestration::RowFilter filter;
             TRY_ASSIGN(const auto limit,
                        query_integer(call.request, "limit", 1000, 1, rows_shown_max));
             filter.limit = static_cast<std::size_t>(limit);
             if (const auto state = query_text(call.request, "state"); !state.empty()) {
               TRY_ASSIGN(filter.status, orchestration::parse_partition_status(state));
             }
             TRY_ASSIGN(const auto view, backfills.find(plan));
             TRY_ASSIGN(const auto found, backfills.rows(plan, filter));
             Json answer = backfill_json(view);
             Json rows = Json::array();
             for (const auto& row : found)
               rows.push_back(backfill_row_json(view.backfill, row));
             answer["rows"] = std::move(rows);
             return answer;
           }}};
}

}  // namespace gossamer::web
