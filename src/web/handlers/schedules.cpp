// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "orchestration/timers.hpp"
#include "web/handlers/handlers.hpp"
#include "web/handlers/verbs.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

using orchestration::ScheduledStart;
using orchestration::SchedulePreview;
using orchestration::Timer;
using orchestration::Verbs;

struct Known {
  std::shared_ptr<const pipeline::Definition> definition;  // the timers' own
  std::map<std::string, Timer> timers;
};

Result<Known> known(const orchestration::Definitions& definitions,
                    const orchestration::ScheduleStore& schedules) {
  TRY_ASSIGN(const auto active, definitions.active());
  TRY_ASSIGN(const auto states, schedules.list());
  TRY_ASSIGN(auto timers, orchestration::timers_of(*active.definition, states));
  return Known{active.definition, std::move(timers)};
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string catch_up_text(const pipeline::CatchUp& rule) {
  switch (rule.mode) {
    case pipeline::CatchUp::Mode::none:
      return "none";
    case pipeline::CatchUp::Mode::last:
      return "last";
    case pipeline::CatchUp::Mode::all:
      return "all";
    case pipeline::CatchUp::Mode::within:
      return "within " + format_duration(rule.within);
  }
  return "";
}

// One row a reason to start: what a timer says, what follows from other pipelines or tables.
void add_schedules(const std::string& name, const pipeline::Schedule& schedule, const Timer* timer,
                   Json& rows) {
  Json row{{"pipeline", name}, {"when", ""},     {"state", "on"},
           {"next", nullptr},  {"zone", ""},     {"calendar", schedule.calendar},
           {"by", ""},         {"catch_up", ""}, {"kind", ""}};
  if (timer != nullptr) {
    Json own = row;
    const bool is_cron = !schedule.cron.empty();
    own["kind"] = is_cron ? "cron" : "interval";
    own["when"] = is_cron ? schedule.cron : "every " + format_duration(*schedule.interval);
    own["state"] = timer->state.is_on ? "on" : "off";
    own["next"] = instant_or_null(timer->next);
    own["zone"] = timer->table.zone().name();
    own["by"] = timer->state.by;
    own["catch_up"] = catch_up_text(schedule.catch_up);
    rows.push_back(std::move(own));
  }
  const auto follows = [&](const char* kind, const char* text,
                           const std::vector<std::string>& names) {
    if (names.empty()) return;
    Json other = row;
    other["kind"] = kind;
    other["when"] = text + joined(names);
    rows.push_back(std::move(other));
  };
  follows("when_finished", "after ", schedule.when_finished);
  follows("when_updated", "on update of ", schedule.when_updated);
}

// As a clock on the wall there shows it; seconds are shown where there are any.
std::string local_text(const Zone& zone, Instant moment) {
  auto text = format_local_time(zone.to_local(moment));
  return text.ends_with(":00") ? text.substr(0, text.size() - 3) : text;
}

Json start_json(const std::string& pipeline, const ScheduledStart& start, const Zone& zone) {
  Json row{{"pipeline", pipeline},
           {"at", format_instant(start.moment)},
           {"local", local_text(zone, start.moment)},
           {"partition", start.partition.text()},
           {"window_start", nullptr},
           {"window_end", nullptr}};
  if (start.window) {
    row["window_start"] = local_text(zone, start.window->start);
    row["window_end"] = local_text(zone, start.window->end);
  }
  return row;
}

Json starts_json(const Timer& timer, const std::vector<ScheduledStart>& starts, const char* when) {
  Json rows = Json::array();
  for (const auto& start : starts) {
    rows.push_back(start_json(timer.state.pipeline, start, timer.table.zone()));
    rows.back()["when"] = when;
  }
  return rows;
}

// {"pipeline", "state", "at_once": N, "starts": [those at once, then the next few]}
Json preview_json(const Timer& timer, const SchedulePreview& preview) {
  Json starts = starts_json(timer, preview.at_once, "at once");
  for (auto& row : starts_json(timer, preview.next, "next"))
    starts.push_back(std::move(row));
  return {{"pipeline", timer.state.pipeline},
          {"state", timer.state.is_on ? "on" : "off"},
          {"at_once", preview.at_once.size()},
          {"starts", std::move(starts)}};
}

Result<Json> list(const orchestration::Definitions& definitions,
                  const orchestration::ScheduleStore& schedules) {
  TRY_ASSIGN(const auto found, known(definitions, schedules));
  Json rows = Json::array();
  for (const auto& [name, pipeline] : found.definition->pipelines) {
    if (!pipeline.schedule) continue;
    const auto timer = found.timers.find(name);
    add_schedules(name, *pipeline.schedule, timer == found.timers.end() ? nullptr : &timer->second,
                  rows);
  }
  return rows;
}

// Of one pipeline whether it is on or not, else of all that are on.
Result<Json> coming_starts(const orchestration::Definitions& definitions,
                           const orchestration::ScheduleStore& schedules, const Clock& clock,
                           const Request& request) {
  TRY_ASSIGN(auto found, known(definitions, schedules));
  TRY_ASSIGN(const auto limit, query_integer(request, "limit", 10, 1, 1000));
  const auto name = query_text(request, "pipeline");
  if (!name.empty()) {
    TRY(orchestration::timer_named(found.timers, name));
  }
  const auto count = static_cast<std::size_t>(limit);
  std::multimap<Instant, Json> starts;
  for (const auto& [pipeline, timer] : found.timers) {
    if (name.empty() ? !timer.state.is_on : pipeline != name) continue;
    for (const auto& start : orchestration::coming(timer, clock.now(), count))
      starts.emplace(start.moment, start_json(pipeline, start, timer.table.zone()));
  }
  Json rows = Json::array();
  for (auto& [moment, row] : starts) {
    if (rows.size() == count) break;
    row["when"] = "next";
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<Route> schedule_reads(const orchestration::Definitions& definitions,
                                  const orchestration::ScheduleStore& schedules,
                                  const Clock& clock) {
  return {{"GET", "/api/v1/schedules", "When pipelines start by themselves",
           [&](const Call&) { return list(definitions, schedules); }},
          {"GET", "/api/v1/schedules/next", "What timers start next",
           [&](const Call& call) {
             return coming_starts(definitions, schedules, clock, call.request);
           }},
          {"GET", "/api/v1/schedules/:pipeline/preview", "What switching a timer on would start",
           [&](const Call& call) -> Result<Json> {
             TRY_ASSIGN(auto found, known(definitions, schedules));
             TRY_ASSIGN(const auto* timer,
                        orchestration::timer_named(found.timers, call.path.at("pipeline")));
             return preview_json(*timer, orchestration::preview_of(*timer, clock.now()));
           }}};
}

std::vector<Route> schedule_verbs(orchestration::EngineService& engine,
                                  const orchestration::Definitions& definitions,
                                  const orchestration::ScheduleStore& schedules, Holder holder) {
  const auto shown = [&definitions, &schedules, holder](
                         const std::string& pipeline,
                         const SchedulePreview& preview) -> Result<Json> {
    TRY_ASSIGN(auto found, known(definitions, schedules));
    TRY_ASSIGN(const auto* timer, orchestration::timer_named(found.timers, pipeline));
    Json answer = preview_json(*timer, preview);
    answer["served"] = holder == Holder::server;
    return answer;
  };
  return {{"POST", "/api/v1/schedules/:pipeline/resume", "Switch a timer on",
           [&engine, shown](const Call& call) -> Result<Json> {
             const auto& pipeline = call.path.at("pipeline");
             TRY_ASSIGN(const auto preview, engine.call([&](Verbs& verbs) {
               return verbs.schedules().resume(pipeline, call.request.actor);
             }));
             return shown(pipeline, preview);
           }},
          {"POST", "/api/v1/schedules/:pipeline/pause", "Switch a timer off",
           [&engine, shown](const Call& call) -> Result<Json> {
             const auto& pipeline = call.path.at("pipeline");
             TRY(engine.call([&](Verbs& verbs) {
               return verbs.schedules().pause(pipeline, call.request.actor);
             }));
             return shown(pipeline, {});
           }}};
}

}  // namespace gossamer::web
