// SPDX-License-Identifier: Apache-2.0
// What people do with backfills.
#include "orchestration/backfills.hpp"

#include <fmt/format.h>

#include "tests/simulation/turn.hpp"

namespace gossamer::simulation {

using orchestration::BackfillStatus;

namespace {

const orchestration::Actor bea{"bea", true, "cli"};

template <class T>
std::string said(const Result<T>& result) {
  return result ? std::string("yes") : result.error().describe();
}

}  // namespace

void World::begin_backfill() {
  orchestration::BackfillRequest request;
  request.pipeline = "daily";
  request.actor = bea;
  if (lucky(2)) request.reprocess = {orchestration::Reprocess::all};
  if (lucky(3)) request.reprocess = {orchestration::Reprocess::failed};
  orchestration::BackfillStart start;
  start.actor = bea;
  start.max_active = 1 + pick(2);
  if (lucky(2)) start.on_failure = {orchestration::OnFailure::go_on, 1};
  if (lucky(3)) start.on_failure = {orchestration::OnFailure::pause_after, 1};
  with_engine("begin a backfill: ", [&](Turn& turn) {
    const auto backfills = turn.verbs.backfills();
    if (!backfills) return said(backfills);
    const auto planned = (*backfills)->plan(request);
    if (!planned || planned->backfill.id.empty()) return said(planned);
    const auto started = (*backfills)->start(planned->backfill.id, start);
    if (started) journal_.backfills.push_back(planned->backfill.id);
    return said(started);
  });
}

void World::steer_backfill() {
  const auto open = storage_->backfills().open();
  if (!open || open->empty()) return;
  const auto plan = (*open)[static_cast<std::size_t>(pick(static_cast<int>(open->size())))].id;
  const int which = pick(5);
  machine_.stop_slowly(lucky(2));
  with_engine(fmt::format("steer {}: ", plan.value()), [&](Turn& turn) {
    const auto backfills = turn.verbs.backfills();
    if (!backfills) return said(backfills);
    if (which < 2) return "pause: " + said((*backfills)->pause(plan, bea));
    if (which < 4) return "resume: " + said((*backfills)->resume(plan, bea));
    return "cancel: " + said((*backfills)->cancel(plan, bea, ""));
  });
}

void World::resume_backfills() {
  const auto open = storage_->backfills().open().value();
  for (const auto& backfill : open) {
    if (backfill.status != BackfillStatus::paused) continue;
    with_engine(fmt::format("resume {}: ", backfill.id.value()), [&](Turn& turn) {
      return said(turn.verbs.backfills().value()->resume(backfill.id, bea));
    });
  }
}

void World::take_down_backfills() {
  for (const PlanId& plan : journal_.backfills) {
    auto& rows = journal_.rows[plan];
    journal_.ended.emplace(plan, storage_->backfills().find(plan).value());
    orchestration::RowFilter all;
    all.limit = 1000;
    rows = storage_->backfills().rows(plan, all).value();
  }
}

}  // namespace gossamer::simulation
