// SPDX-License-Identifier: Apache-2.0
#include "executors/prepare.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/json.hpp"
#include "executors/prepare_views.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;
using orchestration::StepResult;
using orchestration::Window;
using release::PartitionContent;
using release::PartitionKey;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

AttemptId attempt(int number) {
  return *AttemptId::parse(fmt::format("att_019abcde-0000-7000-8000-{:012}", number));
}

PartitionContent content(const std::string& table, const std::string& key, int number) {
  PartitionContent out;
  out.table = table;
  out.key = *PartitionKey::parse(key);
  out.attempt = attempt(number);
  out.files = {{fmt::format("part-{}.parquet", number), 1, 1, {}}};
  out.schema = {{"x", "BIGINT"}};
  return out;
}

class FixedCatalog final : public warehouse::CatalogStore {
 public:
  std::map<std::string, std::vector<PartitionContent>> known_tables;
  mutable std::vector<std::uint64_t> asked_versions;

  Result<std::uint64_t> version() const override { return 7; }
  Result<std::uint64_t> version_at(Instant) const override { return 7; }
  Result<std::vector<warehouse::TableEntry>> tables() const override {
    return std::vector<warehouse::TableEntry>{};
  }
  Result<warehouse::TableEntry> find_table(const std::string& table) const override {
    const auto found = known_tables.find(table);
    if (found == known_tables.end()) return not_found("no table " + table);
    warehouse::TableEntry entry;
    entry.name = table;
    entry.schema = {{"x", "BIGINT"}};
    entry.key_columns = {"day"};
    return entry;
  }
  Result<warehouse::Snapshot> snapshot(const std::string& table,
                                       std::uint64_t version) const override {
    asked_versions.push_back(version);
    const auto found = known_tables.find(table);
    if (found == known_tables.end()) return not_found("no table " + table);
    return warehouse::Snapshot{table, version, found->second};
  }
  Result<std::optional<PartitionContent>> current(const std::string&,
                                                  const PartitionKey&) const override {
    return std::nullopt;
  }
  Result<std::vector<warehouse::ContentEntry>> contents(const std::string&) const override {
    return std::vector<warehouse::ContentEntry>{};
  }
  Result<std::uint64_t> publish(const std::vector<release::Publication>&,
                                const std::vector<std::optional<AttemptId>>&, const std::string&,
                                Instant) override {
    return bug("a preparation publishes nothing");
  }
  Result<void> forget(const std::vector<AttemptId>&) override { return {}; }
  Result<std::vector<AttemptId>> needed(Instant, const warehouse::KeepRules&) const override {
    return std::vector<AttemptId>{};
  }
};

class FixedModels final : public models::ModelStore {
 public:
  Result<std::vector<models::Version>> list(const std::string&) const override {
    return std::vector<models::Version>{};
  }
  Result<models::Version> find(const std::string& model, int version) const override {
    if (model != "m" || version > 3) return not_found("no such version");
    models::Version out;
    out.registration.model = model;
    out.registration.version = version;
    out.registration.folder = fmt::format("models/m/{}", version);
    return out;
  }
  Result<models::Version> resolve(const models::Name& name) const override {
    return not_found("model 'm' has no alias '" + name.alias + "'");
  }
  Result<std::vector<models::Scored>> scored_by(const std::string&, int) const override {
    return std::vector<models::Scored>{};
  }
};

class PrepareTest : public ::testing::Test {
 protected:
  PrepareTest() {
    pipeline_.name = "p";
    pipeline_.partitions.calendar =
        pipeline::CalendarDimension{pipeline::Every::day, "UTC", "2011-01-01"};
    pipeline_.steps.resize(2);
    pipeline_.steps[0].name = "first";
    pipeline_.steps[1].name = "second";
    pipeline_.steps[1].kind = pipeline::StepKind::sql;
    order_.attempt = attempt(100);
    order_.run = *RunId::parse("run_019abcde-0000-7000-8000-000000000009");
    order_.step = 1;
    order_.partition = *PartitionKey::parse("day=2011-01-05");
    order_.slice =
        Window{*parse_instant("2011-01-05T00:00:00Z"), *parse_instant("2011-01-06T00:00:00Z")};
    order_.window =
        Window{*parse_instant("2011-01-04T00:00:00Z"), *parse_instant("2011-01-05T00:00:00Z")};
    order_.pins.catalog = 42;
    reads({});
  }

  void reads(const std::vector<std::string>& tables) {
    order_.spec = {{"query", {{"text", "..."}, {"tables", tables}, {"models", Json::array()}}}};
  }
  pipeline::Input& input(const std::string& name, const std::string& table) {
    pipeline::Input& input = pipeline_.inputs[name];
    input.name = name;
    input.table = table;
    return input;
  }
  void writes(const std::string& table) {
    pipeline_.steps[1].output = pipeline::Output{table, pipeline::ReleaseMode::automatic, {}};
  }
  void own_table(const std::string& table) {
    pipeline::Table& declared = definition_.tables[table];
    declared.name = table;
    declared.writer_pipeline = "p";
  }
  void published(const std::string& step, PartitionContent content,
                 release::Visibility visibility = release::Visibility::current) {
    auto result = std::make_shared<StepResult>();
    result->publications.push_back({std::move(content), visibility, ""});
    order_.upstream[step] = result;
  }
  Result<Job> make() {
    definition_.pipelines["p"] = pipeline_;
    order_.pipeline = std::make_shared<pipeline::Pipeline>(pipeline_);
    order_.definition = std::make_shared<pipeline::Definition>(definition_);
    return JobMaker(catalog_, models_, {"/w", "/w/.gossamer", "/w/warehouse"}, {}).make(order_);
  }
  // The names of the files behind the only view.
  std::vector<std::string> files() {
    const auto job = make();
    EXPECT_TRUE(job) << job.error().describe();
    if (!job || job->views.size() != 1) return {"<not one view>"};
    std::vector<std::string> names;
    for (const InputFile& file : job->views[0].files) {
      names.push_back(fs::path(file.path).filename());
    }
    std::ranges::sort(names);
    return names;
  }

  pipeline::Pipeline pipeline_;
  pipeline::Definition definition_;
  AttemptOrder order_;
  FixedCatalog catalog_;
  FixedModels models_;
};

TEST_F(PrepareTest, AStepsNameIsExactlyWhatItPublishedInThisRun) {
  catalog_.known_tables["t"] = {content("t", "day=2011-01-04", 1)};
  published("first", content("t", "day=2011-01-05", 2), release::Visibility::candidate);
  reads({"first"});
  EXPECT_THAT(files(), ElementsAre("part-2.parquet"));
  const auto job = make();
  EXPECT_TRUE(job->views[0].key_columns.empty());
  EXPECT_EQ(
      job->views[0].files[0].path,
      fmt::format("/w/warehouse/.data/t/{}/day=2011-01-05/part-2.parquet", attempt(2).value()));
}

TEST_F(PrepareTest, ATablesNameIsAllOfItAsOfTheRunsVersionWithTheRunsOwnWorkLaidOver) {
  catalog_.known_tables["t"] = {content("t", "day=2011-01-04", 1),
                                content("t", "day=2011-01-05", 2)};
  published("first", content("t", "day=2011-01-05", 3));
  reads({"t"});
  EXPECT_THAT(files(), ElementsAre("part-1.parquet", "part-3.parquet"));
  EXPECT_THAT(catalog_.asked_versions, ElementsAre(42));
  EXPECT_EQ(make()->views[0].key_columns, (std::vector<release::ColumnSchema>{{"day", "DATE"}}));
}

TEST_F(PrepareTest, AKeyIsATimeWhereAllItsValuesAre) {
  const auto type_of = [&](const std::string& column, const std::vector<std::string>& values) {
    std::vector<PartitionKey> keys;
    for (const auto& value : values)
      keys.push_back({{{column, value}}});
    return key_column(nullptr, column, keys).type;
  };
  EXPECT_EQ(type_of("hour", {"2026-11-22T04", "2026-11-22T23"}), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(type_of("hour", {"2026-11-22T04", "24"}), "VARCHAR");
  EXPECT_EQ(type_of("hour", {"2026-11-22T24"}), "VARCHAR");
  EXPECT_EQ(type_of("month", {"2026-11-01"}), "DATE");
  EXPECT_EQ(type_of("day", {"mon", "tue"}), "VARCHAR");
  EXPECT_EQ(type_of("country", {"2026-11-01"}), "VARCHAR");
}

TEST_F(PrepareTest, AHeldCandidateIsNotInTheTable) {
  catalog_.known_tables["t"] = {content("t", "day=2011-01-05", 2)};
  published("first", content("t", "day=2011-01-05", 3), release::Visibility::candidate);
  reads({"t"});
  EXPECT_THAT(files(), ElementsAre("part-2.parquet"));
}

TEST_F(PrepareTest, ASourceIsCutByTheWindow) {
  catalog_.known_tables["raw"] = {content("raw", "day=2011-01-04", 1)};
  input("source", "raw").time_column = "at";
  reads({"source"});
  auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->views[0].time_column, "at");
  EXPECT_EQ(job->views[0].from, order_.window->start);
  EXPECT_EQ(job->views[0].until, order_.window->end);
  pipeline_.inputs["source"].rows = pipeline::InputRows::until_window_end;
  job = make();
  EXPECT_FALSE(job->views[0].from);
  EXPECT_EQ(job->views[0].until, order_.window->end);
  pipeline_.inputs["source"].rows = pipeline::InputRows::all;
  job = make();
  EXPECT_FALSE(job->views[0].from);
  EXPECT_FALSE(job->views[0].until);
}

TEST_F(PrepareTest, AnInputsOwnLagMovesItsWindow) {
  catalog_.known_tables["raw"] = {content("raw", "day=2011-01-04", 1)};
  input("source", "raw").time_column = "at";
  pipeline_.inputs["source"].lag = std::chrono::hours(48);
  reads({"source"});
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->views[0].until, *parse_instant("2011-01-04T00:00:00Z"));
}

TEST_F(PrepareTest, OneOfOurOwnTablesIsReadAtTheMappedPartitions) {
  own_table("t");
  for (int day = 1; day <= 6; ++day) {
    catalog_.known_tables["t"].push_back(content("t", fmt::format("day=2011-01-{:02}", day), day));
  }
  pipeline::Input& mapped = input("ours", "t");
  reads({"ours"});
  EXPECT_THAT(files(), ElementsAre("part-5.parquet"));
  mapped.partition = pipeline::PreviousPartition{};
  EXPECT_THAT(files(), ElementsAre("part-4.parquet"));
  mapped.partition = pipeline::LastPartitions{3};
  EXPECT_THAT(files(), ElementsAre("part-3.parquet", "part-4.parquet", "part-5.parquet"));
  mapped.partition = pipeline::AllPartitions{};
  EXPECT_EQ(files().size(), 6U);
}

TEST_F(PrepareTest, ATableOfLongerSlicesIsReadWhereTheyShareTime) {
  own_table("weekly");
  definition_.tables["weekly"].writer_pipeline = "w";
  pipeline::Pipeline weekly;
  weekly.name = "w";
  weekly.partitions.calendar =
      pipeline::CalendarDimension{pipeline::Every::week, "UTC", "2010-12-27"};
  definition_.pipelines["w"] = weekly;
  catalog_.known_tables["weekly"] = {content("weekly", "week=2010-12-27", 1),
                                     content("weekly", "week=2011-01-03", 2)};
  input("week", "weekly");
  reads({"week"});
  EXPECT_THAT(files(), ElementsAre("part-2.parquet"));
}

TEST_F(PrepareTest, ATableThatNobodyKnowsIsNamed) {
  reads({"nowhere"});
  const auto job = make();
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().kind, ErrorKind::not_found);
  EXPECT_THAT(job.error().message, HasSubstr("'nowhere' has no content yet"));
}

TEST_F(PrepareTest, ADeclaredTableWithoutContentIsEmpty) {
  definition_.tables["t"].columns = {{"x", "BIGINT", false}};
  definition_.tables["t"].partition_by = {"day"};
  reads({"t"});
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_TRUE(job->views[0].files.empty());
  EXPECT_EQ(job->views[0].columns, (std::vector<release::ColumnSchema>{{"x", "BIGINT"}}));
}

TEST_F(PrepareTest, AnInstancesValueIsAKeyOfItsOutputAndAParameter) {
  writes("t");
  pipeline_.steps[1].foreach = pipeline::ForEach{"country", {"jp", "us"}, {}};
  order_.each = "jp";
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->output->key.text(), "day=2011-01-05/country=jp");
  EXPECT_EQ(job->output->visibility, release::Visibility::current);
  EXPECT_EQ(job->parameters["country"], Json({{"type", "VARCHAR"}, {"value", "jp"}}));
}

TEST_F(PrepareTest, AHeldOutputIsACandidateOfTheRun) {
  writes("t");
  pipeline_.steps[1].output->release = pipeline::ReleaseMode::manual;
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->output->visibility, release::Visibility::candidate);
  EXPECT_EQ(job->output->candidate, order_.run.value());
}

TEST_F(PrepareTest, AKeyThatTheRunDoesNotHaveIsInvalidInput) {
  writes("t");
  definition_.tables["t"].name = "t";
  definition_.tables["t"].partition_by = {"day", "country"};
  const auto job = make();
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(job.error().message, HasSubstr("'country'"));
}

TEST_F(PrepareTest, ParametersHaveTypes) {
  pipeline_.parameters["days"] = {"integer", 7, {}, {}, {}, ""};
  pipeline_.parameters["rate"] = {"number", 0.5, {}, {}, {}, ""};
  order_.params = {{"days", 14}};
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->parameters["days"], Json({{"type", "BIGINT"}, {"value", 14}}));
  EXPECT_EQ(job->parameters["rate"], Json({{"type", "DOUBLE"}, {"value", 0.5}}));
  EXPECT_EQ(job->parameters["partition"], Json({{"type", "DATE"}, {"value", "2011-01-05"}}));
  EXPECT_EQ(job->parameters["window_start"],
            Json({{"type", "TIMESTAMPTZ"}, {"value", "2011-01-04T00:00:00.000000Z"}}));
}

// --- Models -----------------------------------------------------------------------------------

TEST_F(PrepareTest, AnAliasIsTheVersionThatWasPinned) {
  order_.spec["query"]["models"] = {"m@champion"};
  order_.step_pins = {{"m@champion", 2}};
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  ASSERT_EQ(job->models.size(), 1U);
  EXPECT_EQ(job->models[0].reference, "m@champion");
  EXPECT_EQ(job->models[0].version, 2);
  EXPECT_EQ(job->models[0].folder, "/w/.gossamer/models/m/2");
}

TEST_F(PrepareTest, AnAliasThatDoesNotExistIsNotFoundWhereItIsNeeded) {
  pipeline_.steps[1].kind = pipeline::StepKind::predict;
  order_.spec = {{"model", "m@champion"}};
  order_.step_pins = {{"m@champion", nullptr}};
  const auto job = make();
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().kind, ErrorKind::not_found);
  EXPECT_THAT(job.error().message, HasSubstr("champion"));
}

TEST_F(PrepareTest, ThereMayBeNothingToCompareWith) {
  pipeline_.steps[1].kind = pipeline::StepKind::evaluate;
  order_.spec = {{"model", "m/3"}, {"against", "m@champion"}};
  order_.step_pins = {{"m@champion", nullptr}};
  const auto job = make();
  ASSERT_TRUE(job) << job.error().describe();
  ASSERT_EQ(job->models.size(), 1U);
  EXPECT_EQ(job->models[0].version, 3);
}

}  // namespace
}  // namespace gossamer::executors
