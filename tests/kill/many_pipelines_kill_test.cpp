// SPDX-License-Identifier: Apache-2.0
// Twenty pipelines follow one another's days while a server, supervisors, workers and programs are
// killed at random. In the end every partition was made, once for all that anybody can see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <set>

#include "base/environment.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "tests/kill/history.hpp"
#include "tests/support/promises.hpp"
#include "tests/support/server.hpp"

namespace gossamer::test {
namespace {

constexpr int pipelines = 20;
constexpr int kills_a_round = 3;

std::string name_of(int pipeline) { return "p" + std::to_string(pipeline); }

std::string day(int at) {
  return format_date(
      Date(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1) + std::chrono::days(at)));
}

// How many times a loop goes round: what a test is given time for.
int rounds() { return Environment::of_process().find("GOSSAMER_LONG") ? 1000 : 50; }

// GOSSAMER_SEED chooses other victims.
std::uint64_t seed() {
  const auto wish = Environment::of_process().get_or("GOSSAMER_SEED", "7");
  return static_cast<std::uint64_t>(parse_integer(split(wish, '+')[0], 0).value_or(7));
}

class ManyPipelines : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml", "workspace: many\ntimezone: UTC\npools: { default: 6 }\n");
    workspace_.write("sql/one.sql", "select 1 as n\n");
    workspace_.write("pipelines/all.yaml",
                     "pipeline: all\n"
                     "partitions: { every: day, timezone: UTC, start: 2020-01-01 }\n"
                     "steps: { begin: { none: {} } }\n");
    for (int at = 0; at < pipelines; ++at)
      workspace_.write("pipelines/" + name_of(at) + ".yaml", pipeline(name_of(at)));
    ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  }

  [[nodiscard]] fs::path effects(const std::string& name) const {
    return workspace_.beside("effects_" + name);
  }
  // The program takes some time, so that it is met alive.
  [[nodiscard]] std::string pipeline(const std::string& name) const {
    const std::string program =
        "i=0; while [ $i -lt 9000 ]; do i=$((i+1)); done; echo $1 >> " + effects(name).string();
    return "pipeline: " + name +
           "\n"
           "partitions: { every: day, timezone: UTC, start: 2020-01-01 }\n"
           "schedule: { when_finished: [all] }\n"
           "retries: { attempts: 40, backoff: 10ms, retry_on: [lost, unavailable, exit_code] }\n"
           "steps:\n"
           "  make:\n"
           "    sql: sql/one.sql\n"
           "    output: t." +
           name +
           "\n"
           "  work:\n"
           "    after: make\n"
           "    command: { argv: [/bin/sh, -c, \"" +
           program + "\", sh, \"${run.partition}\"] }\n";
  }

  // Processes of this workspace, other than its engine: those whose command line says so.
  [[nodiscard]] std::vector<pid_t> processes(std::string_view program) const {
    std::vector<pid_t> found;
    for (const auto& entry : list_folder("/proc").value_or(std::vector<std::string>())) {
      const auto pid = parse_integer(entry);
      if (!pid) continue;
      const auto line = read_file(fs::path("/proc") / entry / "cmdline").value_or("");
      const bool is_ours = line.find(workspace_.beside("").string()) != std::string::npos;
      if (is_ours && line.find(program) < line.find('\0'))
        found.push_back(static_cast<pid_t>(*pid));
    }
    return found;
  }
  void kill_somebody() {
    const int which = pick(4);
    if (which == 0) {
      ASSERT_TRUE(server_->send_signal(SIGKILL));
      ASSERT_TRUE(server_->wait());
      *server_ = serve(workspace_);
      ++engines_killed_;
      return;
    }
    const auto victims = processes(which == 1   ? "gossamer-supervisor"
                                   : which == 2 ? "gossamer-worker"
                                                : "/bin/sh");
    if (victims.empty()) return;
    ::kill(victims[static_cast<std::size_t>(pick(static_cast<int>(victims.size())))], SIGKILL);
    ++others_killed_;
  }
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  // Whether every pipeline has a run under way, and as many again wait.
  [[nodiscard]] bool has_enough_to_do() const {
    constexpr std::size_t enough = 2 * pipelines;
    return workspace_
               .json({"runs", "list", "--state", "running", "--limit", std::to_string(enough)})
               .size() == enough;
  }

  // Until nothing is under way any more.
  void wait_for_all() const {
    for (const char* state : {"queued", "running", "queued", "running"}) {
      const auto open = workspace_.json({"runs", "list", "--state", state, "--limit", "100000"});
      for (const auto& run : open)
        EXPECT_EQ(workspace_.run({"runs", "wait", run.at("run").get<std::string>()}).exit_code, 0)
            << run.dump();
    }
  }

  void expect_every_partition_once(int days) const {
    std::map<std::pair<std::string, std::string>, int> runs;
    for (const auto& run : workspace_.json({"runs", "list", "--limit", "100000"})) {
      EXPECT_EQ(run.at("state"), "succeeded") << run.dump();
      ++runs[{run.at("pipeline").get<std::string>(), run.at("partition").get<std::string>()}];
    }
    EXPECT_EQ(runs.size(), static_cast<std::size_t>(days * (pipelines + 1)));
    for (const auto& [run, count] : runs)
      EXPECT_EQ(count, 1) << run.first << " " << run.second;
    for (int at = 0; at < pipelines; ++at) {
      const auto name = name_of(at);
      const auto rows =
          workspace_.rows("select count(*) as n, count(distinct day) as d from t." + name)[0];
      EXPECT_EQ(rows.at("n"), days) << name;
      EXPECT_EQ(rows.at("d"), days) << name;
      std::set<std::string> worked;
      for (const auto& line : split(read_file(effects(name)).value_or(""), '\n'))
        worked.insert(std::string(line));
      worked.erase("");
      EXPECT_EQ(worked.size(), static_cast<std::size_t>(days)) << name;
    }
  }

  Workspace workspace_;
  std::mt19937_64 random_{seed()};
  std::unique_ptr<Subprocess> server_;
  int engines_killed_ = 0;
  int others_killed_ = 0;
};

TEST_F(ManyPipelines, LoseNothingAndDoNothingTwice) {
  server_ = std::make_unique<Subprocess>(serve(workspace_));
  int days = 0;
  for (int round = 0; round < rounds(); ++round) {
    if (!has_enough_to_do()) {
      const auto asked = workspace_.run({"run", "all", "--partition", day(days++), "--detach"});
      ASSERT_EQ(asked.exit_code, 0) << asked.err;
    }
    for (int kill = 0; kill < kills_a_round; ++kill)
      ASSERT_NO_FATAL_FAILURE(kill_somebody());
  }
  EXPECT_GT(engines_killed_, rounds() / 4);
  EXPECT_GT(others_killed_, rounds() / 4);
  wait_for_all();
  expect_every_partition_once(days);
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
  stop(*server_);
  const auto history = history_of(workspace_.folder());
  ASSERT_TRUE(history) << history.error().describe();
  EXPECT_EQ(history->transitions.size(), static_cast<std::size_t>(days * (pipelines + 1)));
  EXPECT_EQ(history->projected.size(), static_cast<std::size_t>(days * pipelines));
  std::size_t published = 0;
  for (const auto& run : history->transitions)
    published += run.publications.size();
  EXPECT_EQ(published, history->projected.size());
  EXPECT_THAT(broken_promises(*history, 0), testing::IsEmpty());
  EXPECT_THAT(unfinished_business(*history), testing::IsEmpty());
}

}  // namespace
}  // namespace gossamer::test
