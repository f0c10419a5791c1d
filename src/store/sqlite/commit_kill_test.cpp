// SPDX-License-Identifier: Apache-2.0
// A process that commits without end is killed again and again: the next one finds whole
// transactions, everything that was reported as committed, and an audit chain without a fault.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <random>

#include "base/files.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "store/conformance/sample.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::store::sqlite {
namespace {

using conformance::must;
using conformance::Sample;
using orchestration::Transition;

constexpr const char* file_variable = "GOSSAMER_STORE_UNDER_KILL";
constexpr const char* seed_variable = "GOSSAMER_STORE_SEED";
constexpr const char* count_variable = "GOSSAMER_STORE_COMMITS";
constexpr int runs_in_a_group = 20;

// Everything of a run in one commit: made, moved on, with a version, a content, a switch, a gate,
// effects and audit. `number` is its ordinal in the store, which all of these carry.
std::array<Transition, 2> whole_run(Sample& sample, int number) {
  Transition made = sample.created();
  made.after_run.pins.catalog = 1'000'000'000;
  made.models = {sample.model("bike", number)};
  made.publications = {sample.current("t", "n=" + std::to_string(number))};
  made.effects = {Sample::effect(made.run.value() + "/1")};
  made.audit = {Sample::note("run.start", std::to_string(number))};
  Transition moved = sample.next(made);
  moved.steps = {Sample::step_row(Sample::train)};
  moved.steps[0].status = orchestration::StepStatus::skipped;
  moved.gates = {sample.gate(made)};
  release::Switch change = sample.change();
  const auto former = number == 1 ? std::nullopt : std::optional(number - 1);
  change.aliases = {{.model = "bike", .alias = "champion", .from = former, .to = number}};
  moved.applied_switch = change;
  moved.effects = {Sample::effect(made.run.value() + "/2")};
  return {made, moved};
}

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// Not a test but the program that gets killed: started by the tests below under its own name.
TEST(StoreWriter, DISABLED_CommitsWithoutEnd) {
  const char* file = std::getenv(file_variable);
  ASSERT_NE(file, nullptr) << "started by the other tests only";
  auto store = must(Store::open(file, Purpose::drive, Sample::reader()));
  Sample sample(static_cast<std::uint64_t>(from_environment(seed_variable, 0)));
  int next = must(store->releases().next_version("bike"));
  const int last = next + from_environment(count_variable, 1'000'000);
  while (next < last) {
    std::vector<Transition> group;
    for (int run = 0; run < runs_in_a_group; ++run, ++next) {
      for (Transition& transition : whole_run(sample, next))
        group.push_back(std::move(transition));
    }
    must(store->runs().commit(group, {}));
    const std::string line = std::to_string(next - 1) + "\n";
    ASSERT_EQ(::write(STDOUT_FILENO, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
}

struct Writer {
  Subprocess process;
  FileDescriptor reports;
};

Writer start_writer(const fs::path& file, int seed, int commits = 1'000'000) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  FileDescriptor read_end(ends[0]);
  const FileDescriptor write_end(ends[1]);
  auto process =
      Subprocess::spawn({.argv = {fs::read_symlink("/proc/self/exe").string(),
                                  "--gtest_filter=StoreWriter.DISABLED_CommitsWithoutEnd",
                                  "--gtest_also_run_disabled_tests", "--gtest_brief=1"},
                         .environment = {{file_variable, file.string()},
                                         {seed_variable, std::to_string(seed)},
                                         {count_variable, std::to_string(commits)}},
                         .standard_output = write_end.number(),
                         .standard_error = STDERR_FILENO});
  return {.process = *std::move(process), .reports = std::move(read_end)};
}

// The next line of the writer; empty at its end. What is not a number (the test's own words) is 0.
std::optional<int> next_report(const FileDescriptor& reports) {
  std::string line;
  char byte = 0;
  while (::read(reports.number(), &byte, 1) == 1) {
    if (byte == '\n') return std::atoi(line.c_str());
    line += byte;
  }
  return std::nullopt;
}

// How many whole runs there are; fails the test where anything of another one is.
int whole_runs(Store& store) {
  const int runs = must(store.releases().next_version("bike")) - 1;
  EXPECT_EQ(runs % runs_in_a_group, 0) << "a group was torn apart";
  const auto open = must(store.runs().load_open());
  EXPECT_EQ(open.size(), static_cast<std::size_t>(runs));
  for (const auto& run : open) {
    EXPECT_EQ(run.revision, 2U);
    EXPECT_EQ(run.steps[Sample::train][0].status, orchestration::StepStatus::skipped);
    EXPECT_EQ(run.gates.size(), 1U);
  }
  EXPECT_EQ(must(store.runs().outbox(0)).size(), 2U * static_cast<std::size_t>(runs));
  EXPECT_EQ(must(store.catalog().version()), static_cast<std::uint64_t>(runs));
  EXPECT_EQ(must(store.releases().alias("bike", "champion")).value_or(0), runs);
  EXPECT_EQ(must(store.releases().switches(1'000'000, std::nullopt)).size(),
            static_cast<std::size_t>(runs));
  if (runs > 0) {
    EXPECT_EQ(must(store.catalog().find_table("t")).partitions, static_cast<std::uint64_t>(runs));
  }
  const auto report = must(access::verify_store(store.audit(), std::nullopt));
  EXPECT_FALSE(report.fault) << report.fault->reason;
  EXPECT_EQ(report.entries, runs + 1);
  must(store.connections().check_integrity());
  return runs;
}

TEST(StoreKill, LeavesWholeTransactionsOnly) {
  const auto folder = TemporaryFolder::make("kill");
  ASSERT_TRUE(folder);
  const fs::path file = folder->path() / "state.db";
  {
    auto store = must(Store::open(file, Purpose::drive, Sample::reader()));
    must(store->definition_store().activate(Sample::stored_definition(),
                                            Sample::note("definition.apply", "x")));
  }
  const int kills = std::getenv("GOSSAMER_LONG") == nullptr ? 25 : 400;
  std::mt19937 random(20261122);
  int known = 0;
  for (int kill = 0; kill < kills && !testing::Test::HasFailure(); ++kill) {
    SCOPED_TRACE(kill);
    Writer writer = start_writer(file, kill);
    const auto reports = 1 + random() % 5;
    int reported = known;
    for (unsigned heard = 0; heard < reports;) {
      const auto number = next_report(writer.reports);
      ASSERT_TRUE(number) << "the writer ended by itself";
      if (*number == 0) continue;
      reported = *number;
      ++heard;
    }
    // Anywhere in the next commit: as many steps later as chance says.
    for (volatile auto steps = random() % 3'000'000; steps > 0;)
      steps = steps - 1;
    must(writer.process.send_signal(SIGKILL));
    EXPECT_EQ(must(writer.process.wait()).signal, SIGKILL);

    auto store = must(Store::open(file, Purpose::drive, Sample::reader()));
    const int runs = whole_runs(*store);
    EXPECT_GE(runs, reported) << "what was reported as committed is gone";
    known = runs;
  }
  EXPECT_GT(known, kills * runs_in_a_group);
}

TEST(StoreProcesses, TwoThatCommitAtOnceWaitForOneAnother) {
  const auto folder = TemporaryFolder::make("kill");
  ASSERT_TRUE(folder);
  const fs::path file = folder->path() / "state.db";
  auto store = must(Store::open(file, Purpose::drive, Sample::reader()));
  must(store->definition_store().activate(Sample::stored_definition(),
                                          Sample::note("definition.apply", "x")));
  // The other process counts versions on; this one commits runs that it knows nothing of.
  Writer writer = start_writer(file, 1, 10 * runs_in_a_group);
  Sample sample(2);
  int mine = 0;
  while (next_report(writer.reports)) {
    must(store->runs().commit(std::array{sample.created(), sample.created()}, {}));
    mine += 2;
  }
  EXPECT_TRUE(must(writer.process.wait()).succeeded());
  EXPECT_EQ(must(store->runs().load_open()).size(),
            static_cast<std::size_t>(mine + 10 * runs_in_a_group));
  EXPECT_FALSE(must(access::verify_store(store->audit(), std::nullopt)).fault);
}

}  // namespace
}  // namespace gossamer::store::sqlite
