// SPDX-License-Identifier: Apache-2.0
// Timers of pipelines: what has become due is asked for, then written down as handled. A crash in
// between asks again, and the same request never makes two runs.
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration look_again = std::chrono::minutes(1);  // for what was applied meanwhile
constexpr std::size_t moments_max = 100;                  // in one turn

}  // namespace

Result<std::map<std::string, Timer>*> Engine::Core::timers() {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  if (active.definition == timers_of_) return &timers_;
  TRY_ASSIGN(const auto states, ports_.schedules.list());
  TRY_ASSIGN(auto timers, timers_of(*active.definition, states));
  timers_ = std::move(timers);
  timers_of_ = active.definition;
  return &timers_;
}

Result<void> Engine::Core::put_timer(Timer& timer, ScheduleState state,
                                     const std::optional<AuditNote>& note) {
  TRY(ports_.schedules.put(state, note));
  timer.state = std::move(state);
  timer.was_switched = true;
  timer.next = next_of(timer);
  timers_at_.reset();
  return {};
}

void Engine::Core::fire_timers() {
  if (options_.timers == Timers::leave || (timers_at_ && now() < *timers_at_)) return;
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

// Only what another try can help is an error.
Result<void> Engine::Core::request_scheduled(const std::string& pipeline,
                                             const release::PartitionKey& key, Cause cause,
                                             std::string request_key) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  RunRequest request;
  request.pipeline = pipeline;
  request.partition = key.text();
  request.if_active = IfActive::join_queued;
  request.actor = Actor{active.applied_by, true, "schedule"};
  request.cause = std::move(cause);
  request.request_key = std::move(request_key);
  auto requested = stage_requested(request, active);
  if (!requested && requested.error().kind == ErrorKind::conflict) {
    request.if_active = IfActive::queue_behind;  // that one does something else
    requested = stage_requested(request, active);
  }
  // Whatever a commit fails at, a conflict of somebody else in it too, another one may get through.
  if (requested) return requested->joined ? Result<void>{} : commit();
  if (requested.error().kind == ErrorKind::unavailable) return std::unexpected(requested.error());
  ports_.log.error("a scheduled run could not be made",
                   {{"pipeline", pipeline}, {"error", requested.error()}});
  return {};
}

// rule: asked for first, written down then.
Result<void> Engine::Core::fire(Timer& timer) {
  const std::string& name = timer.state.pipeline;
  const DueMoments due = due_moments(timer, timer.state.handled_until, now(), moments_max);
  for (const Instant moment : due.moments) {
    for (const auto& key : timer.table.due_at(moment)) {
      const std::string at = format_instant(moment);
      TRY(request_scheduled(name, key, Cause{"schedule", std::nullopt, at},
                            fmt::format("schedule/{}/{}/{}", name, at, key.text())));
    }
  }
  ScheduleState state = timer.state;
  state.handled_until = due.handled_until;
  return put_timer(timer, std::move(state), std::nullopt);
}

// --- What people ask for -------------------------------------------------------------------------

// rule: off until somebody switches it on.
Result<SchedulePreview> Schedules::resume(const std::string& pipeline, const Actor& actor) {
  TRY(core_.catch_up());
  TRY_ASSIGN(auto* timers, core_.timers());
  TRY_ASSIGN(auto* timer, timer_named(*timers, pipeline));
  SchedulePreview preview = preview_of(*timer, core_.now());
  if (timer->state.is_on) return preview;
  const Instant since = counted_from(*timer, core_.now());
  TRY(core_.put_timer(*timer, ScheduleState{pipeline, true, since, actor.name, core_.now()},
                      AuditNote{actor, "schedule.resume", pipeline, Json::object()}));
  return preview;
}

Result<void> Schedules::pause(const std::string& pipeline, const Actor& actor) {
  TRY(core_.catch_up());
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
