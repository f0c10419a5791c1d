// SPDX-License-Identifier: Apache-2.0
#include "orchestration/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orchestration/counting.hpp"

namespace gossamer::orchestration {

Draft::Draft(const RunState& run, Instant now, std::string cause, std::string actor)
    : before_(run),
      now_(now),
      cause_(std::move(cause)),
      actor_(std::move(actor)),
      header_(static_cast<const RunHeader&>(run)),
      totals_(run.index.totals) {
  transition_.run = run.id;
  transition_.expected_revision = run.revision;
}

const StepState& Draft::row(Place place) const {
  const auto changed = changed_.find(place);
  if (changed != changed_.end()) return changed->second;
  return before_.steps[place.step][static_cast<std::size_t>(place.instance)];
}

int Draft::instances(std::size_t step) const {
  const auto grown = instances_.find(step);
  if (grown != instances_.end()) return grown->second;
  return static_cast<int>(before_.steps[step].size());
}

bool Draft::is_step_final(std::size_t step) const {
  const auto changed = open_.find(step);
  return (changed != open_.end() ? changed->second : before_.index.open_instances[step]) == 0;
}

StepView Draft::view(std::size_t step) const {
  const int count = instances(step);
  if (count == 1) return view_of({row({step, 0})});
  std::vector<StepState> rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    rows.push_back(row({step, i}));
  return view_of(rows);
}

std::shared_ptr<const StepSummary> Draft::summary(std::size_t step) const {
  if (!open_.contains(step)) return summary_of(before_, step);
  auto& made = summaries_[step];
  if (!made) {
    std::vector<StepState> rows;
    for (int i = 0; i < instances(step); ++i)
      rows.push_back(row({step, i}));
    made = std::make_shared<const StepSummary>(summarized(declaration(step), rows));
  }
  return made;
}

const approval::Gate* Draft::open_gate(const GateId& gate) const {
  const auto written = std::ranges::find(transition_.gates, gate, &approval::Gate::id);
  if (written != transition_.gates.end()) {
    return written->status == approval::GateStatus::open ? &*written : nullptr;
  }
  const auto open = std::ranges::find(before_.gates, gate, &approval::Gate::id);
  return open != before_.gates.end() ? &*open : nullptr;
}

std::string Draft::label(const StepState& row) const {
  const std::string& name = declaration(row.step).name;
  return row.each.is_null() ? name : fmt::format("{}[{}]", name, row.instance);
}

void Draft::put(StepState row, Json details) {
  const Place place{row.step, row.instance};
  auto& open = open_.try_emplace(row.step, before_.index.open_instances[row.step]).first->second;
  if (row.instance >= instances(row.step)) {
    instances_[row.step] = row.instance + 1;
  } else {
    const StepState& old = this->row(place);
    totals_ = counted(totals_, old.status, -1);
    if (!is_final(old.status)) --open;
    if (old.status != row.status) {
      note(fmt::format("step {}: {} -> {}", label(row), name_of(old.status), name_of(row.status)),
           std::move(details));
    }
  }
  totals_ = counted(totals_, row.status, +1);
  if (!is_final(row.status)) ++open;
  summaries_.erase(row.step);
  changed_.insert_or_assign(place, std::move(row));
}

void Draft::put_attempt(AttemptRow row) {
  const auto written = std::ranges::find(transition_.attempts, row.id, &AttemptRow::id);
  if (written != transition_.attempts.end()) {
    *written = std::move(row);
  } else {
    transition_.attempts.push_back(std::move(row));
  }
}

void Draft::put_gate(approval::Gate gate) {
  const auto written = std::ranges::find(transition_.gates, gate.id, &approval::Gate::id);
  if (written != transition_.gates.end()) {
    *written = std::move(gate);
  } else {
    transition_.gates.push_back(std::move(gate));
  }
}

void Draft::emit(EffectBody body) {
  if (auto* message = std::get_if<Notify>(&body)) message->content["time"] = format_instant(now_);
  auto key =
      fmt::format("{}/{}/{}", before_.id.value(), before_.revision + 1, transition_.effects.size());
  transition_.effects.push_back(Effect{std::move(key), std::move(body)});
}

void Draft::note(std::string what, Json details) {
  transition_.history.push_back(
      HistoryEntry{now_, std::move(what), cause_, actor_, std::move(details)});
}

void Draft::audit(AuditNote note) { transition_.audit.push_back(std::move(note)); }

Transition Draft::finish() {
  for (auto& [place, row] : changed_)
    transition_.steps.push_back(std::move(row));
  header_.revision = before_.revision + 1;
  transition_.after_run = std::move(header_);
  return std::move(transition_);
}

}  // namespace gossamer::orchestration
