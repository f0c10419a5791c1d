// SPDX-License-Identifier: Apache-2.0
// Backups of workspaces that are at work, and the workspaces that are made of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class Backups : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml", "workspace: shop\ntimezone: UTC\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "partitions: { every: day, start: 2026-01-01 }\n"
                     "steps:\n"
                     "  rows:\n"
                     "    sql: select n from range(3) r(n)\n"
                     "    output: t\n"
                     "  look:\n"
                     "    after: rows\n"
                     "    command: { argv: [./look], code: [bin], workdir: bin }\n"
                     "  confirm:\n"
                     "    after: look\n"
                     "    approval:\n"
                     "      title: Use them?\n"
                     "      evidence: [rows]\n"
                     "      approvers: { any_of: [ana] }\n");
    write_look("echo looked\n");
  }
  void write_look(const std::string& script) const {
    workspace_.write("bin/look", "#!/bin/sh\n" + script);
    fs::permissions(workspace_.folder() / "bin/look", fs::perms::owner_all);
  }
  [[nodiscard]] std::string target() const { return workspace_.beside("copy").string(); }
  [[nodiscard]] fs::path restored() const { return workspace_.beside("again"); }
  [[nodiscard]] Ran in_restored(const std::vector<std::string>& arguments) {
    return workspace_.program().run(arguments, restored());
  }

  Workspace workspace_;
};

TEST_F(Backups, AreWholeWorkspacesThatGoOnWhereTheyWere) {
  const auto run = workspace_.run({"run", "p", "--partition", "2026-01-01", "-o", "json"});
  ASSERT_EQ(run.exit_code, 4) << run.err;
  const auto gate = workspace_.open_gate();
  const auto made = workspace_.json({"backup", target()});
  EXPECT_GT(made.at("files"), 10);
  // What happens later is not in it.
  ASSERT_EQ(workspace_.run_as("ana", {"gates", "approve", gate}).exit_code, 0);

  ASSERT_EQ(workspace_.program().run({"restore", target(), restored().string()}).exit_code, 0);
  const auto doctor = in_restored({"doctor"});
  EXPECT_EQ(doctor.exit_code, 0) << doctor.out;
  const auto approved = in_restored({"--as", "ana", "gates", "approve", gate});
  EXPECT_EQ(approved.exit_code, 0) << approved.err;
  const auto rows = in_restored({"query", "select count(*) as n from t", "-o", "json"});
  EXPECT_EQ(rows.json()[0].at("n"), 3);
  const auto id = run.json().at("run").get<std::string>();
  EXPECT_THAT(in_restored({"logs", id, "look"}).out, HasSubstr("looked"));
  // Others see the tables as before, and programs cannot change their code.
  EXPECT_EQ(list_folder(restored() / "warehouse/t/day=2026-01-01").value(),
            list_folder(workspace_.folder() / "warehouse/t/day=2026-01-01").value());
  const auto code = restored() / ".gossamer/code";
  const auto copies = list_folder(code).value();
  for (const auto& name : copies) {
    if (name.starts_with('.')) continue;
    EXPECT_EQ(fs::status(code / name / "bin").permissions() & fs::perms::owner_write,
              fs::perms::none);
  }
}

TEST_F(Backups, AreMadeWhileAStepRuns) {
  const auto pipe = workspace_.beside("begun");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto go = workspace_.beside("go");
  write_look("[ -e " + go.string() + " ] && exit\necho $$ > " + pipe.string() +
             "\nexec sleep 1000\n");
  auto engine = workspace_.start({"run", "p", "--partition", "2026-01-01"});
  ASSERT_TRUE(read_file(pipe));
  EXPECT_EQ(workspace_.run({"backup", target()}).exit_code, 0);
  ASSERT_TRUE(engine.send_signal(SIGKILL));
  ASSERT_TRUE(engine.wait());
  for (const auto& run : workspace_.json({"runs", "list"}))
    EXPECT_EQ(workspace_.run({"runs", "cancel", run.at("run").get<std::string>()}).exit_code, 0);

  ASSERT_EQ(workspace_.program().run({"restore", target(), restored().string()}).exit_code, 0);
  ASSERT_TRUE(write_file_durably(go, ""));
  // The step that was under way counts as lost there, and is done once more.
  const auto again = in_restored({"run", "p", "--partition", "2026-01-01", "-o", "json"});
  EXPECT_EQ(again.exit_code, 4) << again.err;
  EXPECT_EQ(by_step(again.json()).at("look").at("state"), "succeeded");
}

TEST_F(Backups, AreNeitherPutOverSomethingNorIntoTheWorkspace) {
  ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  const auto inside = workspace_.run({"backup", (workspace_.folder() / "copy").string()});
  EXPECT_EQ(inside.exit_code, 3);
  EXPECT_THAT(inside.err, HasSubstr("lies inside the workspace"));
  ASSERT_EQ(workspace_.run({"backup", target()}).exit_code, 0);
  const auto over = workspace_.run({"backup", target()});
  EXPECT_EQ(over.exit_code, 5);
  EXPECT_THAT(over.err, HasSubstr("is there already"));
  const auto onto = workspace_.program().run({"restore", target(), workspace_.folder().string()});
  EXPECT_EQ(onto.exit_code, 5);
  EXPECT_THAT(onto.err, HasSubstr("name a folder that does not exist yet"));
}

TEST_F(Backups, ThatAreDamagedOrOfANewerProgramAreRefused) {
  ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  ASSERT_EQ(workspace_.run({"backup", target()}).exit_code, 0);
  const auto list = fs::path(target()) / "backup.json";
  const auto restore = [&] {
    return workspace_.program().run({"restore", target(), restored().string()});
  };
  ASSERT_TRUE(write_file_durably(fs::path(target()) / "workspace/gossamer.yaml", "workspace: x\n"));
  EXPECT_EQ(restore().exit_code, 6);
  EXPECT_THAT(restore().err, HasSubstr("workspace/gossamer.yaml is not what was backed up"));
  auto json = Json::parse(read_file(list).value());
  json["store"] = json["store"].get<int>() + 1;
  json["program"] = "9.0.0";
  ASSERT_TRUE(write_file_durably(list, json.dump()));
  EXPECT_EQ(restore().exit_code, 3);
  EXPECT_THAT(restore().err, HasSubstr("made by gossamer 9.0.0, which is newer than this one"));
  json["store"] = json["store"].get<int>() - 1;
  json["entries"][0]["path"] = "../out";
  ASSERT_TRUE(write_file_durably(list, json.dump()));
  EXPECT_EQ(restore().exit_code, 3);
  EXPECT_THAT(restore().err, HasSubstr("'../out' leads out of the backup"));
  fs::remove(list);
  EXPECT_THAT(restore().err, HasSubstr("is no backup"));
  EXPECT_FALSE(fs::exists(restored()));
}

TEST_F(Backups, SayWhatIsMissing) {
  ASSERT_EQ(workspace_.run({"run", "p", "--partition", "2026-01-01"}).exit_code, 4);
  ASSERT_TRUE(remove_tree(workspace_.folder() / "warehouse/.data/t"));
  const auto ran = workspace_.run({"backup", target()});
  EXPECT_EQ(ran.exit_code, 6);
  EXPECT_THAT(ran.err, HasSubstr("is missing, which the store names"));
  EXPECT_FALSE(fs::exists(target()));
}

TEST_F(Backups, AndCollectionsWaitForOneAnother) {
  ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  const auto lock = FileLock::try_lock(workspace_.folder() / ".gossamer/kept.lock").value();
  ASSERT_TRUE(lock);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"backup", target()}, {"gc"}, {"tables", "gc"}}) {
    const auto ran = workspace_.run(arguments);
    EXPECT_EQ(ran.exit_code, 5) << arguments[0];
    EXPECT_THAT(ran.err, HasSubstr("a backup is being made, or files are being collected"));
  }
  EXPECT_EQ(workspace_.run({"gc", "--dry-run"}).exit_code, 0);
}

}  // namespace
}  // namespace gossamer::test
