// SPDX-License-Identifier: Apache-2.0
#include "executors/process/command.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/json.hpp"
#include "executors/process/code.hpp"
#include "executors/process/cut.hpp"
#include "executors/process/program_model.hpp"
#include "executors/process/program_result.hpp"
#include "executors/process/secrets.hpp"

namespace gossamer::executors {
namespace {

using orchestration::FailureClass;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() : folder_(*TemporaryFolder::make()) {
    workspace_ = folder_.path() / "w";
    job_.folder = (workspace_ / ".gossamer/runs/r/s/a").string();
    EXPECT_TRUE(make_folders(job_.folder));
    auto pipeline = std::make_shared<pipeline::Pipeline>();
    pipeline->name = "p";
    pipeline->steps.resize(1);
    pipeline->steps[0].name = "s";
    order_.pipeline = pipeline;
    order_.run = *RunId::parse("run_019abcde-0000-7000-8000-000000000009");
    order_.attempt = *AttemptId::parse("att_019abcde-0000-7000-8000-000000000001");
    order_.partition.pairs = {{"day", "2011-01-05"}};
    order_.params = {{"n", 3}};
    job_.spec = {{"argv", {"/bin/true"}}};
    EXPECT_TRUE(environment_.set("PATH", "/opt/bin:/bin"));
    EXPECT_TRUE(environment_.set("LEAK", "no"));
    EXPECT_TRUE(environment_.set("TOKEN_SOURCE", "t0ken-value"));
  }

  Result<supervisor::Spec> prepare() {
    order_.definition = std::make_shared<pipeline::Definition>(definition_);
    return prepare_command(order_, job_, {workspace_, workspace_ / ".gossamer", environment_});
  }
  void file(const std::string& path, const std::string& text) {
    EXPECT_TRUE(make_folders((workspace_ / path).parent_path()));
    EXPECT_TRUE(write_file_durably(workspace_ / path, text));
  }

  TemporaryFolder folder_;
  fs::path workspace_;
  Job job_;
  orchestration::AttemptOrder order_;
  pipeline::Definition definition_;
  Environment environment_;
};

TEST_F(CommandTest, AProgramIsToldWhereEverythingIs) {
  const auto spec = prepare();
  ASSERT_TRUE(spec) << spec.error().describe();
  EXPECT_EQ(spec->workdir, workspace_.string());
  EXPECT_THAT(spec->environment, Contains("PATH=/opt/bin:/bin"));
  EXPECT_THAT(spec->environment, Contains("GOSSAMER_OUTPUT=" + job_.folder + "/output"));
  EXPECT_THAT(spec->environment, Contains("GOSSAMER_OUTPUT_MODEL=" + job_.folder + "/model"));
  EXPECT_THAT(spec->environment, Contains("GOSSAMER_RESULT=" + job_.folder + "/result.json"));
  EXPECT_THAT(spec->environment, Not(Contains("LEAK=no")));
  EXPECT_TRUE(*path_exists(job_.folder + "/output"));
  EXPECT_FALSE(*path_exists(job_.folder + "/model"));  // MLflow refuses a folder that exists
  const auto run = parse_json(*read_file(job_.folder + "/run.json"), "run.json");
  ASSERT_TRUE(run);
  EXPECT_EQ((*run)["partition"], "day=2011-01-05");
  EXPECT_EQ((*run)["params"], Json({{"n", 3}}));
}

TEST_F(CommandTest, InputsAreFoldersOfLinksInHivesLayout) {
  file("warehouse/part-1.parquet", "rows");
  InputView view;
  view.name = "raw.rentals";
  view.files = {{(workspace_ / "warehouse/part-1.parquet").string(), {{"day", "2011-01-04"}}}};
  job_.views = {view};
  const auto spec = prepare();
  ASSERT_TRUE(spec) << spec.error().describe();
  const std::string folder = job_.folder + "/inputs/raw.rentals";
  EXPECT_THAT(spec->environment, Contains("GOSSAMER_INPUT_RAW_RENTALS=" + folder));
  EXPECT_EQ(read_file(folder + "/day=2011-01-04/part-1.parquet").value_or(""), "rows");
}

TEST_F(CommandTest, TwoInputsOfOneVariableAreRefused) {
  InputView view;
  view.name = "a.b";
  job_.views = {view, view};
  job_.views[1].name = "a_b";
  const auto spec = prepare();
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message, HasSubstr("GOSSAMER_INPUT_A_B"));
}

TEST_F(CommandTest, SecretsReachTheProgramAndNothingElse) {
  definition_.workspace.secrets["token"] = {"env", {"TOKEN_SOURCE"}};
  file("key.txt", "k3y-value\n");
  definition_.workspace.secrets["key"] = {"file", {"key.txt"}};
  definition_.workspace.secrets["made"] = {"command", {"/bin/echo", "m4de-value"}};
  job_.spec["env"] = {{"TOKEN", {{"pieces", {"user:", {{"secret", "token"}}}}}},
                      {"KEY", {{"pieces", {{{"secret", "key"}}}}}},
                      {"MADE", {{"pieces", {{{"secret", "made"}}}}}},
                      {"COUNT", 3}};
  const auto spec = prepare();
  ASSERT_TRUE(spec) << spec.error().describe();
  EXPECT_THAT(spec->environment, Contains("TOKEN=user:t0ken-value"));
  EXPECT_THAT(spec->environment, Contains("KEY=k3y-value"));
  EXPECT_THAT(spec->environment, Contains("MADE=m4de-value"));
  EXPECT_THAT(spec->environment, Contains("COUNT=3"));
  EXPECT_EQ(spec->secrets.size(), 3U);
  EXPECT_THAT(*canonical(to_json(job_)), Not(HasSubstr("t0ken-value")));
  EXPECT_THAT(*read_file(job_.folder + "/run.json"), Not(HasSubstr("t0ken-value")));
}

TEST_F(CommandTest, ASecretThatCannotBeHadIsNamed) {
  const auto error_for = [&](pipeline::SecretSource source) {
    definition_.workspace.secrets["token"] = std::move(source);
    job_.spec["env"] = {{"TOKEN", {{"pieces", {{{"secret", "token"}}}}}}};
    const auto spec = prepare();
    EXPECT_FALSE(spec);
    return spec ? std::string() : spec.error().describe();
  };
  EXPECT_THAT(error_for({"env", {"UNSET"}}), HasSubstr("UNSET, which is not set"));
  EXPECT_THAT(error_for({"file", {"none.txt"}}), HasSubstr("secret 'token'"));
  const std::string failed = error_for({"command", {"/bin/sh", "-c", "echo h1dden; exit 3"}});
  EXPECT_THAT(failed, HasSubstr("exit code 3"));
  EXPECT_THAT(failed, Not(HasSubstr("h1dden")));
  definition_.workspace.secrets.clear();
  definition_.workspace.secrets["tokens"] = {"env", {"X"}};
  const auto spec = prepare();
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message, HasSubstr("did you mean `tokens`?"));
}

TEST_F(CommandTest, AnEmptyArgvIsRefused) {
  job_.spec["argv"] = Json::array();
  EXPECT_THAT(prepare().error().message, HasSubstr("empty argv"));
}

// --- Code -------------------------------------------------------------------------------------

TEST_F(CommandTest, CodeIsCopiedOncePerContentAndCannotBeWritten) {
  file("bin/run.sh", "echo one");
  fs::permissions(workspace_ / "bin/run.sh", fs::perms::owner_all);
  job_.spec["code"] = {"bin"};
  const auto first = prepare();
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(read_file(fs::path(first->workdir) / "bin/run.sh").value_or(""), "echo one");
  const auto mode = fs::status(fs::path(first->workdir) / "bin/run.sh").permissions();
  EXPECT_EQ(mode & fs::perms::owner_write, fs::perms::none);
  EXPECT_NE(mode & fs::perms::owner_exec, fs::perms::none);
  EXPECT_EQ(prepare()->workdir, first->workdir);
}

TEST_F(CommandTest, AnEditDoesNotReachARunUnderWay) {
  file("bin/run.sh", "echo one");
  job_.spec["code"] = {"bin"};
  const auto first = prepare();
  ASSERT_TRUE(first) << first.error().describe();
  file("bin/run.sh", "echo two");
  EXPECT_EQ(prepare()->workdir, first->workdir);
  order_.run = *RunId::parse("run_019abcde-0000-7000-8000-00000000000a");
  const auto next = prepare();
  ASSERT_TRUE(next) << next.error().describe();
  EXPECT_NE(next->workdir, first->workdir);
  EXPECT_EQ(read_file(fs::path(next->workdir) / "bin/run.sh").value_or(""), "echo two");
}

TEST_F(CommandTest, CodeOutsideOfTheWorkspaceIsRefused) {
  for (const char* path : {"..", "../x", "/etc", "bin/../../x"}) {
    const auto kept = keep_code({path}, workspace_, folder_.path() / "store");
    ASSERT_FALSE(kept) << path;
    EXPECT_EQ(kept.error().kind, ErrorKind::invalid_input) << path;
  }
  file("bin/plain", "x");
  fs::create_symlink("/etc/passwd", workspace_ / "bin/link");
  const auto kept = keep_code({"bin"}, workspace_, folder_.path() / "store");
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message, HasSubstr("bin/link is a link to /etc/passwd"));
  EXPECT_EQ(keep_code({"none"}, workspace_, folder_.path() / "store").error().kind,
            ErrorKind::not_found);
}

TEST_F(CommandTest, AWorkdirThatLeavesIsRefused) {
  job_.spec["workdir"] = "../..";
  EXPECT_THAT(prepare().error().message, HasSubstr("leaves the workspace"));
}

// --- What a program leaves --------------------------------------------------------------------

TEST_F(CommandTest, OnlyViewsWithBoundsAreCut) {
  InputView whole;
  whole.name = "whole";
  InputView cut = whole;
  cut.name = "cut \"it\"";
  cut.time_column = "at";
  cut.until = *parse_instant("2011-01-01T00:00:00Z");
  job_.views = {whole, cut};
  const auto cuts = cuts_of(job_);
  ASSERT_EQ(cuts.size(), 1U);
  EXPECT_EQ(cuts[0].kind, "sql");
  EXPECT_EQ(cuts[0].spec["query"]["text"], R"(select * from "cut ""it""")");
  EXPECT_EQ(cuts[0].views.size(), 1U);
  EXPECT_TRUE(cuts[0].output->folder.starts_with(job_.folder));
}

TEST_F(CommandTest, AFolderThatIsNoModelIsInvalidInput) {
  EXPECT_FALSE(model_left_in(workspace_ / "none", Json::object(), "s")->has_value());
  file("model/weights.bin", "x");
  const auto left = model_left_in(workspace_ / "model", Json::object(), "s");
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().describe(), HasSubstr("GOSSAMER_OUTPUT_MODEL"));
}

TEST_F(CommandTest, EndsOfAProgramHaveClasses) {
  const auto class_for = [&](ProgramEnd end) {
    const auto result = result_of(order_.attempt, end, std::nullopt);
    return result.failure ? result.failure->failure : FailureClass::bug;
  };
  EXPECT_FALSE(result_of(order_.attempt, {.ending = "exited", .message = ""}, {}).failure);
  EXPECT_EQ(class_for({.ending = "exited", .exit_code = 75, .message = ""}),
            FailureClass::exit_code);
  EXPECT_EQ(class_for({.ending = "timed_out", .message = ""}), FailureClass::timeout);
  EXPECT_EQ(class_for({.ending = "cancelled", .message = ""}), FailureClass::cancelled);
  EXPECT_EQ(class_for({.ending = "terminated", .message = ""}), FailureClass::lost);
  EXPECT_EQ(class_for({.ending = "not_started", .error = ENOENT, .message = ""}),
            FailureClass::invalid_input);
  EXPECT_EQ(class_for({.ending = "not_started", .error = EAGAIN, .message = ""}),
            FailureClass::unavailable);
  EXPECT_EQ(class_for({.ending = "not_durable", .error = EIO, .message = ""}),
            FailureClass::unavailable);
  EXPECT_EQ(class_for({.ending = "danced", .message = ""}), FailureClass::lost);
}

}  // namespace
}  // namespace gossamer::executors
