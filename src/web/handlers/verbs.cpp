// SPDX-License-Identifier: Apache-2.0
#include "web/handlers/verbs.hpp"

#include <fmt/format.h>

#include <set>

#include "web/evidence/evidence.hpp"
#include "web/handlers/drive.hpp"
#include "web/handlers/handlers.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

using Names = std::vector<std::string>;
using orchestration::EngineService;
using orchestration::Verbs;

Result<std::string> text_or(const Json& body, const char* key, std::string fallback) {
  TRY_ASSIGN(const auto found, optional<std::string>(body, key));
  return found.value_or(std::move(fallback));
}

Result<bool> flag(const Json& body, const char* key) {
  TRY_ASSIGN(const auto found, optional<bool>(body, key));
  return found.value_or(false);
}

Result<orchestration::Pinned> pinned(const Json& body, const char* key,
                                     const std::string& fallback) {
  TRY_ASSIGN(const auto text, text_or(body, key, fallback));
  if (text == "same") return orchestration::Pinned::same;
  if (text == "latest") return orchestration::Pinned::latest;
  return invalid_input(fmt::format("{} is \"{}\"; it is same or latest", key, text));
}

Result<orchestration::RunRequest> run_request(const Call& call) {
  const Json& body = call.request.body;
  orchestration::RunRequest request;
  TRY_ASSIGN(request.pipeline, require<std::string>(body, "pipeline"));
  TRY_ASSIGN(request.partition, text_or(body, "partition", ""));
  TRY_ASSIGN(request.model, text_or(body, "model", ""));
  TRY_ASSIGN(const auto params, optional<Json>(body, "params"));
  request.params = params.value_or(Json::object());
  TRY_ASSIGN(const auto only, optional<Names>(body, "only"));
  TRY_ASSIGN(const auto from, optional<Names>(body, "from"));
  TRY_ASSIGN(const auto select, optional<Names>(body, "select"));
  request.selection.only = only.value_or(Names());
  request.selection.from = from.value_or(Names());
  for (const auto& word : select.value_or(Names())) {
    request.selection.select += (request.selection.select.empty() ? "" : " ") + word;
  }
  TRY_ASSIGN(const bool queue_new, flag(body, "new"));
  if (queue_new) request.if_active = orchestration::IfActive::queue_behind;
  request.actor = call.request.actor;
  return request;
}

Json preview_json(const orchestration::RunPreview& preview) {
  Json steps = Json::array();
  for (const auto& step : preview.steps) {
    steps.push_back({{"step", step.name},
                     {"kind", pipeline::name_of(step.kind)},
                     {"state", step.left_out ? "left out" : "would run"}});
  }
  Json shown{{"pipeline", preview.pipeline},
             {"partition", preview.partition.text()},
             {"params", preview.params},
             {"steps", std::move(steps)}};
  if (preview.window) {
    shown["window"] = {{"start", format_instant(preview.window->start)},
                       {"end", format_instant(preview.window->end)}};
  }
  if (preview.joins) shown["joins"] = preview.joins->value();
  return shown;
}

Result<Json> answer_run(EngineService& engine, const orchestration::RunStore& runs,
                        const approval::GateStore& gates, const RunId& run, const Call& call) {
  if (call.request.caller == Caller::stays) TRY(drive(engine, gates, run, call.events));
  TRY_ASSIGN(const auto state, runs.load(run));
  return run_json(state);
}

Result<Json> start_run(EngineService& engine, const orchestration::RunStore& runs,
                       const approval::GateStore& gates, const Applier& applier, Holder holder,
                       const Call& call) {
  TRY_ASSIGN(const auto request, run_request(call));
  TRY_ASSIGN(const bool detach, flag(call.request.body, "detach"));
  if (holder == Holder::command) {
    if (detach) {
      return invalid_input(
          "--detach needs a server that goes on with the run (gossamer serve --headless); without "
          "one, leave it out");
    }
    TRY(applier.apply(call.request.actor, Applier::Mode::activate, call.events));
  }
  TRY_ASSIGN(const bool dry_run, flag(call.request.body, "dry_run"));
  if (dry_run) {
    TRY_ASSIGN(const auto preview,
               engine.call([&](Verbs& verbs) { return verbs.preview_run(request); }));
    return preview_json(preview);
  }
  TRY_ASSIGN(const auto requested,
             engine.call([&](Verbs& verbs) { return verbs.request_run(request); }));
  if (requested.joined) {
    call.events({{"event", "note"},
                 {"message", fmt::format("{} is under way for this partition: following it "
                                         "(--new starts another one behind it)",
                                         requested.run.value())}});
  }
  if (detach) {
    TRY_ASSIGN(const auto state, runs.load(requested.run));
    return run_json(state);
  }
  return answer_run(engine, runs, gates, requested.run, call);
}

Result<Json> retry_run(EngineService& engine, const orchestration::RunStore& runs,
                       const approval::GateStore& gates, const Call& call) {
  orchestration::RetryRequest request;
  TRY_ASSIGN(request.run, RunId::parse(call.path.at("run")));
  TRY_ASSIGN(const auto from, optional<Names>(call.request.body, "from"));
  request.from = from.value_or(Names());
  TRY_ASSIGN(request.data, pinned(call.request.body, "data", "same"));
  TRY_ASSIGN(request.code, pinned(call.request.body, "code", "same"));
  request.actor = call.request.actor;
  TRY_ASSIGN(const auto requested, engine.call([&](Verbs& verbs) { return verbs.retry(request); }));
  return answer_run(engine, runs, gates, requested.run, call);
}

Result<approval::Answer> parse_answer(const std::string& text) {
  for (const auto answer :
       {approval::Answer::approve, approval::Answer::reject, approval::Answer::rework}) {
    if (approval::name_of(answer) == text) return answer;
  }
  return invalid_input(fmt::format("\"{}\" is no answer; use approve, reject or rework", text));
}

Result<orchestration::VoteRequest> vote_request(const Call& call) {
  const Json& body = call.request.body;
  orchestration::VoteRequest request;
  TRY_ASSIGN(request.gate, GateId::parse(call.path.at("gate")));
  TRY_ASSIGN(const auto answer, require<std::string>(body, "answer"));
  TRY_ASSIGN(request.answer, parse_answer(answer));
  TRY_ASSIGN(const auto digest, text_or(body, "digest", ""));
  if (!digest.empty()) {
    TRY_ASSIGN(request.digest, Digest::parse(digest));
  }
  TRY_ASSIGN(request.comment, text_or(body, "comment", ""));
  TRY_ASSIGN(request.override_criteria, flag(body, "override"));
  TRY_ASSIGN(const auto rework, optional<Json>(body, "rework"));
  if (rework) {
    TRY_ASSIGN(request.rework_step, text_or(*rework, "step", ""));
    TRY_ASSIGN(const auto params, optional<Json>(*rework, "params"));
    request.rework_params = params.value_or(Json::object());
  }
  request.actor = call.request.actor;
  return request;
}

// The run's steps that have ended: nobody needs to be told of them again.
Result<std::set<std::string>> ended_steps(const orchestration::RunStore& runs, const RunId& run) {
  TRY_ASSIGN(const auto state, runs.load(run));
  std::set<std::string> ended;
  for (std::size_t at = 0; at < state.steps.size(); ++at) {
    const auto status = orchestration::view_of(state.steps[at]).status;
    if (orchestration::is_final(status)) ended.insert(state.pipeline->steps[at].name);
  }
  return ended;
}

Result<Json> vote(EngineService& engine, const orchestration::RunStore& runs,
                  const approval::GateStore& gates, const Call& call) {
  TRY_ASSIGN(const auto request, vote_request(call));
  TRY_ASSIGN(const auto asked, gates.find(request.gate));
  TRY_ASSIGN(const auto ended, ended_steps(runs, asked.run));
  const auto voted = engine.call([&](Verbs& verbs) { return verbs.vote(request); });
  if (!voted) {
    const auto gate = gates.find(request.gate);
    // A gate that was overdue is closed before a vote counts. Its run goes on, and whoever came too
    // late is the one who drives it.
    const bool stays = call.request.caller == Caller::stays;
    if (stays && gate && gate->status == approval::GateStatus::expired) {
      TRY(drive(engine, gates, gate->run, call.events, ended));
    }
    return std::unexpected(voted.error());
  }
  const auto& answer = *voted;
  if (answer.ruling.status == approval::GateStatus::open) {
    call.events({{"event", "note"},
                 {"message", fmt::format("recorded; {} of {} approvals so far",
                                         answer.ruling.approvals, answer.ruling.needed)}});
  } else if (call.request.caller == Caller::stays) {
    TRY(drive(engine, gates, answer.run, call.events, ended));
  }
  TRY_ASSIGN(const auto gate, gates.find(request.gate));
  return gate_json(gate);
}

}  // namespace

std::vector<Route> run_verbs(EngineService& engine, const orchestration::RunStore& runs,
                             const approval::GateStore& gates, const Applier& applier,
                             Holder holder) {
  return {
      {"POST", "/api/v1/runs", "Start a run, or join the one under way",
       [&engine, &runs, &gates, &applier, holder](const Call& call) {
         return start_run(engine, runs, gates, applier, holder, call);
       }},
      {"POST", "/api/v1/runs/:run/cancel", "Stop a run",
       [&engine, &runs, &gates](const Call& call) -> Result<Json> {
         TRY_ASSIGN(const auto run, RunId::parse(call.path.at("run")));
         TRY_ASSIGN(const auto reason, text_or(call.request.body, "reason", ""));
         TRY(engine.call(
             [&](Verbs& verbs) { return verbs.cancel(run, call.request.actor, reason); }));
         return answer_run(engine, runs, gates, run, call);
       }},
      {"POST", "/api/v1/runs/:run/wait", "Go on until a run, and all that follows, ends or waits",
       [&engine, &runs, &gates](const Call& call) -> Result<Json> {
         TRY_ASSIGN(const auto run, RunId::parse(call.path.at("run")));
         TRY(runs.load(run));
         return answer_run(engine, runs, gates, run, call);
       }},
      {"POST", "/api/v1/runs/:run/retry", "Repeat what failed, and what depends on it",
       [&engine, &runs, &gates](const Call& call) { return retry_run(engine, runs, gates, call); }},
      {"POST", "/api/v1/runs/:run/force", "Count a failed step as done",
       [&engine, &runs, &gates](const Call& call) -> Result<Json> {
         TRY_ASSIGN(const auto run, RunId::parse(call.path.at("run")));
         TRY_ASSIGN(const auto step, require<std::string>(call.request.body, "step"));
         TRY_ASSIGN(const auto reason, require<std::string>(call.request.body, "reason"));
         TRY(engine.call(
             [&](Verbs& verbs) { return verbs.force(run, step, call.request.actor, reason); }));
         return answer_run(engine, runs, gates, run, call);
       }}};
}

std::vector<Route> gate_verbs(EngineService& engine, const orchestration::RunStore& runs,
                              approval::GateStore& gates, EvidenceReader evidence,
                              const Clock& clock) {
  return {{"POST", "/api/v1/gates/:gate/votes", "Answer a gate",
           [&engine, &runs, &gates](const Call& call) { return vote(engine, runs, gates, call); }},
          {"POST", "/api/v1/gates/:gate/views", "Show a gate's evidence, and note who saw it",
           [&gates, evidence = std::move(evidence), &clock](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, GateId::parse(call.path.at("gate")));
             TRY_ASSIGN(const auto gate, gates.find(id));
             TRY_ASSIGN(const auto bundle, evidence(gate.evidence));
             TRY_ASSIGN(const bool html, flag(call.request.body, "html"));
             TRY_ASSIGN(const bool inside, flag(call.request.body, "inside"));
             const auto framing = inside ? Framing::inside : Framing::alone;
             TRY(gates.note_shown(id, call.request.actor.name, gate.evidence, clock.now()));
             return Json{{"gate", gate_json(gate)},
                         {"text", evidence_text(gate, bundle)},
                         {"html", html ? evidence_html(gate, bundle, framing) : ""}};
           },
           access::Permission::read}};
}

std::vector<Route> switch_verbs(EngineService& engine, warehouse::Tables& tables) {
  return {{"POST", "/api/v1/switches/:switch/undo", "Put back what a switch replaced",
           [&engine, &tables](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, SwitchId::parse(call.path.at("switch")));
             TRY_ASSIGN(const auto reason, text_or(call.request.body, "reason", ""));
             TRY_ASSIGN(const auto undone, engine.call([&](Verbs& verbs) {
               return verbs.undo_switch(id, call.request.actor, reason);
             }));
             // The outbox would do it too, but maybe after this process has ended.
             std::set<std::string> changed;
             for (const auto& content : undone.contents)
               changed.insert(content.table);
             for (const auto& table : changed)
               TRY(tables.project(table));
             return switch_json(undone);
           }}};
}

std::vector<Route> log_reads(const orchestration::RunViews& views, LogReader logs) {
  return {
      {"GET", "/api/v1/runs/:run/logs", "What the programs of a run's attempts wrote",
       [&views, logs = std::move(logs)](const Call& call) -> Result<Json> {
         TRY_ASSIGN(const auto run, RunId::parse(call.path.at("run")));
         TRY_ASSIGN(const auto attempts, views.attempts(run));
         const auto step = query_text(call.request, "step");
         TRY_ASSIGN(const auto ordinal, query_integer(call.request, "attempt", 0, 0, 1'000'000));
         Json found = Json::array();
         for (const auto& attempt : attempts) {
           if (!step.empty() && attempt.step != step) continue;
           if (ordinal > 0 && attempt.ordinal != ordinal) continue;
           TRY_ASSIGN(auto text, logs(attempt));
           if (text.empty() && step.empty()) continue;
           found.push_back(
               {{"step", attempt.step}, {"attempt", attempt.ordinal}, {"text", std::move(text)}});
         }
         if (found.empty() && !step.empty()) {
           return not_found(fmt::format("{} has no attempt of a step {}", run.value(), step));
         }
         return found;
       }}};
}

}  // namespace gossamer::web
