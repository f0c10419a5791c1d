// SPDX-License-Identifier: Apache-2.0
// What people do: decide, look, cancel, retry, force, undo.
#include <fmt/format.h>

#include <algorithm>

#include "tests/scenarios/stage.hpp"

namespace gossamer::scenarios {

using orchestration::Pinned;

// decide GATE approve|reject|rework by NAME [comment TEXT] [override] [digest stale|current]
//   [to STEP] [param NAME=VALUE] [-> KIND "PART"]
Result<void> Stage::decide(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  TRY_ASSIGN(const approval::Gate gate, gate_named(options.next().value_or("")));
  orchestration::VoteRequest request;
  request.gate = gate.id;
  const std::string answer = options.next().value_or("");
  if (answer == "approve") {
    request.answer = approval::Answer::approve;
  } else if (answer == "reject") {
    request.answer = approval::Answer::reject;
  } else if (answer == "rework") {
    request.answer = approval::Answer::rework;
  } else {
    return invalid_input(fmt::format("'{}' is no answer: approve, reject or rework", answer));
  }
  request.actor = actor(options.value("by").value_or("ana"));
  request.comment = options.value("comment").value_or("");
  request.override_criteria = options.flag("override");
  if (const auto digest = options.value("digest")) {
    request.digest = *digest == "stale" ? digest_of("something else") : gate.evidence;
  }
  request.rework_step = options.value("to").value_or("");
  for (const auto& text : options.values("param")) {
    const std::size_t equals = text.find('=');
    request.rework_params[text.substr(0, equals)] = text.substr(equals + 1);
  }
  auto answered = verbs->vote(request);
  return judge(answered ? Result<void>{} : std::unexpected(answered.error()), options, "the vote");
}

// show GATE to NAME: what a vote without a digest is about from now on.
Result<void> Stage::show(const Line& line) {
  Options options(line, 1);
  TRY_ASSIGN(const approval::Gate gate, gate_named(options.next().value_or("")));
  const std::string who = options.value("to").value_or("ana");
  TRY(options.finish());
  return store_.note_shown(gate.id, who, gate.evidence, clock_.now());
}

Result<void> Stage::cancel(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  const std::string by = options.value("by").value_or("sam");
  const std::string reason = options.value("because").value_or("");
  TRY_ASSIGN(const RunState run, run_named(options.name()));
  return judge(verbs->cancel(run.id, actor(by), reason), options, "the cancellation");
}

// retry [RUN] [from STEP] [data latest] [code latest] [by NAME]
Result<void> Stage::retry(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  orchestration::RetryRequest request;
  request.actor = actor(options.value("by").value_or("sam"));
  request.from = options.values("from");
  if (options.value("data") == "latest") request.data = Pinned::latest;
  if (options.value("code") == "latest") request.code = Pinned::latest;
  TRY_ASSIGN(const RunState run, run_named(options.name()));
  request.run = run.id;
  auto retried = verbs->retry(request);
  return judge(retried ? Result<void>{} : std::unexpected(retried.error()), options, "the retry");
}

Result<void> Stage::force(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  TRY_ASSIGN(const StepRef ref, step_named(options.next().value_or("")));
  const std::string by = options.value("by").value_or("sam");
  const std::string reason = options.value("because").value_or("");
  return judge(verbs->force(ref.run.id, ref.run.pipeline->steps[ref.step].name, actor(by), reason),
               options, "forcing");
}

// undo last by NAME
Result<void> Stage::undo(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  static_cast<void>(options.flag("last"));
  const std::string by = options.value("by").value_or("sam");
  TRY_ASSIGN(const auto switches, store_.switches(1, std::nullopt));
  if (switches.empty()) return not_found("nothing was switched yet");
  auto undone = verbs->undo_switch(switches.front().id, actor(by), "");
  return judge(undone ? Result<void>{} : std::unexpected(undone.error()), options, "the undo");
}

// schedule resume|pause|preview PIPELINE [starts N] [by NAME]: resuming says what it starts.
Result<void> Stage::schedule(const Line& line) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  Options options(line, 1);
  const auto starts = options.value("starts");
  const std::string by = options.value("by").value_or("sam");
  const std::string what = options.next().value_or("");
  const std::string pipeline = options.next().value_or("");
  auto schedules = verbs->schedules();
  if (what == "pause") return judge(schedules.pause(pipeline, actor(by)), options, "the pause");
  const auto preview =
      what == "resume" ? schedules.resume(pipeline, actor(by)) : previewed(pipeline);
  TRY(judge(preview ? Result<void>{} : std::unexpected(preview.error()), options, what));
  if (!starts || !preview) return {};
  if (std::to_string(preview->at_once.size()) == *starts) return {};
  return conflict(fmt::format("it starts {} runs at once", preview->at_once.size()));
}

Result<orchestration::Timer> Stage::timer(const std::string& pipeline) const {
  TRY_ASSIGN(const auto active, definitions_.active());
  TRY_ASSIGN(const auto states, store_.list());
  TRY_ASSIGN(auto timers, orchestration::timers_of(*active.definition, states));
  TRY_ASSIGN(const auto* timer, orchestration::timer_named(timers, pipeline));
  return *timer;
}

Result<orchestration::SchedulePreview> Stage::previewed(const std::string& pipeline) const {
  TRY_ASSIGN(const auto timer, this->timer(pipeline));
  return orchestration::preview_of(timer, clock_.now());
}

// expect schedule PIPELINE on|off [next TIME]
Result<void> Stage::expect_schedule(Options options) {
  const auto next = options.value("next");
  const std::string pipeline = options.next().value_or("");
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  TRY_ASSIGN(const auto timer, this->timer(pipeline));
  const std::string is = timer.state.is_on ? "on" : "off";
  if (is != expected) return conflict("the timer is " + is);
  const std::string moment = timer.next ? format_instant(*timer.next).substr(0, 16) + "Z" : "none";
  if (next && *next != moment) return conflict("its next moment is " + moment);
  return {};
}

}  // namespace gossamer::scenarios
