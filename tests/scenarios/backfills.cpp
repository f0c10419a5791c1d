// SPDX-License-Identifier: Apache-2.0
// Backfills: planned, started, paused, resumed, cancelled; the newest plan is meant.
#include <fmt/format.h>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "tests/scenarios/stage.hpp"

namespace gossamer::scenarios {

using orchestration::BackfillRequest;
using orchestration::BackfillStart;

// backfill plan PIPELINE [from A] [to B] [reprocess R,R] [model M] [param n=v] [rows N] [by NAME]
Result<void> Stage::plan_backfill(Options options) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  BackfillRequest request;
  request.actor = actor(options.value("by").value_or("sam"));
  request.from = options.value("from").value_or("");
  request.to = options.value("to").value_or("");
  request.model = options.value("model").value_or("");
  if (const auto reasons = options.value("reprocess")) {
    request.reprocess.clear();
    for (const auto& name : split(*reasons, ',')) {
      TRY_ASSIGN(const auto reason, orchestration::parse_reprocess(name));
      request.reprocess.insert(reason);
    }
  }
  for (const auto& param : options.values("param")) {
    const std::size_t equals = param.find('=');
    request.params[param.substr(0, equals)] = param.substr(equals + 1);
  }
  const auto rows = options.value("rows");
  request.pipeline = options.next().value_or("");
  TRY_ASSIGN(auto* backfills, verbs->backfills());
  const auto planned = backfills->plan(request);
  TRY(judge(planned ? Result<void>{} : std::unexpected(planned.error()), options, "the plan"));
  if (!planned) return {};
  plan_ = planned->backfill.id;
  if (rows && std::to_string(planned->counts.total()) != *rows) {
    return conflict(fmt::format("the plan has {} partitions", planned->counts.total()));
  }
  return {};
}

// backfill start [order O] [max-active N] [on-failure R] [by NAME]
Result<void> Stage::start_backfill(Options options) {
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  BackfillStart start;
  start.actor = actor(options.value("by").value_or("sam"));
  if (const auto order = options.value("order")) {
    TRY_ASSIGN(start.order, orchestration::parse_backfill_order(*order));
  }
  if (const auto active = options.value("max-active")) {
    TRY_ASSIGN(const auto number, parse_integer(*active));
    start.max_active = static_cast<int>(number);
  }
  if (const auto rule = options.value("on-failure")) {
    TRY_ASSIGN(start.on_failure, orchestration::parse_failure_rule(*rule));
  }
  TRY_ASSIGN(auto* backfills, verbs->backfills());
  const auto started = backfills->start(plan_, start);
  return judge(started ? Result<void>{} : std::unexpected(started.error()), options, "the start");
}

Result<void> Stage::backfill(const Line& line) {
  Options options(line, 2);
  const std::string what = line.word(1);
  if (what == "plan") return plan_backfill(std::move(options));
  if (what == "start") return start_backfill(std::move(options));
  TRY_ASSIGN(Verbs * verbs, this->verbs());
  TRY_ASSIGN(auto* backfills, verbs->backfills());
  if (what == "store-fails") {
    backfills_.fail_next(1);
    return options.finish();
  }
  const auto by = actor(options.value("by").value_or("sam"));
  Result<orchestration::BackfillView> done =
      invalid_input("backfill plan|start|pause|resume|cancel|store-fails");
  if (what == "pause") done = backfills->pause(plan_, by);
  if (what == "resume") done = backfills->resume(plan_, by);
  if (what == "cancel") done = backfills->cancel(plan_, by, "");
  return judge(done ? Result<void>{} : std::unexpected(done.error()), options,
               "to " + what + " it");
}

// table NAME PARTITION is-empty: what was current there has been taken back.
Result<void> Stage::empty_table(const Line& line) {
  TRY_ASSIGN(const auto key, release::PartitionKey::parse(line.word(2)));
  const auto removed = store_.tables().current.erase({line.word(1), key});
  if (removed == 1 && line.word(3) == "is-empty") return {};
  return invalid_input("table NAME PARTITION is-empty, of one that is current");
}

// expect backfill STATUS [pending|running|succeeded|failed|cancelled|skipped N] [says "PART"]
Result<void> Stage::expect_backfill(Options options) {
  TRY_ASSIGN(auto view, backfills_.find(plan_));
  const std::string status = options.next().value_or("");
  const auto says = options.value("says");
  std::string all(orchestration::name_of(view.backfill.status));
  bool is_so = all == status;
  for (const char* name : {"pending", "running", "succeeded", "failed", "cancelled", "skipped"}) {
    TRY_ASSIGN(const auto counted, orchestration::parse_partition_status(name));
    const auto count = orchestration::count_of(view.counts, counted);
    all += fmt::format(", {} {}", name, count);
    const auto expected = options.value(name);
    is_so = is_so && (!expected || *expected == std::to_string(count));
  }
  TRY(options.finish());
  if (!is_so) return conflict("it is " + all);
  if (says && view.backfill.message.find(*says) == std::string::npos) {
    return conflict(fmt::format("it says '{}'", view.backfill.message));
  }
  return {};
}

// expect planned PARTITION REASON|nothing [says "PART"]: a row of the newest plan.
Result<void> Stage::expect_planned(Options options) {
  const auto says = options.value("says");
  TRY_ASSIGN(const auto key, release::PartitionKey::parse(options.next().value_or("")));
  const std::string expected = options.next().value_or("");
  TRY(options.finish());
  orchestration::RowFilter filter;
  filter.limit = 100'000;
  TRY_ASSIGN(const auto rows, backfills_.rows(plan_, filter));
  std::string reason = "nothing";
  std::string detail;
  for (const auto& row : rows) {
    if (row.partition != key) continue;
    reason = orchestration::name_of(row.reason);
    detail = row.detail;
  }
  if (reason != expected) return conflict(fmt::format("it is planned as {}", reason));
  if (says && detail.find(*says) == std::string::npos) {
    return conflict(fmt::format("it says '{}'", detail));
  }
  return {};
}

}  // namespace gossamer::scenarios
