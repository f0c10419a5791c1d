// SPDX-License-Identifier: Apache-2.0
// What `gossamer doctor` finds in a workspace that does not work, and what it advises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/numbers.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class Doctor : public testing::Test {
 protected:
  void SetUp() override { workspace_.write("gossamer.yaml", "workspace: ill\ntimezone: UTC\n"); }

  // The finding of one check; the exit code says whether any check failed.
  [[nodiscard]] Json finding(const std::string& check) {
    const auto ran = workspace_.run({"doctor", "-o", "json"});
    bool any_failed = false;
    Json found;
    for (auto& row : ran.json()) {
      any_failed = any_failed || row.at("state") == "failed";
      if (row.at("check") == check) found = row;
    }
    EXPECT_EQ(ran.exit_code, any_failed ? 1 : 0);
    EXPECT_FALSE(found.is_null()) << "no check " << check;
    return found.is_null() ? Json{{"state", ""}, {"detail", ""}, {"advice", ""}} : found;
  }
  static void expect_failed(const Json& found, const std::string& detail,
                            const std::string& advice) {
    EXPECT_EQ(found.at("state"), "failed");
    EXPECT_THAT(found.at("detail").get<std::string>(), HasSubstr(detail));
    EXPECT_THAT(found.at("advice").get<std::string>(), HasSubstr(advice));
  }

  Workspace workspace_;
};

// A copy of the program whose parts can be taken away.
class Installation : public Doctor {
 protected:
  void SetUp() override {
    Doctor::SetUp();
    ASSERT_TRUE(make_folders(bin_));
    for (const auto* part : {"gossamer", "gossamer-worker", "gossamer-supervisor"})
      fs::copy_file(bin_folder() / part, bin_ / part);
    fs::create_directory_symlink(bin_folder().parent_path() / "lib", workspace_.beside("lib"));
    workspace_.program().use(bin_);
  }
  void replace(const std::string& part, const std::string& script) const {
    ASSERT_TRUE(write_file_durably(bin_ / part, script, 0755));
  }

  fs::path bin_ = workspace_.beside("bin");
};

TEST_F(Doctor, FindsNothingInAWorkspaceThatWorks) {
  const auto ran = workspace_.run({"doctor", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  std::vector<std::string> checks;
  for (const auto& row : ran.json()) {
    EXPECT_EQ(row.at("state"), "ok") << row.dump();
    EXPECT_EQ(row.at("advice"), "") << row.dump();
    checks.push_back(row.at("check").get<std::string>());
  }
  EXPECT_THAT(checks,
              ::testing::ElementsAre("workspace", "worker", "supervisor", "disk", "state", "syncs",
                                     "engine", "store", "definitions", "audit log"));
}

TEST_F(Doctor, SaysWhereThereIsNoWorkspace) {
  const auto ran = workspace_.program().run({"doctor"}, workspace_.beside("elsewhere"));
  EXPECT_EQ(ran.exit_code, 8);
  EXPECT_THAT(ran.err, HasSubstr("gossamer init"));
}

TEST_F(Doctor, CountsTheErrorsOfTheDefinitionsAndShowsTheFirst) {
  workspace_.write("pipelines/p.yaml", "pipeline: p\nsteps:\n  a: { nothing: {} }\n");
  expect_failed(finding("definitions"), "pipelines/p.yaml:3:", "gossamer validate");
}

TEST_F(Doctor, FindsAStateFolderThatCannotBeWritten) {
  workspace_.write(".gossamer", "not a folder");
  expect_failed(finding("state"), ".gossamer", "write into");
}

TEST_F(Doctor, FindsAnAuditLogThatIsBroken) {
  ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  ASSERT_TRUE(write_file_durably(workspace_.folder() / ".gossamer/store.db", "rubbish"));
  expect_failed(finding("audit log"), "store.db", "");
}

TEST_F(Doctor, NamesAnEngineThatDoesNotAnswer) {
  const auto pipe = workspace_.beside("begun");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  workspace_.write("pipelines/p.yaml",
                   "pipeline: p\nsteps:\n  a:\n    command: { argv: [/bin/sh, -c, \"echo $$ > " +
                       pipe.string() + "; exec sleep 1000\"] }\n");
  auto engine = workspace_.start({"run", "p"});
  ASSERT_TRUE(read_file(pipe));
  EXPECT_THAT(finding("engine").at("detail").get<std::string>(),
              HasSubstr(std::to_string(engine.pid()) + " drives this workspace"));
  // One that is stopped holds it too, and its socket still takes connections.
  ASSERT_TRUE(engine.send_signal(SIGSTOP));
  expect_failed(finding("engine"), std::to_string(engine.pid()) + " holds this workspace",
                "stopped or hangs");
  ASSERT_TRUE(engine.send_signal(SIGCONT));
  // One whose socket is gone the workspace all the same.
  ASSERT_TRUE(remove_tree(workspace_.folder() / ".gossamer/engine.sock"));
  expect_failed(finding("engine"), std::to_string(engine.pid()) + " holds this workspace",
                "then end it");
  ASSERT_TRUE(engine.send_signal(SIGKILL));
  ASSERT_TRUE(engine.wait());
  const auto left = finding("attempts");
  EXPECT_EQ(left.at("state"), "warning");
  EXPECT_EQ(left.at("detail"), "1 at work without an engine, 0 left by one that ended");
  for (const auto& run : workspace_.json({"runs", "list"})) {
    EXPECT_EQ(workspace_.run({"runs", "cancel", run.at("run").get<std::string>()}).exit_code, 0);
  }
}

TEST_F(Doctor, FindsAStoreThatIsDamaged) {
  ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  const auto store = workspace_.folder() / ".gossamer/store.db";
  auto bytes = read_file(store).value();
  for (std::size_t at = 3 * 4096; at < bytes.size(); at += 4096)
    bytes.replace(at, 512, 512, 'x');
  ASSERT_TRUE(write_file_durably(store, bytes));
  expect_failed(finding("store"), "", "gossamer restore");
}

TEST_F(Doctor, NamesAPublishedFileThatIsLost) {
  workspace_.write("in.csv", "k,n\na,1\nb,2\n");
  const auto file = (workspace_.folder() / "in.csv").string();
  ASSERT_EQ(workspace_.run({"tables", "import", "t", file, "--partition-by", "k"}).exit_code, 0);
  EXPECT_EQ(finding("data").at("detail"), "2 files, as they were published");
  const auto data = workspace_.folder() / "warehouse/.data/t";
  const auto attempt = data / list_folder(data).value().front() / "k=b";
  const auto name = list_folder(attempt).value().front();
  ASSERT_TRUE(write_file_durably(attempt / name, "short"));
  expect_failed(finding("data"), "1 of 2 published files are damaged, first t k=b: ", "rollback");
  expect_failed(finding("data"), "has 5 bytes, not ", "backup");
  ASSERT_TRUE(remove_tree(attempt / name));
  expect_failed(finding("data"), name + " is missing", "run the partition again");
}

TEST_F(Doctor, LooksForWhatStepsNeedOfTheMachine) {
  const auto path = workspace_.beside("path");
  ASSERT_TRUE(make_folders(path));
  workspace_.program().set_variable("PATH", path.string());
  workspace_.write("books/b.ipynb", "{}");
  workspace_.write("pipelines/p.yaml",
                   "pipeline: p\nsteps:\n  a: { notebook: { file: books/b.ipynb } }\n"
                   "  b: { command: { argv: [x], image: tools } }\n");
  expect_failed(finding("notebooks"), "python3", "-m pip install nbclient ipykernel");
  expect_failed(finding("containers"), "neither podman nor docker", "install podman");
  ASSERT_TRUE(write_file_durably(path / "python3", "#!/bin/sh\necho here it is\n", 0755));
  ASSERT_TRUE(write_file_durably(path / "docker", "#!/bin/sh\necho no daemon\nexit 1\n", 0755));
  EXPECT_EQ(finding("notebooks").at("detail"), "here it is");
  expect_failed(finding("containers"), "docker info: exit code 1; no daemon", "daemon");
}

TEST_F(Installation, NamesThePartThatIsMissing) {
  EXPECT_EQ(finding("worker").at("state"), "ok");
  fs::remove(bin_ / "gossamer-supervisor");
  expect_failed(finding("supervisor"), "gossamer-supervisor", "all parts of gossamer together");
  const auto ran = workspace_.run({"apply"});
  EXPECT_EQ(ran.exit_code, 6);
  EXPECT_THAT(ran.err, HasSubstr("gossamer-supervisor is missing"));
}

TEST_F(Installation, NamesThePartThatDoesNotStart) {
  replace("gossamer-worker", "#!/bin/sh\necho 'no libduckdb.so' >&2\nexit 127\n");
  expect_failed(finding("worker"), "exit code 127; no libduckdb.so", "all parts");
}

TEST_F(Installation, NamesThePartOfAnotherVersion) {
  replace("gossamer-worker", "#!/bin/sh\necho gossamer-worker 0.0.1\n");
  expect_failed(finding("worker"), "is \"gossamer-worker 0.0.1\", not \"gossamer-worker ", "all");
}

}  // namespace
}  // namespace gossamer::test
