// SPDX-License-Identifier: Apache-2.0
// The credit example: two approvers, and inference that starts by itself on either decision, with
// the new or the original model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// How many clients were scored, and by which version.
Json scored(const Workspace& workspace, const std::string& month) {
  return workspace.rows(
      "select count(*) as clients, count(distinct client_id) as different, "
      "min(model_version) as first, max(model_version) as last "
      "from decisions.credit_limits where month = date '" +
      month + "'");
}

Json by_version(int clients, int version) {
  return Json::array(
      {{{"clients", clients}, {"different", clients}, {"first", version}, {"last", version}}});
}

// The real clients, imported as the example's README says.
class RealCredit : public testing::Test {
 protected:
  void SetUp() override {
    const auto file = real_data("credit_default.csv");
    if (file.empty()) {
      GTEST_SKIP() << "GOSSAMER_TEST_DATA is unset: no credit_default.csv to import";
    }
    ASSERT_EQ(workspace_.program()
                  .run({"init", workspace_.folder().string(), "--example", "credit"})
                  .exit_code,
              0);
    const std::string columns =
        "ID as client_id, LIMIT_BAL as credit_limit, "
        "* exclude (ID, LIMIT_BAL, \"default.payment.next.month\"), "
        "\"default.payment.next.month\" as defaulted from input";
    const auto report =
        workspace_.json({"tables", "import", "raw.clients", file.string(), "--select", columns});
    ASSERT_EQ(report.at("rows"), 30'000);
    train("2026-09-01");
    vote("rei", "approve");
    vote("ryo", "approve");
    ASSERT_EQ(scored(workspace_, "2026-09-01"), by_version(30'000, 1));
    train("2026-10-01");
  }

  void train(const std::string& month) const {
    const auto ran = workspace_.run({"run", "credit_training", "--partition", month});
    ASSERT_EQ(ran.exit_code, 4) << ran.err;
  }
  Json vote(const std::string& who, const std::string& answer) const {
    const auto voted =
        workspace_.run_as(who, {"gates", answer, workspace_.open_gate(), "-o", "json"});
    EXPECT_EQ(voted.exit_code, 0) << voted.err;
    return voted.json();
  }
  [[nodiscard]] Json champions() const {
    Json versions = Json::array();
    for (const auto& model : workspace_.json({"models", "list"})) {
      if (model.at("aliases") == Json::array({"champion"})) versions.push_back(model.at("version"));
    }
    return versions;
  }

  Workspace workspace_;
};

TEST_F(RealCredit, TwoApprovalsSwitchAndTheInferenceUsesTheNewModel) {
  EXPECT_EQ(vote("rin", "approve").at("state"), "open");
  EXPECT_EQ(champions(), Json::array({1}));
  EXPECT_EQ(scored(workspace_, "2026-10-01")[0].at("clients"), 0) << "nobody has decided yet";
  EXPECT_EQ(vote("ryo", "approve").at("state"), "approved");
  EXPECT_EQ(champions(), Json::array({2}));
  EXPECT_EQ(scored(workspace_, "2026-10-01"), by_version(30'000, 2));
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
}

TEST_F(RealCredit, OneRejectionKeepsAndTheInferenceUsesTheOriginalModel) {
  EXPECT_EQ(vote("rin", "approve").at("state"), "open");
  EXPECT_EQ(vote("rei", "reject").at("state"), "rejected");
  EXPECT_EQ(champions(), Json::array({1}));
  EXPECT_EQ(scored(workspace_, "2026-10-01"), by_version(30'000, 1));
}

// What the raw table declares as private stays so in the samples of what is made from it.
void expect_no_private_value(const Workspace& workspace) {
  const auto bundles = workspace.folder() / ".gossamer/evidence";
  const auto names = list_folder(bundles);
  ASSERT_TRUE(names);
  ASSERT_FALSE(names->empty());
  for (const auto& name : *names) {
    const auto evidence = parse_json(read_file(bundles / name / "evidence.json").value_or(""), "");
    ASSERT_TRUE(evidence);
    const auto& sample = evidence->at("data").at(0).at("sample");
    for (const auto& row : sample.at("rows")) {
      for (std::size_t at = 0; at < row.size(); ++at) {
        const auto& column = sample.at("columns").at(at);
        const bool is_private = column == "client_id" || column == "age";
        EXPECT_EQ(row.at(at) == "***", is_private) << column;
      }
    }
  }
}

// The story that `gossamer demo` tells on data that it makes itself.
class MadeUpCredit : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(MadeUpCredit, IsDecidedByTwoPeopleAndScoredByItself) {
  const auto [answer, version] = GetParam();
  const Workspace workspace;
  const auto told = Program().run(
      {"demo", workspace.folder().string(), "--example", "credit", "--decide", answer});
  ASSERT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr(std::string("and says: ") + answer));
  EXPECT_EQ(scored(workspace, "2026-09-01"), by_version(12'000, 1));
  EXPECT_EQ(scored(workspace, "2026-10-01"), by_version(12'000, version));
  for (const auto& run : workspace.json({"runs", "list"}))
    EXPECT_EQ(run.at("state"), "succeeded") << run.dump();
  expect_no_private_value(workspace);
}

INSTANTIATE_TEST_SUITE_P(Answers, MadeUpCredit,
                         testing::Values(std::pair{"approve", 2}, std::pair{"reject", 1}),
                         [](const auto& answer) { return std::string(answer.param.first); });

}  // namespace
}  // namespace gossamer::test
