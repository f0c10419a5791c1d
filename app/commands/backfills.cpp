// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/params.hpp"
#include "app/views.hpp"
#include "base/numbers.hpp"

namespace gossamer::app {

namespace {

// Says how far a backfill is, each time that about a hundredth more of it has ended.
class Tally {
 public:
  explicit Tally(Console& console) : console_(console) {}

  void on_event(const Json& event) {
    if (event.value("event", "") != "backfill") return;
    const auto count = [&](const char* key) { return event.value(key, std::int64_t{0}); };
    const auto total = count("partitions");
    const auto ended = total - count("pending") - count("running");
    const auto step = std::max<std::int64_t>(1, total / 100);
    const bool is_news = ended != said_ && (ended / step != said_ / step || ended == total);
    if (!is_news) return;
    said_ = ended;
    console_.err() << fmt::format("{}: {} of {} done, {} failed, {} running\n",
                                  event.value("pipeline", ""), format_count(ended),
                                  format_count(total), format_count(count("failed")),
                                  format_count(count("running")));
    console_.err().flush();
  }

 private:
  Console& console_;
  std::int64_t said_ = 0;
};

ExitCode exit_code_for(const Json& backfill) {
  const auto state = backfill.value("state", "");
  if (state == "succeeded") return ExitCode::done;
  // Its open runs wait for people; whoever paused it wanted just that.
  if (state == "running") return ExitCode::waiting;
  const bool has_failures = backfill.value("failed", 0) > 0;
  return state == "failed" || has_failures ? ExitCode::failed : ExitCode::done;
}

// Posts, shows how far it is, prints the backfill that comes back.
Result<ExitCode> drive_backfill(Session& session, const std::string& path, Json body) {
  TRY_ASSIGN(const auto format, session.format());
  Tally tally(session.console());
  TRY_ASSIGN(const auto done, session.post(path, std::move(body),
                                           [&](const Json& event) { tally.on_event(event); }));
  session.console().print_object(done, backfills_listing(Json::array({done})), format);
  if (done.value("state", "") == "running") {
    session.console().err()
        << "What is left waits for people: gossamer gates list, then gossamer backfills wait\n";
  }
  return exit_code_for(done);
}

struct PlanOptions {
  std::string pipeline;
  std::string from;
  std::string to;
  std::vector<std::string> reprocess{"missing"};
  std::string model;
  std::vector<std::string> params;
};

void say_what_comes_next(Console& console, const Json& plan) {
  auto& err = console.err();
  const auto count = plan.value("partitions", std::int64_t{0});
  err << fmt::format("{} partition{} planned", format_count(count), count == 1 ? "" : "s");
  if (const auto& seconds = plan.at("seconds_each"); seconds.is_number()) {
    err << fmt::format(", about {} each", format_seconds(seconds.get<double>()));
  }
  const auto id = plan.at("plan").get<std::string>();
  err << fmt::format(
      ".\n  look:   gossamer backfills show {}\n  do it:  gossamer backfills start {}\n", id, id);
}

void add_plan(CLI::App& backfills, const Registration& to) {
  auto options = std::make_shared<PlanOptions>();
  auto* command = backfills.add_subcommand(
      "plan", "Write down which partitions to do, and why; nothing runs yet");
  command->add_option("PIPELINE", options->pipeline, "The pipeline's name")->required();
  command->add_option("--from", options->from, "The first partition (else the pipeline's first)")
      ->type_name("PARTITION");
  command->add_option("--to", options->to, "The last one (else the last that is complete)")
      ->type_name("PARTITION");
  command
      ->add_option("--reprocess", options->reprocess,
                   "missing: nothing has made it. failed: its last run failed. stale: made by "
                   "other code, or another version behind an alias. all. Several with commas")
      ->delimiter(',')
      ->type_name("REASON")
      ->capture_default_str();
  command
      ->add_option("--model", options->model,
                   "Use this version of a model in place of its aliases; what the runs write are "
                   "candidates of that name")
      ->type_name("MODEL/N");
  command->add_option("--param", options->params,
                      "A parameter of the runs, name=value (repeatable)");
  command->footer(
      "Examples:\n"
      "  gossamer backfills plan bike_forecast --from 2011-01-03 --to 2012-12-31\n"
      "  gossamer backfills plan bike_forecast --reprocess missing,failed,stale\n"
      "  gossamer backfills plan bike_forecast --from 2012-01-01 --model bike_demand/8\n"
      "A plan is exact: gossamer backfills start PLAN does these partitions, or refuses where\n"
      "something has changed since.");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(auto params, parse_params(options->params));
      TRY_ASSIGN(const auto plan,
                 session.post("/api/v1/backfills", {{"pipeline", options->pipeline},
                                                    {"from", options->from},
                                                    {"to", options->to},
                                                    {"reprocess", options->reprocess},
                                                    {"model", options->model},
                                                    {"params", std::move(params)}}));
      const bool is_empty = plan.at("plan").is_null();
      auto listing = backfills_listing(is_empty ? Json::array() : Json::array({plan}));
      listing.when_empty = "Nothing to do: no partition of that range needs it.";
      session.console().print_object(plan, listing, format);
      if (!is_empty) say_what_comes_next(session.console(), plan);
      return ExitCode::done;
    };
  });
}

void add_start(CLI::App& backfills, const Registration& to) {
  struct StartOptions {
    std::string plan;
    std::string order = "oldest";
    std::string on_failure = "stop";
    int max_active = 4;
  };
  auto options = std::make_shared<StartOptions>();
  auto* command =
      backfills.add_subcommand("start", "Do what was planned, and stay until it is done");
  command->add_option("PLAN", options->plan, "The plan's id")->required();
  command->add_option("--order", options->order, "Which partitions come first")
      ->check(CLI::IsMember({"oldest", "newest"}))
      ->capture_default_str();
  command->add_option("--max-active", options->max_active, "Runs at work at one time")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--on-failure", options->on_failure,
                   "stop: what runs ends, nothing else begins. continue. pause-after:N failures")
      ->type_name("RULE")
      ->capture_default_str();
  command->footer(
      "Live runs come first, and a slot of each pool is left to them.\n"
      "Where this command is interrupted, gossamer backfills wait PLAN goes on.\n"
      "Examples:\n"
      "  gossamer backfills start plan_0190...\n"
      "  gossamer backfills start plan_0190... --order newest --on-failure pause-after:3");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      return drive_backfill(session, "/api/v1/backfills/" + options->plan + "/start",
                            {{"order", options->order},
                             {"max_active", options->max_active},
                             {"on_failure", options->on_failure}});
    };
  });
}

// A verb that takes a plan and nothing else.
void add_verb(CLI::App& backfills, const Registration& to, const std::string& verb,
              const std::string& what) {
  auto plan = std::make_shared<std::string>();
  auto* command = backfills.add_subcommand(verb, what);
  command->add_option("PLAN", *plan, "The plan's id")->required();
  command->callback([&session = to.session, &chosen = to.chosen, plan, verb] {
    chosen = [&session, plan, verb]() -> Result<ExitCode> {
      return drive_backfill(session, fmt::format("/api/v1/backfills/{}/{}", *plan, verb),
                            Json::object());
    };
  });
}

void add_cancel(CLI::App& backfills, const Registration& to) {
  struct CancelOptions {
    std::string plan;
    std::string reason;
  };
  auto options = std::make_shared<CancelOptions>();
  auto* command = backfills.add_subcommand(
      "cancel", "End it and its runs; what was committed stays, the rest can be planned again");
  command->add_option("PLAN", options->plan, "The plan's id")->required();
  command->add_option("--reason", options->reason, "Kept with the backfill")->type_name("TEXT");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY(drive_backfill(session, "/api/v1/backfills/" + options->plan + "/cancel",
                         {{"reason", options->reason}}));
      return ExitCode::done;
    };
  });
}

void add_show(CLI::App& backfills, const Registration& to) {
  struct ShowOptions {
    std::string plan;
    std::string state;
    int limit = 1000;
  };
  auto options = std::make_shared<ShowOptions>();
  auto* command = backfills.add_subcommand("show", "A plan's partitions: why, how far, which run");
  command->add_option("PLAN", options->plan, "The plan's id")->required();
  command->add_option("--state", options->state, "Only those in this state, e.g. failed")
      ->type_name("STATE");
  command->add_option("--limit", options->limit, "At most this many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      std::map<std::string, std::string> query{{"limit", std::to_string(options->limit)}};
      if (!options->state.empty()) query["state"] = options->state;
      TRY_ASSIGN(const auto plan,
                 session.get("/api/v1/backfills/" + options->plan, std::move(query)));
      session.console().print_object(plan, backfill_rows_listing(plan.at("rows")), format);
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_backfills(const Registration& to) {
  auto* backfills =
      to.root.add_subcommand("backfills", "Do many partitions of a pipeline, by a plan");
  backfills->require_subcommand(1);
  backfills->footer(
      "Examples:\n"
      "  gossamer backfills plan bike_forecast --from 2011-01-03\n"
      "  gossamer backfills start plan_0190...\n"
      "  gossamer backfills show plan_0190... --state failed");
  add_plan(*backfills, to);
  add_start(*backfills, to);
  auto* list = backfills->add_subcommand("list", "Plans and backfills, newest first");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/backfills", {}, &backfills_listing}; });
  add_show(*backfills, to);
  add_verb(*backfills, to, "pause", "What runs ends, no other partition begins");
  add_verb(*backfills, to, "resume", "Go on after a pause, and stay until it is done");
  add_verb(*backfills, to, "wait", "Stay until it is done, paused or waits for people");
  add_cancel(*backfills, to);
}

}  // namespace gossamer::app
