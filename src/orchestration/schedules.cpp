// SPDX-License-Identifier: Apache-2.0
// Timers of pipelines: what has become due is asked for, then written down as handled. A crash in
// between asks again, and the same request never makes two runs.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration look_again = std::chrono::minutes(1);  // for what was applied meanwhile
constexpr Duration on_time = std::chrono::minutes(5);     // what is older was missed
constexpr std::size_t moments_max = 100;                  // in one turn
constexpr std::size_t previewed_max = 100'000;
constexpr std::size_t next_shown = 5;

struct Chosen {
  std::vector<Instant> moments;
  Instant handled_until;
};

// rule: which of the moments since then start something.
Chosen chosen(const Timetable& table, const pipeline::CatchUp& rule, Instant since, Instant now,
              std::size_t limit) {
  Chosen chosen{{}, std::max(since, now)};  // a clock that went back undoes nothing
  using Mode = pipeline::CatchUp::Mode;
  if (rule.mode == Mode::none || rule.mode == Mode::last) {
    const Instant from = rule.mode == Mode::none ? std::max(since, now - on_time) : since;
    if (const auto last = table.last_in(from, now)) chosen.moments.push_back(*last);
    return chosen;
  }
  const Instant from = rule.mode == Mode::within ? std::max(since, now - rule.within) : since;
  chosen.moments = table.between(from, now, limit);
  if (chosen.moments.size() == limit) chosen.handled_until = chosen.moments.back();
  return chosen;
}

// From when on moments count for a timer that nobody ever switched on.
Instant beginning(const Timetable& table, Instant now) {
  const auto& partitions = table.partitions();
  if (!partitions.has_calendar()) return now;
  auto first = partitions.parse(partitions.scheme().calendar->start);
  if (!first) return now;
  const auto slice = partitions.slice(*first);
  return slice && *slice ? std::min(now, (*slice)->start) : now;
}

Instant since_of(const Engine::Core::Timer& timer, Instant now) {
  const bool forgets = timer.pipeline->schedule->catch_up.mode == pipeline::CatchUp::Mode::none;
  if (forgets && !timer.state.is_on) return now;
  return timer.was_switched ? timer.state.handled_until : beginning(timer.table, now);
}

Result<Engine::Core::Timer*> timer_named(std::map<std::string, Engine::Core::Timer>& timers,
                                         const std::string& pipeline) {
  const auto found = timers.find(pipeline);
  if (found != timers.end()) return &found->second;
  std::vector<std::string> known;
  for (const auto& [name, timer] : timers)
    known.push_back(name);
  return not_found(fmt::format("no pipeline '{}' has a timer (cron or interval){}", pipeline,
                               did_you_mean(pipeline, known)));
}

}  // namespace

Result<std::map<std::string, Engine::Core::Timer>*> Engine::Core::timers() {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  if (active.definition == timers_of_) return &timers_;
  if (ports_.schedules == nullptr) return unavailable("this engine has no timers");
  TRY_ASSIGN(const auto states, ports_.schedules->list());
  std::map<std::string, Timer> timers;
  for (const auto& [name, pipeline] : active.definition->pipelines) {
    const auto& schedule = pipeline.schedule;
    if (!schedule || (schedule->cron.empty() && !schedule->interval)) continue;
    TRY_ASSIGN(Timetable table, Timetable::make(pipeline, *active.definition));
    Timer timer{&pipeline, {}, std::move(table), false, std::nullopt};
    timer.state.pipeline = name;
    const auto known = std::ranges::find(states, name, &ScheduleState::pipeline);
    if (known != states.end()) {
      timer.state = *known;
      timer.was_switched = true;
    }
    if (timer.state.is_on) timer.next = timer.table.next(timer.state.handled_until);
    timers.emplace(name, std::move(timer));
  }
  timers_ = std::move(timers);
  timers_of_ = active.definition;
  return &timers_;
}

Result<void> Engine::Core::put_timer(Timer& timer, ScheduleState state,
                                     const std::optional<AuditNote>& note) {
  TRY(ports_.schedules->put(state, note));
  timer.state = std::move(state);
  timer.was_switched = true;
  timer.next = std::nullopt;
  if (timer.state.is_on) timer.next = timer.table.next(timer.state.handled_until);
  timers_at_.reset();
  return {};
}

void Engine::Core::fire_timers() {
  if (ports_.schedules == nullptr || (timers_at_ && now() < *timers_at_)) return;
  timers_at_ = now() + look_again;
  const auto known = timers();
  if (!known) {
    if (known.error().kind != ErrorKind::not_found) {
      ports_.log.error("timers cannot be read", {{"error", known.error()}});
    }
    return;
  }
  Instant next = now() + look_again;
  for (auto& [name, timer] : **known) {
    if (timer.next && *timer.next <= now()) {
      if (auto fired = fire(timer); !fired) {
        ports_.log.error("a timer could not start its runs",
                         {{"pipeline", name}, {"error", fired.error()}});
        return;
      }
    }
    if (timer.next) next = std::min(next, *timer.next);
  }
  timers_at_ = next;
}

// rule: asked for first, written down then.
Result<void> Engine::Core::fire(Timer& timer) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  const std::string& name = timer.state.pipeline;
  const Chosen due = chosen(timer.table, timer.pipeline->schedule->catch_up,
                            timer.state.handled_until, now(), moments_max);
  for (const Instant moment : due.moments) {
    for (const auto& key : timer.table.due_at(moment)) {
      RunRequest request;
      request.pipeline = name;
      request.partition = key.text();
      request.if_active = IfActive::join_queued;
      request.actor = Actor{active.applied_by, true, "schedule"};
      request.cause = Cause{"schedule", std::nullopt, format_instant(moment)};
      request.request_key =
          fmt::format("schedule/{}/{}/{}", name, format_instant(moment), key.text());
      const auto requested = create(request);
      if (requested) continue;
      if (requested.error().kind == ErrorKind::unavailable) {
        return std::unexpected(requested.error());
      }
      ports_.log.error("a scheduled run could not be made",
                       {{"pipeline", name}, {"error", requested.error()}});
    }
  }
  ScheduleState state = timer.state;
  state.handled_until = due.handled_until;
  return put_timer(timer, std::move(state), std::nullopt);
}

Result<SchedulePreview> Engine::Core::preview_timer(const Timer& timer) const {
  SchedulePreview preview;
  const auto add = [&](std::vector<ScheduledStart>& to, Instant moment) {
    for (const auto& key : timer.table.due_at(moment))
      to.push_back(ScheduledStart{moment, key});
  };
  const Chosen due = chosen(timer.table, timer.pipeline->schedule->catch_up, since_of(timer, now()),
                            now(), previewed_max);
  for (const Instant moment : due.moments)
    add(preview.at_once, moment);
  Instant after = now();
  for (std::size_t i = 0; i < next_shown; ++i) {
    const auto moment = timer.table.next(after);
    if (!moment) break;
    add(preview.next, *moment);
    after = *moment;
  }
  return preview;
}

// --- What people ask for -------------------------------------------------------------------------

Result<std::vector<ScheduleView>> Schedules::list() const {
  TRY_ASSIGN(const auto* timers, core_.timers());
  std::vector<ScheduleView> views;
  for (const auto& [name, timer] : *timers) {
    views.push_back(ScheduleView{name, *timer.pipeline->schedule, timer.state.is_on, timer.next,
                                 timer.state.by});
  }
  return views;
}

Result<SchedulePreview> Schedules::preview(const std::string& pipeline) const {
  TRY_ASSIGN(auto* timers, core_.timers());
  TRY_ASSIGN(const auto* timer, timer_named(*timers, pipeline));
  return core_.preview_timer(*timer);
}

// rule: off until somebody switches it on.
Result<SchedulePreview> Schedules::resume(const std::string& pipeline, const Actor& actor) {
  TRY_ASSIGN(auto* timers, core_.timers());
  TRY_ASSIGN(auto* timer, timer_named(*timers, pipeline));
  TRY_ASSIGN(SchedulePreview preview, core_.preview_timer(*timer));
  if (timer->state.is_on) return preview;
  const Instant since = since_of(*timer, core_.now());
  TRY(core_.put_timer(*timer, ScheduleState{pipeline, true, since, actor.name, core_.now()},
                      AuditNote{actor, "schedule.resume", pipeline, Json::object()}));
  return preview;
}

Result<void> Schedules::pause(const std::string& pipeline, const Actor& actor) {
  TRY_ASSIGN(auto* timers, core_.timers());
  TRY_ASSIGN(auto* timer, timer_named(*timers, pipeline));
  if (!timer->state.is_on) return {};
  ScheduleState state = timer->state;
  state.is_on = false;
  state.by = actor.name;
  state.at = core_.now();
  return core_.put_timer(*timer, std::move(state),
                         AuditNote{actor, "schedule.pause", pipeline, Json::object()});
}

}  // namespace gossamer::orchestration
