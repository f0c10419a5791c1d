// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

namespace {

void print_starts(Session& session, const Json& preview, OutputFormat format) {
  session.console().print_object(preview, starts_listing(preview.at("starts")), format);
}

std::string count_of_runs(const Json& preview) {
  const auto count = preview.at("at_once").get<std::size_t>();
  return fmt::format("{} {}", count, count == 1 ? "run" : "runs");
}

void add_next(CLI::App& schedules, const Registration& to) {
  auto pipeline = std::make_shared<std::string>();
  auto limit = std::make_shared<int>(10);
  auto* command = schedules.add_subcommand("next", "What timers that are on start next");
  command->add_option("PIPELINE", *pipeline, "Only this one, whether it is on or off");
  command->add_option("--limit", *limit, "At most so many runs (1 to 1000)");
  print_list_on(*command, to, [pipeline, limit] {
    std::map<std::string, std::string> query{{"limit", std::to_string(*limit)}};
    if (!pipeline->empty()) query["pipeline"] = *pipeline;
    return ListSource{"/api/v1/schedules/next", std::move(query), &starts_listing};
  });
}

void add_preview(CLI::App& schedules, const Registration& to) {
  auto pipeline = std::make_shared<std::string>();
  auto* command = schedules.add_subcommand(
      "preview", "What switching a timer on would start at once, and what comes next");
  command->add_option("PIPELINE", *pipeline, "The pipeline")->required();
  command->callback([&session = to.session, &chosen = to.chosen, pipeline] {
    chosen = [&session, pipeline]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto preview, session.get("/api/v1/schedules/" + *pipeline + "/preview"));
      print_starts(session, preview, format);
      session.console().err() << fmt::format(
          "{} would start at once; its catch_up decides how many\n", count_of_runs(preview));
      return ExitCode::done;
    };
  });
}

void add_resume(CLI::App& schedules, const Registration& to) {
  auto pipeline = std::make_shared<std::string>();
  auto* command = schedules.add_subcommand("resume", "Switch a timer on");
  command->add_option("PIPELINE", *pipeline, "The pipeline")->required();
  command->callback([&session = to.session, &chosen = to.chosen, pipeline] {
    chosen = [&session, pipeline]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto preview,
                 session.post("/api/v1/schedules/" + *pipeline + "/resume", Json::object()));
      print_starts(session, preview, format);
      auto& err = session.console().err();
      err << fmt::format("{} is on; it starts {} at once\n", *pipeline, count_of_runs(preview));
      if (!preview.value("served", true)) {
        err << fmt::format(
            "No server holds this workspace: timers start nothing until one does:\n"
            "  {} serve --headless\n",
            session.call_again());
      }
      return ExitCode::done;
    };
  });
}

void add_pause(CLI::App& schedules, const Registration& to) {
  auto pipeline = std::make_shared<std::string>();
  auto* command = schedules.add_subcommand("pause", "Switch a timer off; runs under way go on");
  command->add_option("PIPELINE", *pipeline, "The pipeline")->required();
  command->callback([&session = to.session, &chosen = to.chosen, pipeline] {
    chosen = [&session, pipeline]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY(session.post("/api/v1/schedules/" + *pipeline + "/pause", Json::object()));
      TRY_ASSIGN(auto rows, session.get("/api/v1/schedules"));
      std::erase_if(rows.get_ref<Json::array_t&>(),
                    [&](const Json& row) { return row.at("pipeline") != *pipeline; });
      session.console().print(schedules_listing(std::move(rows)), format);
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_schedules(const Registration& to) {
  auto* schedules = to.root.add_subcommand(
      "schedules", "When pipelines start by themselves; switch their timers on and off");
  schedules->require_subcommand(1);
  schedules->footer(
      "Timers (cron, interval) are off until somebody resumes them, and fire while a server holds\n"
      "the workspace (gossamer serve --headless). when_finished and when_updated are always on.\n"
      "Examples:\n"
      "  gossamer schedules list\n"
      "  gossamer schedules preview bike_forecast\n"
      "  gossamer schedules resume bike_forecast\n"
      "  gossamer schedules next --limit 20 -o csv");
  auto* list = schedules->add_subcommand("list", "Every schedule that was applied, on or off");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/schedules", {}, &schedules_listing}; });
  add_next(*schedules, to);
  add_preview(*schedules, to);
  add_resume(*schedules, to);
  add_pause(*schedules, to);
}

}  // namespace gossamer::app
