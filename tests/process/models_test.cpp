// SPDX-License-Identifier: Apache-2.0
// Models that other programs made, through the real program and its workers: registration out of a
// `command` step, scoring with bad rows set aside, and files that are broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.hpp"
#include "tests/support/small_model.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

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

TEST_F(ForeignModel, IsComparedWeekByWeekWhereItsLabelsAreKnown) {
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  std::string better = sound_model;
  better.replace(better.find("[0.5,1.0,3.0]"), 13, "[0.5,1.0,4.0]");
  write("trained/model.json", better);
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  // Ten weeks from a Monday on, a row a day; the newest five weeks are not ripe.
  const std::string sql =
      "select i % 10 / 10.0 as a, case when a < 0.5 then 1.0 else 4.0 end as y, "
      "date '2026-01-05' + i::integer as asked_at from range(70) t(i);";
  const std::vector<std::string> compare{
      "models", "compare", "risk/1", "risk/2",   "--data",          sql,  "--label",  "y",
      "--by",   "week",    "--time", "asked_at", "--matured-after", "5w", "--metric", "mae"};
  auto as_json = compare;
  as_json.insert(as_json.end(), {"-o", "json"});
  const auto compared = run(as_json);
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const Json report = compared.json();
  EXPECT_EQ(report.at("rows"), 35);
  const Json& weeks = report.at("by").at(0).at("groups");
  ASSERT_EQ(weeks.size(), 5U);
  EXPECT_EQ(weeks.at(0).at("value"), "2026-01-05");
  EXPECT_EQ(weeks.at(4).at("value"), "2026-02-02");
  EXPECT_EQ(weeks.at(1).at("rows"), 7);
  EXPECT_EQ(weeks.at(1).at("metrics").at(0).at("new"), 0.0);
  const auto table = run(compare);
  EXPECT_THAT(table.out, HasSubstr("2026-02-02"));
  const auto refused = run({"models", "compare", "risk/1", "risk/2", "--data", sql, "--label", "y",
                            "--matured-after", "5w"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("--matured-after needs --time COLUMN"));
}

TEST_F(ForeignModel, IsRegisteredByHandScoredAndExplained) {
  write("elsewhere/risk.json", sound_model);
  const std::string file = (workspace_ / "elsewhere/risk.json").string();
  const auto added =
      run({"models", "register", "risk", file, "--metric", "auc=0.75", "-o", "json"});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  EXPECT_EQ(added.json().at("version"), 1);
  EXPECT_EQ(added.json().at("metrics").at("auc"), 0.75);
  // The copy counts: what becomes of the file does not matter.
  ASSERT_TRUE(remove_tree(workspace_ / "elsewhere/risk.json"));
  EXPECT_EQ(rows("select predict('risk/1', 0.1) as low, predict('risk/1', null) as none"),
            Json::parse(R"([{"low":1.0,"none":3.0}])"));
  const Json why = rows("select explain('risk/1', 0.1) as why, predict_margin('risk/1', 0.1) as m");
  const Json parts = Json::parse(why.at(0).at("why").get<std::string>());
  EXPECT_NEAR(parts.at("a").get<double>() + parts.at("bias").get<double>(),
              why.at(0).at("m").get<double>(), 1e-6);

  const std::string in = (workspace_ / "rows.parquet").string();
  const std::string out = (workspace_ / "scores.parquet").string();
  ASSERT_EQ(
      run({"query", "select i as id, i / 10.0 as a from range(10) t(i)", "--to", in}).exit_code, 0);
  const auto scored =
      run({"models", "score", "risk/1", in, "--output", "margin", "--to", out, "-o", "json"});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_EQ(scored.json().at("rows"), 10);
  EXPECT_TRUE(fs::exists(out));
  write("again.json", sound_model);
  const auto by_file =
      run({"models", "score", (workspace_ / "again.json").string(), in, "-o", "json"});
  ASSERT_EQ(by_file.exit_code, 0) << by_file.err;
  EXPECT_EQ(by_file.json().at(4), Json::parse(R"({"id":4,"a":0.4,"prediction":1.0})"));
  EXPECT_EQ(run({"audit", "verify"}).exit_code, 0);
}

TEST_F(ForeignModel, WhatCannotBeRegisteredSaysWhy) {
  const auto refusal = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"models", "register"});
    const auto ran = run(arguments);
    EXPECT_NE(ran.exit_code, 0);
    return ran.err;
  };
  write("risk.json", sound_model);
  write("risk.onnx", "onnx");
  write("risk.pickle", "x");
  write("half.json", std::string(sound_model).substr(0, 300));
  const auto path = [&](const char* name) { return (workspace_ / name).string(); };
  EXPECT_THAT(refusal({"risk", path("none.json")}), HasSubstr("none.json does not exist"));
  EXPECT_THAT(refusal({"risk", path("risk.onnx")}),
              HasSubstr("ONNX models are not in this version"));
  EXPECT_THAT(refusal({"risk", path("risk.pickle")}), HasSubstr("LightGBM's .txt"));
  EXPECT_THAT(refusal({"risk", path("half.json")}), HasSubstr("is no sound model file"));
  EXPECT_THAT(refusal({"risk/1", path("risk.json")}), HasSubstr("the number is the next one"));
  EXPECT_THAT(refusal({"risk", path("risk.json"), "--signature", "a:float64,b:float64"}),
              HasSubstr("the signature has 2 columns, the model 1 features: a"));
  EXPECT_THAT(refusal({"risk", path("risk.json"), "--signature", "b:float64"}),
              HasSubstr("the signature's feature 1 is `b`, the model's is `a`"));
  EXPECT_THAT(refusal({"risk", path("risk.json"), "--signature", "a:string"}),
              HasSubstr("a feature is a number"));
  EXPECT_THAT(refusal({"risk", path("risk.json"), "--metric", "auc"}), HasSubstr("auc=0.78"));
  EXPECT_EQ(run({"models", "list", "-o", "json"}).json(), Json::array());
  EXPECT_FALSE(fs::exists(workspace_ / ".gossamer/models/risk")) << "nothing is left behind";
}

TEST_F(ForeignModel, AVersionGoesOnlyWhenNothingNeedsIt) {
  ASSERT_EQ(run({"run", "score"}).exit_code, 0);
  write("risk.json", sound_model);
  ASSERT_EQ(run({"models", "register", "risk", (workspace_ / "risk.json").string()}).exit_code, 0);
  const auto kept = run({"models", "delete", "risk/1"});
  EXPECT_EQ(kept.exit_code, 5) << kept.err;
  EXPECT_THAT(kept.err, HasSubstr("needed by the kept predictions in mart.scores"));
  const auto lineage = run({"models", "lineage", "risk/1", "-o", "json"}).json();
  EXPECT_EQ(lineage.at("pipeline"), "score");
  EXPECT_EQ(lineage.at("predictions").at(0),
            Json::parse(R"({"table":"mart.scores","partitions":1,"current":1,"rows":9})"));

  const auto gone = run({"models", "delete", "risk/2", "--reason", "a test", "-o", "json"});
  ASSERT_EQ(gone.exit_code, 0) << gone.err;
  const auto missing = run({"models", "show", "risk/2"});
  EXPECT_EQ(missing.exit_code, 8);
  EXPECT_THAT(missing.err, HasSubstr("risk/2 was deleted by "));
  EXPECT_THAT(missing.err, HasSubstr("a test"));
  EXPECT_TRUE(fs::is_empty(workspace_ / ".gossamer/models/risk"));
  ASSERT_EQ(run({"models", "register", "risk", (workspace_ / "risk.json").string()}).exit_code, 0);
  EXPECT_EQ(run({"models", "list", "risk", "-o", "json"}).json().at(0).at("version"), 3)
      << "a number never comes again";
  EXPECT_EQ(run({"models", "delete", "risk"}).exit_code, 3);
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
