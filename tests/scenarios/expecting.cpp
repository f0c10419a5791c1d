// SPDX-License-Identifier: Apache-2.0
// What a scenario may say about the state of things.
#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "orchestration/calendar.hpp"
#include "tests/scenarios/stage.hpp"

namespace gossamer::scenarios {

using orchestration::HistoryEntry;
using orchestration::StepState;

namespace {

Result<void> same(std::string_view what, const std::string& is, const std::string& expected) {
  if (is == expected) return {};
  return conflict(fmt::format("{} is {}, expected {}", what, is, expected));
}

std::string local_name(const orchestration::RunState& run) {
  const auto partitions = orchestration::Partitions::make(run.pipeline->partitions);
  return partitions ? partitions->short_name(run.partition) : run.partition.text();
}

// Minutes suffice for people; seconds are shown where there are some.
std::string shown(Instant instant) {
  std::string text = format_instant(instant).substr(0, 19);
  if (text.ends_with(":00")) text.resize(16);
  return text + "Z";
}

}  // namespace

Result<void> Stage::expect(const Line& line) {
  if (engine_) engine_->work();
  Options options(line, 1);
  std::string what = options.next().value_or("");
  const bool negated = what == "no";
  if (negated) what = options.next().value_or("");
  if (what == "history") return expect_history(std::move(options), !negated);
  using Expect = Result<void> (Stage::*)(Options);
  static const std::map<std::string, Expect> subjects{{"run", &Stage::expect_run},
                                                      {"runs", &Stage::expect_runs},
                                                      {"step", &Stage::expect_step},
                                                      {"gate", &Stage::expect_gate},
                                                      {"alias", &Stage::expect_alias},
                                                      {"setting", &Stage::expect_setting},
                                                      {"audit", &Stage::expect_audit},
                                                      {"notified", &Stage::expect_notified},
                                                      {"attempts", &Stage::expect_attempts},
                                                      {"published", &Stage::expect_published},
                                                      {"projected", &Stage::expect_projected},
                                                      {"order", &Stage::expect_order},
                                                      {"stopped", &Stage::expect_stopped},
                                                      {"settled", &Stage::expect_settled},
                                                      {"archived", &Stage::expect_archived},
                                                      {"schedule", &Stage::expect_schedule},
                                                      {"backfill", &Stage::expect_backfill},
                                                      {"planned", &Stage::expect_planned}};
  const auto found = subjects.find(what);
  if (found != subjects.end() && !negated) return (this->*found->second)(std::move(options));
  std::vector<std::string> known{"history"};
  for (const auto& [name, play] : subjects)
    known.push_back(name);
  return invalid_input(
      fmt::format("nothing can be expected of '{}'{}", what, did_you_mean(what, known)));
}

// expect run [NAME[@PARTITION]] STATUS [starter NAME] [param n=v]
Result<void> Stage::expect_run(Options options) {
  const auto starter = options.value("starter");
  const auto params = options.values("param");
  const auto cause = options.value("cause");
  std::string status = options.next().value_or("");
  std::string name;
  if (const auto second = options.next()) name = std::exchange(status, *second);
  TRY(options.finish());
  TRY_ASSIGN(const RunState run, run_named(name));
  TRY(same("the run", std::string(orchestration::name_of(run.status)), status));
  if (starter) {
    TRY(same("its starter", run.starter.name, *starter));
  }
  if (cause) {
    TRY(same("its cause", run.cause.kind, *cause));
  }
  for (const auto& param : params) {
    const std::size_t equals = param.find('=');
    const std::string key = param.substr(0, equals);
    const Json value = run.params.contains(key) ? run.params.at(key) : Json(nullptr);
    TRY(same("parameter " + key, value.is_string() ? value.get<std::string>() : value.dump(),
             param.substr(equals + 1)));
  }
  return {};
}

// expect runs [PIPELINE] N | expect runs [PIPELINE] PARTITION STATUS
Result<void> Stage::expect_runs(Options options) {
  std::vector<std::string> words;
  while (const auto word = options.next())
    words.push_back(*word);
  if (words.empty()) return invalid_input("expect runs [PIPELINE] N, or a partition and a state");
  const auto count = parse_integer(words.back());
  const std::size_t fixed = count ? 1 : 2;
  const std::string pipeline = words.size() > fixed ? words.front() : "";
  std::vector<std::string> found;
  int matching = 0;
  for (const auto& [id, run] : store_.tables().runs) {
    if (!pipeline.empty() && run.pipeline->name != pipeline) continue;
    const std::string partition = local_name(run);
    found.push_back(
        fmt::format("{} {} {}", run.pipeline->name, partition, orchestration::name_of(run.status)));
    if (count) {
      ++matching;
    } else if (partition == words[words.size() - 2] &&
               orchestration::name_of(run.status) == words.back()) {
      ++matching;
    }
  }
  const std::string all = fmt::format("{}", fmt::join(found, "; "));
  if (count && matching == *count) return {};
  if (count) return conflict(fmt::format("there are {} runs: {}", matching, all));
  if (matching > 0) return {};
  return conflict(fmt::format("there is no such run; there are: {}", all));
}

// expect step NAME STATUS [outcome O] [attempts N] [instances N] [generation N] [failure CLASS]
//   [says "PART"] [wakes TIME] [pins model@alias=N]
Result<void> Stage::expect_step(Options options) {
  TRY_ASSIGN(const StepRef ref, step_named(options.next().value_or("")));
  const std::vector<StepState>& all = ref.run.steps[ref.step];
  std::vector<StepState> rows = all;
  if (ref.instance >= 0) {
    if (static_cast<std::size_t>(ref.instance) >= all.size()) {
      return conflict(fmt::format("it has {} instances", all.size()));
    }
    rows = {all[static_cast<std::size_t>(ref.instance)]};
  }
  const auto view = orchestration::view_of(rows);
  const StepState& row = rows.front();
  const auto outcome = options.value("outcome");
  const auto attempts = options.value("attempts");
  const auto instances = options.value("instances");
  const auto generation = options.value("generation");
  const auto failure = options.value("failure");
  const auto says = options.value("says");
  const auto wakes = options.value("wakes");
  const auto row_count = options.value("rows");
  const auto pins = options.values("pins");
  const std::string status = options.next().value_or("");
  TRY(options.finish());
  TRY(same("the step", std::string(orchestration::name_of(view.status)), status));
  if (outcome) {
    TRY(same("its outcome", std::string(orchestration::name_of(view.outcome)), *outcome));
  }
  if (attempts) {
    TRY(same("its number of attempts", std::to_string(view.attempts), *attempts));
  }
  if (instances) {
    TRY(same("its number of instances", std::to_string(all.size()), *instances));
  }
  if (generation) {
    TRY(same("its generation", std::to_string(row.generation), *generation));
  }
  if (row_count) {
    TRY(same("its number of rows", std::to_string(view.rows), *row_count));
  }
  const std::string failed_as =
      row.failure ? std::string(orchestration::name_of(row.failure->failure)) : "none";
  if (failure) {
    TRY(same("its failure", failed_as, *failure));
  }
  if (says && (!row.failure || row.failure->message.find(*says) == std::string::npos)) {
    return conflict(fmt::format("it says '{}'", row.failure ? row.failure->message : ""));
  }
  if (wakes) {
    TRY(same("its timer", row.wake_at ? shown(*row.wake_at) : "none", *wakes));
  }
  for (const auto& pin : pins) {
    const std::size_t equals = pin.find('=');
    const std::string name = pin.substr(0, equals);
    const Json value = row.pins.contains(name) ? row.pins.at(name) : Json("missing");
    TRY(same("its pin of " + name, value.is_string() ? value.get<std::string>() : value.dump(),
             pin.substr(equals + 1)));
  }
  return {};
}

// expect gate STEP STATUS [votes N] [due TIME] [excludes NAME] [asks "TEXT"] [generation N]
Result<void> Stage::expect_gate(Options options) {
  TRY_ASSIGN(const approval::Gate gate, gate_named(options.next().value_or("")));
  const auto votes = options.value("votes");
  const auto due = options.value("due");
  const auto excludes = options.values("excludes");
  const auto asks = options.value("asks");
  const auto generation = options.value("generation");
  const std::string status = options.next().value_or("");
  TRY(options.finish());
  TRY(same("the gate", std::string(approval::name_of(gate.status)), status));
  if (votes) {
    TRY(same("its number of votes", std::to_string(gate.votes.size()), *votes));
  }
  if (due) {
    TRY(same("its due time", gate.due_at ? shown(*gate.due_at) : "none", *due));
  }
  for (const auto& name : excludes) {
    if (!gate.policy.excluded.contains(name)) {
      return conflict(fmt::format("it excludes {}", fmt::join(gate.policy.excluded, ", ")));
    }
  }
  if (asks) {
    TRY(same("its question", gate.question, *asks));
  }
  if (generation) {
    TRY(same("its generation", std::to_string(gate.generation), *generation));
  }
  return {};
}

Result<void> Stage::expect_alias(Options options) {
  const std::string name = options.next().value_or("");
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  const std::size_t at = name.find('@');
  TRY_ASSIGN(const auto version, store_.alias(name.substr(0, at), name.substr(at + 1)));
  return same(name, version ? std::to_string(*version) : "none", expected);
}

Result<void> Stage::expect_setting(Options options) {
  const std::string name = options.next().value_or("");
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  TRY_ASSIGN(const Json value, store_.setting(name));
  return same(name, value.is_null() ? "none" : value.dump(), expected);
}

// expect [no] history "PART" [of RUN]
Result<void> Stage::expect_history(Options options, bool present) {
  const auto name = options.value("of");
  const std::string part = options.next().value_or("");
  TRY(options.finish());
  TRY_ASSIGN(const RunState run, run_named(name.value_or("")));
  TRY_ASSIGN(const auto history, store_.history(run.id));
  std::vector<std::string> lines;
  for (const HistoryEntry& entry : history) {
    lines.push_back(fmt::format("{} ({}{}{}) {}", entry.what, entry.cause,
                                entry.actor.empty() ? "" : " by ", entry.actor,
                                entry.details.is_null() ? "" : entry.details.dump()));
  }
  const bool found = std::ranges::any_of(
      lines, [&](const std::string& text) { return text.find(part) != std::string::npos; });
  if (found == present) return {};
  return conflict(fmt::format("the history {} '{}':\n  {}", present ? "has no" : "has", part,
                              fmt::join(lines, "\n  ")));
}

// expect audit ACTION [by NAME] [times N]
Result<void> Stage::expect_audit(Options options) {
  const auto by = options.value("by");
  const auto times = options.value("times");
  const std::string action = options.next().value_or("");
  TRY(options.finish());
  std::vector<std::string> lines;
  int count = 0;
  for (const auto& note : store_.tables().audit) {
    lines.push_back(fmt::format("{} by {}", note.action, note.actor.name));
    if (note.action == action && (!by || note.actor.name == *by)) ++count;
  }
  if (times ? std::to_string(count) == *times : count > 0) return {};
  return conflict(fmt::format("the audit log has: {}", fmt::join(lines, "; ")));
}

// expect notified KIND [N] [to "PART"]
Result<void> Stage::expect_notified(Options options) {
  const auto target = options.value("to");
  const std::string kind = options.next().value_or("");
  const auto times = options.next();
  TRY(options.finish());
  std::vector<std::string> lines;
  int count = 0;
  for (const auto& sent : notifier_.sent()) {
    lines.push_back(sent.message.kind + " " + sent.message.target.dump());
    const bool right_target =
        !target || sent.message.target.dump().find(*target) != std::string::npos;
    if (sent.message.kind == kind && right_target) ++count;
  }
  if (times ? std::to_string(count) == *times : count > 0) return {};
  return conflict(fmt::format("{} such messages; sent were: {}", count, fmt::join(lines, "; ")));
}

// expect attempts STEP N: of all generations and instances.
Result<void> Stage::expect_attempts(Options options) {
  TRY_ASSIGN(const StepRef ref, step_named(options.next().value_or("")));
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  const std::string& name = ref.run.pipeline->steps[ref.step].name;
  const auto& attempts = store_.tables().attempts;
  const auto count = std::ranges::count_if(attempts, [&](const orchestration::AttemptRow& row) {
    return row.run == ref.run.id && row.step == name;
  });
  return same("the number of attempts", std::to_string(count), expected);
}

// expect published TABLE PARTITION current|candidate|nothing
Result<void> Stage::expect_published(Options options) {
  const std::string table = options.next().value_or("");
  TRY_ASSIGN(const auto key, release::PartitionKey::parse(options.next().value_or("")));
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  std::string is = "nothing";
  for (const auto& publication : store_.tables().contents) {
    if (publication.content.table == table && publication.content.key == key) is = "candidate";
  }
  if (store_.tables().current.contains({table, key})) is = "current";
  return same(table + " " + key.text(), is, expected);
}

// expect projected TABLE PARTITION [N]
Result<void> Stage::expect_projected(Options options) {
  const std::string table = options.next().value_or("");
  const std::string key = options.next().value_or("");
  const auto times = options.next();
  TRY(options.finish());
  const auto count = std::ranges::count(projector_.projected(), std::pair(table, key));
  if (times) return same("the number of projections", std::to_string(count), *times);
  return count > 0 ? Result<void>{} : conflict("it was not projected");
}

// expect order STEP KEY VALUE: what the executor was asked; KEY is a path into the order's spec,
// parameters ("params.x"), pins ("pins.settings.x", "pins.catalog"), or window_start and so on.
Result<void> Stage::expect_order(Options options) {
  TRY_ASSIGN(const StepRef ref, step_named(options.next().value_or("")));
  const std::string path = options.next().value_or("");
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  const auto& rows = ref.run.steps[ref.step];
  const auto& row = rows[static_cast<std::size_t>(std::max(ref.instance, 0))];
  const auto* order = row.attempt ? executor_.find(*row.attempt) : nullptr;
  if (order == nullptr) return conflict("no attempt was ordered");
  Json seen = order->spec;
  seen["params"] = order->params;
  seen["settings"] = order->pins.settings;
  seen["catalog"] = order->pins.catalog;
  seen["pins"] = order->step_pins;
  seen["ordinal"] = order->ordinal;
  if (order->window) {
    seen["window_start"] = shown(order->window->start);
    seen["window_end"] = shown(order->window->end);
  }
  for (const auto& [name, result] : order->upstream)
    seen["upstream"][name] = result->outputs;
  const auto pointer = Json::json_pointer(path);
  if (!seen.contains(pointer))
    return conflict(fmt::format("the order has no {}: {}", path, seen.dump()));
  const Json& value = seen.at(pointer);
  return same(path, value.is_string() ? value.get<std::string>() : value.dump(), expected);
}

// expect stopped N [timeout|cancelled]
Result<void> Stage::expect_stopped(Options options) {
  const std::string expected = options.next().value_or("");
  const auto reason = options.next();
  TRY(options.finish());
  const auto count = std::ranges::count_if(executor_.stops(), [&](const auto& stop) {
    return !reason || orchestration::name_of(stop.second) == *reason;
  });
  return same("the number of stops", std::to_string(count), expected);
}

// expect archived N: runs that have left the database.
Result<void> Stage::expect_archived(Options options) {
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  return same("the number of archived runs", std::to_string(store_.tables().archived.size()),
              expected);
}

// expect settled RUN yes|no [N]: whether a run and all that follow from it have come to rest.
Result<void> Stage::expect_settled(Options options) {
  TRY_ASSIGN(const RunState run, run_named(options.next().value_or("")));
  const std::string expected = options.next().value_or("");
  const auto count = options.next();
  TRY(options.finish());
  TRY_ASSIGN(const auto ends, engine_->settled(run.id));
  TRY(same("settled", ends ? "yes" : "no", expected));
  if (!count) return {};
  return same("the number of runs in the family", std::to_string(ends ? ends->size() : 0), *count);
}

}  // namespace gossamer::scenarios
