// SPDX-License-Identifier: Apache-2.0
// The main job, told on generated data: train, ask, switch or keep, predict, release.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/demo/example_files.hpp"
#include "app/demo/generate.hpp"
#include "app/progress.hpp"
#include "app/views.hpp"
#include "base/files.hpp"

namespace gossamer::app {

namespace {

constexpr std::uint64_t data_seed = 20'260'401;
constexpr int credit_clients = 12'000;

struct DemoOptions {
  std::string folder = "gossamer-demo";
  std::string example = "demand";
  std::string decide = "approve";
};

// What differs between the examples.
struct Story {
  std::string pipeline;
  std::vector<std::string> partitions;  // a first version, then one to decide upon
  std::vector<std::string> voters;
};

Story story_of(const std::string& example) {
  if (example == "credit") {
    return {"credit_training", {"2026-09-01", "2026-10-01"}, {"rei", "ryo"}};
  }
  return {"bike_training", {"2012-11-26", "2012-12-17"}, {"ana"}};
}

class Demo {
 public:
  Demo(Session& session, const DemoOptions& options)
      : session_(session), options_(options), story_(story_of(options.example)) {}

  Result<ExitCode> tell() {
    TRY(prepare());
    for (std::size_t round = 0; round < story_.partitions.size(); ++round) {
      const bool first = round == 0;
      say(first ? "The first model: there is nothing yet to compare it with."
                : "The next one is trained and compared with the one in use.");
      TRY(run(story_.partitions[round]));
      TRY(decide_all(first ? "approve" : options_.decide));
    }
    return finish();
  }

 private:
  void say(const std::string& line) { session_.console().err() << "\n# " << line << '\n'; }

  Result<void> prepare() {
    const fs::path folder = options_.folder;
    TRY(write_example(options_.example, folder));
    TRY(make_folders(folder / "data"));
    session_.options().folder = options_.folder;
    say(fmt::format("A workspace with generated data in {}", folder.string()));
    if (options_.example == "credit") {
      const auto file = folder / "data" / "clients.csv";
      TRY(write_file_durably(file, credit_csv(data_seed, credit_clients)));
      return import("raw.clients", file, "", "");
    }
    const auto file = folder / "data" / "demand.csv";
    TRY(write_file_durably(file, demand_csv(data_seed)));
    TRY(import("raw.rentals", file, "day:hour", "hour, cnt from input"));
    return import("raw.weather", file, "day:hour",
                  "hour, temp, atemp, hum, windspeed, weathersit, holiday, workingday from input");
  }

  Result<void> import(const std::string& table, const fs::path& file, const std::string& key,
                      const std::string& select) {
    TRY_ASSIGN(const auto report,
               session_.post("/api/v1/tables/" + table + "/imports",
                             {{"files", Json::array({fs::absolute(file).string()})},
                              {"partition_by", key},
                              {"select", select},
                              {"format", ""},
                              {"max_rejects", 0}}));
    session_.console().err() << fmt::format("{}: {} rows in {} partitions\n", table,
                                            report.at("rows").get<std::int64_t>(),
                                            report.at("partitions").get<std::int64_t>());
    return {};
  }

  Result<void> post(const std::string& path, Json body) {
    Progress progress(session_);
    TRY(session_.post(path, std::move(body), [&](const Json& event) { progress.on_event(event); }));
    progress.finish();
    if (progress.any_failed()) return unavailable("a run of the demo failed; see above");
    return {};
  }

  Result<void> run(const std::string& partition) {
    session_.options().as.clear();
    return post("/api/v1/runs", {{"pipeline", story_.pipeline}, {"partition", partition}});
  }

  // Looks at each open gate, then answers; a release that follows from a decision is approved.
  Result<void> decide_all(const std::string& answer) {
    for (bool main_gate = true;; main_gate = false) {
      TRY_ASSIGN(const auto gates, session_.get("/api/v1/gates", {{"state", "open"}}));
      if (gates.empty()) return {};
      const auto id = gates.front().at("gate").get<std::string>();
      const auto needed = gates.front().at("needed").get<std::size_t>();
      const auto& say_what = main_gate ? answer : std::string("approve");
      const std::size_t votes = say_what == "reject" ? 1 : needed;
      for (std::size_t vote = 0; vote < votes && vote < story_.voters.size(); ++vote) {
        session_.options().as = story_.voters[vote];
        TRY_ASSIGN(const auto shown,
                   session_.post("/api/v1/gates/" + id + "/views", {{"html", true}}));
        const auto file = fs::path(options_.folder) / "evidence.html";
        TRY(write_file_durably(file, shown.at("html").get<std::string>()));
        say(fmt::format("{} reads {} and says: {}", story_.voters[vote], file.string(), say_what));
        TRY(post("/api/v1/gates/" + id + "/votes", {{"answer", say_what},
                                                    {"digest", ""},
                                                    {"comment", "demo"},
                                                    {"override", false},
                                                    {"rework", Json::object()}}));
      }
    }
  }

  Result<ExitCode> finish() {
    say("Where it stands now");
    TRY_ASSIGN(const auto format, session_.format());
    TRY_ASSIGN(auto models, session_.get("/api/v1/models"));
    session_.console().print(models_listing(std::move(models)), format);
    session_.console().err() << fmt::format(
        "\nLook around:\n"
        "  {0} runs list\n"
        "  {0} tables list\n"
        "  {0} switches list\n"
        "  {0} audit verify\n",
        session_.call_again());
    return ExitCode::done;
  }

  Session& session_;
  const DemoOptions& options_;
  Story story_;
};

}  // namespace

void add_demo(const Registration& to) {
  auto options = std::make_shared<DemoOptions>();
  auto* command =
      to.root.add_subcommand("demo", "The main job from data to a decision, on generated data");
  command->add_option("DIR", options->folder, "Where the workspace is made");
  command->add_option("--example", options->example, "Which story")
      ->check(CLI::IsMember(example_names()));
  command->add_option("--decide", options->decide, "What people say to the second model")
      ->check(CLI::IsMember({"approve", "reject"}));
  command->footer("Example:\n  gossamer demo /tmp/demo --decide reject");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> { return Demo(session, *options).tell(); };
  });
}

}  // namespace gossamer::app
