// SPDX-License-Identifier: Apache-2.0
#include "pipeline/load.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "base/testing/golden.hpp"
#include "pipeline/bikes.hpp"
#include "pipeline/naive_sql.hpp"
#include "pipeline/version.hpp"

namespace gossamer::pipeline {
namespace {

using Files = std::map<std::string, std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string described(const Loaded& loaded) {
  std::string text;
  for (const Error& error : loaded.errors)
    text += error.describe() + "\n";
  return text;
}

Loaded load(Files files, std::vector<std::string> tables = {"raw.rentals", "raw.weather"}) {
  return load_files(std::move(files), parse_naively, Known{std::move(tables), {}});
}

TEST(Load, ReadsTheBikePipelines) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  EXPECT_THAT(loaded.errors, IsEmpty());
  const Definition& definition = *loaded.definition;
  ASSERT_EQ(definition.pipelines.size(), 2U);
  const Pipeline& training = definition.pipelines.at("bike_training");
  EXPECT_EQ(training.partitions.calendar->every, Every::week);
  EXPECT_EQ(training.schedule->cron, "30 4 * * mon");
  EXPECT_EQ(training.window_lag, std::chrono::days(1));
  EXPECT_EQ(training.steps.size(), 4U);
  EXPECT_EQ(training.find("features")->retries.attempts, 3);
  EXPECT_EQ(training.find("features")->checks.size(), 5U);
  EXPECT_EQ(training.find("features")->checks[4].severity, Severity::warn);
  const auto& evaluate = std::get<EvaluateStep>(training.find("evaluate")->body);
  EXPECT_DOUBLE_EQ(evaluate.criteria[1].tolerance_relative, 0.02);
  EXPECT_TRUE(evaluate.criteria[1].not_worse_than_against);
  const auto& gate = std::get<ApprovalStep>(training.find("confirm")->body);
  EXPECT_EQ(gate.on_approved.aliases.front().version.literal(), "${steps.train.version}");
  EXPECT_TRUE(gate.on_rejected.empty());
  EXPECT_EQ(gate.expires->calendar, "jp-business");
  EXPECT_EQ(definition.pipelines.at("bike_forecast").window_lag, std::chrono::hours(6));
}

TEST(Load, FindsDependenciesInWhatStepsRead) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const auto waits_for = [&](const std::string& pipeline, const std::string& step) {
    const Pipeline& declared = loaded.definition->pipelines.at(pipeline);
    std::vector<std::pair<std::string, Condition>> found;
    for (const Dependency& dependency : declared.find(step)->dependencies) {
      found.emplace_back(declared.steps[dependency.step].name, dependency.condition);
    }
    return found;
  };
  using Pair = std::pair<std::string, Condition>;
  EXPECT_THAT(waits_for("bike_training", "features"), IsEmpty());
  EXPECT_THAT(waits_for("bike_training", "train"),
              ElementsAre(Pair("features", Condition::succeeded)));
  EXPECT_THAT(
      waits_for("bike_training", "evaluate"),
      ElementsAre(Pair("features", Condition::succeeded), Pair("train", Condition::succeeded)));
  EXPECT_THAT(
      waits_for("bike_training", "confirm"),
      ElementsAre(Pair("features", Condition::evidence), Pair("train", Condition::succeeded),
                  Pair("evaluate", Condition::evidence)));
  EXPECT_THAT(waits_for("bike_forecast", "look"),
              ElementsAre(Pair("predict", Condition::succeeded)));
  EXPECT_THAT(waits_for("bike_forecast", "ready"),
              ElementsAre(Pair("release", Condition::approved)));
}

TEST(Load, ReadsTheTableThatAForeignKeyRefersTo) {
  const auto refers_to = [](const std::string& table) {
    return load({{"gossamer.yaml", "workspace: w"},
                 {"pipelines/p.yaml", fmt::format(R"(
pipeline: p
steps:
  sales:
    sql: select 'jp' as country
    checks: [ {{ foreign_key: {{ column: country, table: {}, references: code }} }} ]
  countries: {{ sql: select 'jp' as code, output: ref.countries }}
)",
                                                  table)}});
  };
  const Loaded loaded = refers_to("ref.countries");
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const Pipeline& declared = loaded.definition->pipelines.at("p");
  EXPECT_EQ(declared.steps[1].name, "sales");
  ASSERT_EQ(declared.steps[1].dependencies.size(), 1U);
  EXPECT_EQ(declared.steps[1].dependencies[0].step, 0U);
  EXPECT_THAT(described(refers_to("ref.cuntries")),
              HasSubstr("pipelines/p.yaml:6:30: step `sales` reads `ref.cuntries`: no step writes "
                        "it, no file declares it, and there is no such table (did you mean "
                        "`ref.countries`?)"));
}

TEST(Load, DerivesTablesFromTheirWriters) {
  const Loaded loaded = load(bikes());
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const Table& features = loaded.definition->tables.at("features.bike");
  EXPECT_THAT(features.partition_by, ElementsAre("week"));
  EXPECT_EQ(features.writer_pipeline, "bike_training");
  EXPECT_EQ(features.writer_step, "features");
  EXPECT_THAT(loaded.definition->tables.at("predictions.bike").partition_by, ElementsAre("day"));
}

TEST(Load, OrdersStepsByDependenciesAndElseAsDeclared) {
  const Loaded loaded = load({{"gossamer.yaml", "workspace: w"}, {"pipelines/p.yaml", R"(
pipeline: p
steps:
  last: { none: {}, after: [middle, second] }
  middle: { none: {}, after: first }
  first: { none: {} }
  second: { none: {} }
)"}});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  std::vector<std::string> order;
  for (const Step& step : loaded.definition->pipelines.at("p").steps)
    order.push_back(step.name);
  EXPECT_THAT(order, ElementsAre("first", "middle", "second", "last"));
}

TEST(Load, ADigestChangesWithWhatItCovers) {
  const auto digests = [](Files files) {
    const Loaded loaded = load(std::move(files));
    EXPECT_NE(loaded.definition, nullptr) << described(loaded);
    const Pipeline& training = loaded.definition->pipelines.at("bike_training");
    return std::vector<Digest>{loaded.definition->digest, training.digest,
                               training.find("train")->digest, training.find("features")->digest};
  };
  const auto before = digests(bikes());
  EXPECT_EQ(digests(bikes()), before);

  Files other_layout = bikes();
  other_layout["pipelines/training.yaml"].insert(0, "# a remark\n");
  const auto remarked = digests(other_layout);
  EXPECT_NE(remarked[0], before[0]);
  EXPECT_EQ(remarked[1], before[1]);

  Files windows = bikes();
  for (auto& [path, text] : windows) {
    std::string lines;
    for (const char c : text)
      lines += c == '\n' ? std::string("\r\n") : std::string(1, c);
    text = lines;
  }
  EXPECT_EQ(digests(windows), before);

  Files other_query = bikes();
  other_query["sql/features.sql"] += " and true";
  const auto changed = digests(other_query);
  EXPECT_NE(changed[1], before[1]);
  EXPECT_EQ(changed[2], before[2]);
  EXPECT_NE(changed[3], before[3]);
}

TEST(Load, AStoredDefinitionReadsBackToItself) {
  const Loaded first = load(bikes());
  ASSERT_NE(first.definition, nullptr) << described(first);
  const Loaded again = load(first.definition->files);
  ASSERT_NE(again.definition, nullptr) << described(again);
  EXPECT_EQ(again.definition->digest, first.definition->digest);
}

TEST(Load, WhatAStrayEditorLeftAtLineEndsReadsBackToItselfToo) {
  Files odd = bikes();
  auto& text = odd["pipelines/training.yaml"];
  text = "\xEF\xBB\xBF\xEF\xBB\xBF# both marks\r\r\n\r\r\n" + text;
  const Loaded first = load(odd);
  ASSERT_NE(first.definition, nullptr) << described(first);
  const Loaded again = load(first.definition->files);
  ASSERT_NE(again.definition, nullptr) << described(again);
  EXPECT_EQ(again.definition->digest, first.definition->digest);
}

TEST(Load, AnOverlayIsLaidOverAndStoredAlone) {
  Files files = bikes();
  files["gossamer.staging.yaml"] = "settings: { demand.horizon_days: { default: 3 } }\n";
  files["gossamer.production.yaml"] = "timezone: UTC\n";
  const Known known{{"raw.rentals", "raw.weather"}, {}};
  const Loaded staging = load_files(files, parse_naively, known, "staging");
  ASSERT_NE(staging.definition, nullptr) << described(staging);
  EXPECT_EQ(staging.definition->workspace.settings.at("demand.horizon_days").default_value, 3);
  EXPECT_EQ(staging.definition->workspace.timezone, "Asia/Tokyo");
  EXPECT_FALSE(staging.definition->files.contains("gossamer.production.yaml"));
  const Loaded again = load_files(staging.definition->files, parse_naively, known);
  ASSERT_NE(again.definition, nullptr) << described(again);
  EXPECT_EQ(again.definition->workspace.settings.at("demand.horizon_days").default_value, 3);

  const Loaded unknown = load_files(files, parse_naively, known, "stagign");
  EXPECT_THAT(described(unknown), HasSubstr("gossamer.stagign.yaml: there is no such file (did "
                                            "you mean `staging`?)"));
}

TEST(Load, ParsesEachDistinctQueryOnce) {
  Files files = bikes();
  files["sql/holdout.sql"] = files["sql/training.sql"];
  int calls = 0;
  const SqlParser counting = [&](std::string_view sql) {
    ++calls;
    return parse_naively(sql);
  };
  const Loaded loaded = load_files(files, counting, Known{{"raw.rentals", "raw.weather"}, {}});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  EXPECT_EQ(calls, 4);  // three files, and the query of a check
}

TEST(Load, TheExamplesAreRightAndCanBeCarriedOut) {
  const std::filesystem::path root = golden::folder().parent_path().parent_path() / "examples";
  for (const char* example : {"demand", "credit"}) {
    const Loaded loaded = load_workspace((root / example).string(), parse_naively, {});
    ASSERT_NE(loaded.definition, nullptr) << described(loaded);
    for (const Error& warning : loaded.warnings)
      ADD_FAILURE() << warning.describe();
    for (const Error& error : not_in_this_version(*loaded.definition)) {
      ADD_FAILURE() << error.describe();
    }
  }
}

TEST(Load, TwoOfTheGroupDecideOverTheCreditModel) {
  const std::filesystem::path root = golden::folder().parent_path().parent_path() / "examples";
  const Loaded loaded = load_workspace((root / "credit").string(), parse_naively, {});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const Step* confirm = loaded.definition->pipelines.at("credit_training").find("confirm");
  ASSERT_NE(confirm, nullptr);
  const auto& gate = std::get<ApprovalStep>(confirm->body);
  EXPECT_EQ(gate.approvers.count, 2);
  EXPECT_THAT(gate.approvers.exclude, ElementsAre(Exclusion::starter));
  const auto& inference = loaded.definition->pipelines.at("credit_inference");
  ASSERT_TRUE(inference.schedule.has_value());
  EXPECT_THAT(inference.schedule->when_finished, ElementsAre("credit_training"));
}

TEST(Load, AChainOfTenThousandStepsIsPutInOrder) {
  std::string steps = "pipeline: long\nsteps:\n";
  constexpr int size = 10'000;
  for (int step = 0; step < size; ++step) {
    // Declared backwards, so that nothing is in order already.
    steps += "  s" + std::to_string(step) + ": { none: {}";
    if (step + 1 < size) steps += ", after: s" + std::to_string(step + 1);
    steps += " }\n";
  }
  const Loaded loaded = load({{"gossamer.yaml", "workspace: w"}, {"pipelines/long.yaml", steps}});
  ASSERT_NE(loaded.definition, nullptr) << described(loaded);
  const Pipeline& pipeline = loaded.definition->pipelines.at("long");
  EXPECT_EQ(pipeline.steps.front().name, "s9999");
  EXPECT_EQ(pipeline.steps.back().name, "s0");
}

TEST(Load, AParserThatCannotBeReachedIsNoMistakeOfTheFile) {
  const SqlParser absent = [](std::string_view) -> Result<ParsedQuery> {
    return unavailable("the worker does not start");
  };
  const Loaded loaded = load_files(bikes(), absent, Known{{"raw.rentals", "raw.weather"}, {}});
  ASSERT_FALSE(loaded.errors.empty());
  for (const Error& error : loaded.errors)
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
}

TEST(Load, AParsersAnswerCrossesAsJsonWithItsPlace) {
  for (const std::string sql : {"select x from a, b where y = $z", "select a,\n from b", ""}) {
    const Result<ParsedQuery> answer = parse_naively(sql);
    const Result<ParsedQuery> again = parsed_query_from_json(to_json(answer));
    ASSERT_EQ(again.has_value(), answer.has_value()) << sql;
    if (answer) {
      EXPECT_EQ(again->tables, answer->tables);
      EXPECT_EQ(again->parameters, answer->parameters);
    } else {
      EXPECT_EQ(again.error().describe(), answer.error().describe());
    }
  }
}

TEST(Load, AMissingFolderIsSaid) {
  const Loaded loaded = load_workspace("/nowhere/at/all", parse_naively, {});
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(loaded.errors.front().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace gossamer::pipeline
