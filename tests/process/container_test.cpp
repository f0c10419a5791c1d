// SPDX-License-Identifier: Apache-2.0
// Steps with an `image`: what the container runtime is asked for, and what is said without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Containers : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml",
                     "workspace: boxes\n"
                     "secrets: { token: { file: token.txt } }\n");
    workspace_.write("token.txt", "t0ken-value\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "steps:\n"
                     "  look:\n"
                     "    command:\n"
                     "      argv: [sh, -c, 'echo \"$GREETING\"; pwd; test $${#TOKEN} = 11']\n"
                     "      env: { GREETING: hello, TOKEN: \"${secrets.token}\" }\n"
                     "      image: tools:1\n"
                     "    retries: { attempts: 3, backoff: 1s }\n");
    path_ = workspace_.beside("path");
    ASSERT_TRUE(make_folders(path_));
    for (const auto* tool : {"sh", "dirname"})
      fs::create_symlink(fs::path("/bin") / tool, path_ / tool);
    workspace_.program().set_variable("PATH", path_.string());
  }
  // A runtime that keeps what it was told and then does `then`.
  void install(const std::string& name, const std::string& then) const {
    const auto script = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$(dirname \"$0\")/told\"\n" + then;
    ASSERT_TRUE(write_file_durably(path_ / name, script, 0755));
  }
  [[nodiscard]] std::string told() const { return read_file(path_ / "told").value_or(""); }

  Workspace workspace_;
  fs::path path_;
};

TEST_F(Containers, RunTheProgramWithItsVariablesAndFolders) {
  // As a container would, after its own arguments.
  install("podman", "while [ \"$1\" != tools:1 ]; do shift; done\nshift\nexec \"$@\"\n");
  const auto run = workspace_.json({"run", "p"});
  EXPECT_EQ(run.at("state"), "succeeded");
  EXPECT_THAT(workspace_.run({"logs", run.at("run").get<std::string>()}).out, HasSubstr("hello\n"));
  EXPECT_THAT(told(), HasSubstr("\n--rm\n--init\n--name=gossamer-att_"));
  EXPECT_THAT(told(), HasSubstr("\n--env=GREETING\n"));
  EXPECT_THAT(told(), HasSubstr("\n--env=GOSSAMER_RESULT\n"));
  EXPECT_THAT(told(), Not(HasSubstr("--env=PATH")));
  EXPECT_THAT(told(), HasSubstr("source=" + workspace_.folder().string() +
                                ",target=" + workspace_.folder().string() + ",readonly\n"));
  EXPECT_THAT(told(), HasSubstr("\ntools:1\nsh\n-c\n"));
  EXPECT_THAT(told(), Not(HasSubstr("t0ken-value"))) << "a secret is on a command line";
}

TEST_F(Containers, AreRunByDockerWherePodmanIsNot) {
  install("docker", "exit 0\n");
  EXPECT_EQ(workspace_.json({"run", "p"}).at("state"), "succeeded");
  EXPECT_THAT(told(), HasSubstr("run\n--rm"));
  EXPECT_THAT(told(), Not(HasSubstr("--userns")));
}

TEST_F(Containers, ThatDoNotStartAreToldFromProgramsThatFail) {
  install("podman", "echo 'no such image: tools:1' >&2\nexit 125\n");
  const auto ran = workspace_.run({"run", "p"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no container of the image 'tools:1' could be started"));
}

TEST_F(Containers, AreRefusedAtOnceWhereNothingCanRunThem) {
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("step 'look' runs in the image 'tools:1'"));
  EXPECT_THAT(ran.err, HasSubstr("neither podman nor docker in PATH (" + path_.string()));
  EXPECT_EQ(by_step(ran.json()).at("look").at("attempts"), 1) << "tried again in vain";
}

}  // namespace
}  // namespace gossamer::test
