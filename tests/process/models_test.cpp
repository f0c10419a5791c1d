// SPDX-License-Identifier: Apache-2.0
// Models that other programs made, through the real program and its workers: registration out of a
// `command` step, scoring with bad rows set aside, and files that are broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// XGBoost's JSON: below 0.5 of `a` the answer is 1, otherwise and where it is missing 3.
constexpr const char* sound_model =
    R"({"learner":{"attributes":{},"feature_names":["a"],"feature_types":["float"],)"
    R"("gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1",)"
    R"("num_trees":"1"},"iteration_indptr":[0,1],"tree_info":[0],"trees":[{"base_weights":)"
    R"([0.0,1.0,3.0],"default_left":[0,0,0],"id":0,"left_children":[1,-1,-1],)"
    R"("loss_changes":[1.0,0.0,0.0],)"
    R"("parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[0.5,1.0,3.0],)"
    R"("split_indices":[0,0,0],"sum_hessian":[2.0,1.0,1.0],"tree_param":{"num_deleted":"0",)"
    R"("num_feature":"1","num_nodes":"3","size_leaf_vector":"1"}}]},"name":"gbtree"},)"
    R"("learner_model_param":{"base_score":"0","boost_from_average":"1","num_class":"0",)"
    R"("num_feature":"1","num_target":"1"},"objective":{"name":"reg:squarederror",)"
    R"("reg_loss_param":{"scale_pos_weight":"1"}}},"version":[2,1,0]})";

// A program of the workspace leaves a model's folder; the next step scores with it.
class ForeignModel : public testing::Test {
 protected:
  void SetUp() override {
    write("gossamer.yaml", "workspace: foreign\ntimezone: UTC\n");
    write(
        "pipelines/score.yaml",
        "pipeline: score\n"
        "steps:\n"
        "  make:\n"
        "    command: { argv: [/bin/sh, -c, \"cp -r trained/. $GOSSAMER_OUTPUT_MODEL\"], code: "
        "trained, model: risk }\n"
        "  rows:\n"
        "    sql: \"select i as id, i / 10.0 as a from range(10) numbers(i)\"\n"
        "  score:\n"
        "    predict:\n"
        "      model: ${steps.make.outputs.version}\n"
        "      data: \"select id, case when id = 3 then 'inf'::double else a end as a from rows\"\n"
        "      on_error: quarantine\n"
        "    output: mart.scores\n"
        "  look:\n"
        "    sql: \"select count(*) as bad from mart.scores_quarantine\"\n"
        "    output: mart.bad_rows\n");
    write("trained/MLmodel", "flavors:\n  xgboost:\n    data: model.json\n");
    write("trained/model.json", sound_model);
  }

  void write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(make_folders((workspace_ / name).parent_path()));
    ASSERT_TRUE(write_file_durably(workspace_ / name, text));
  }
  [[nodiscard]] Ran run(std::vector<std::string> arguments) const {
    return program_.run(arguments, workspace_);
  }
  [[nodiscard]] Json rows(const std::string& sql) const {
    const auto ran = run({"query", sql, "-o", "json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.json();
  }

  Program program_;
  fs::path workspace_ = program_.folder() / "w";
};

TEST_F(ForeignModel, IsRegisteredAndScoresAndBadRowsAreSetAside) {
  const auto ran = run({"run", "score", "-o", "json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  const auto models = run({"models", "list", "-o", "json"}).json();
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].at("model"), "risk");
  EXPECT_EQ(models[0].at("version"), 1);
  EXPECT_EQ(rows("select id, prediction, model_name, model_version from mart.scores where id in "
                 "(4, 5) order by id"),
            Json::parse(R"([{"id":4,"prediction":1.0,"model_name":"risk","model_version":1},
                            {"id":5,"prediction":3.0,"model_name":"risk","model_version":1}])"));
  EXPECT_EQ(rows("select (select count(*) from mart.scores) as good, (select count(*) from "
                 "mart.scores_quarantine) as bad, (select bad from mart.bad_rows) as seen"),
            Json::parse(R"([{"good":9,"bad":1,"seen":1}])"));
  const Json aside = rows("select id, reason from mart.scores_quarantine");
  EXPECT_EQ(aside.at(0).at("id"), 3);
  EXPECT_THAT(aside.at(0).at("reason").get<std::string>(), HasSubstr("column `a` is infinite"));
}

TEST_F(ForeignModel, TwoVersionsAreComparedOnTheSameRows) {
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  std::string better = sound_model;
  better.replace(better.find("[0.5,1.0,3.0]"), 13, "[0.5,1.0,4.0]");
  write("trained/model.json", better);
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  const std::string sql =
      "select i / 10.0 as a, case when i < 5 then 1.0 else 4.0 end as y from range(10) t(i)";
  const auto compared = run({"models", "compare", "risk/1", "risk/2", "--data", sql, "--label", "y",
                             "--metric", "rmse,mae", "-o", "json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const Json report = compared.json();
  EXPECT_EQ(report.at("rows"), 10);
  const Json& mae = report.at("metrics").at(1);
  EXPECT_EQ(mae.at("name"), "mae");
  EXPECT_EQ(mae.at("old"), 0.5);
  EXPECT_EQ(mae.at("new"), 0.0);
  EXPECT_EQ(report.at("versions").at(0).at("version"), "risk/1");
  EXPECT_EQ(report.at("moved").size(), 5U);
  EXPECT_EQ(report.at("moved").at(0), Json::parse(R"({"row":6,"new":4.0,"old":3.0,"label":4.0})"));
  const auto table = run({"models", "compare", "risk/1", "risk/2", "--data", sql, "--label", "y"});
  EXPECT_THAT(table.out, HasSubstr("risk/1"));
  const auto same = run({"models", "compare", "risk/1", "risk/1", "--data", sql, "--label", "y"});
  EXPECT_EQ(same.exit_code, 3);
  EXPECT_THAT(same.err, HasSubstr("are the same version, risk/1"));
  const auto unknown =
      run({"models", "compare", "risk/1", "risk/9", "--data", sql, "--label", "y"});
  EXPECT_EQ(unknown.exit_code, 8) << unknown.err;
  const auto mistyped = run({"models", "compare", "risk/1", "risk/2", "--data",
                             "select 'x' as a, 1.0 as y", "--label", "y"});
  EXPECT_EQ(mistyped.exit_code, 3);
  EXPECT_THAT(mistyped.err, HasSubstr("column `a` is string; the model needs a number"));
}

TEST_F(ForeignModel, IsExplained) {
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  const auto explained = run({"models", "explain", "risk/1", "-o", "json"});
  ASSERT_EQ(explained.exit_code, 0) << explained.err;
  const Json report = explained.json();
  EXPECT_THAT(report.at("kernel").get<std::string>(), testing::StartsWith("forest "));
  EXPECT_EQ(report.at("shape").at("trees"), 1);
  EXPECT_EQ(report.at("shape").at("leaves"), 2);
  ASSERT_EQ(report.at("features").size(), 1U);
  EXPECT_EQ(report.at("features").at(0).at("name"), "a");
  EXPECT_EQ(report.at("importance"), Json::array());
  EXPECT_THAT(run({"models", "explain", "risk/1"}).out, HasSubstr("reg:squarederror"));
}

TEST_F(ForeignModel, ABrokenFileIsRefusedAndNotRegistered) {
  std::string broken = sound_model;
  broken.replace(broken.find("\"left_children\":[1"), 18, "\"left_children\":[9");
  write("trained/model.json", broken);
  const auto ran = run({"run", "score"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out + ran.err, HasSubstr("model.json is no sound model file"));
  EXPECT_THAT(ran.out + ran.err, HasSubstr("trees[0].left_children` holds 9 at 0"));
  EXPECT_EQ(run({"models", "list", "-o", "json"}).json(), Json::array());
}

TEST_F(ForeignModel, AFileChangedAfterItsRegistrationIsNotLoaded) {
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  std::vector<fs::path> copies;
  for (const auto& entry : fs::recursive_directory_iterator(workspace_ / ".gossamer")) {
    const bool is_registered = entry.path().parent_path().filename() == "model";
    if (is_registered && entry.path().filename() == "model.json") copies.push_back(entry.path());
  }
  ASSERT_EQ(copies.size(), 1U);
  std::string bytes = *read_file(copies.front());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(write_file_durably(copies.front(), bytes));
  const auto ran = run({"query", "select predict('risk/1', 0.1) as p"});
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("model.json"));
}

}  // namespace
}  // namespace gossamer::test
