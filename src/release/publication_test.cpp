// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "release/publication.hpp"

namespace gossamer::release {
namespace {

using testing::HasSubstr;

AttemptId attempt() { return AttemptId::parse("att_0190a1b2-0000-7000-8000-000000000001").value(); }

PartitionContent content() {
  PartitionContent made;
  made.table = "raw.rentals";
  made.key = PartitionKey::parse("day=2026-11-22/shop=a%2Fb").value();
  made.attempt = attempt();
  made.files = {{.name = "part-1.parquet",
                 .bytes = 18446744073709551615U,
                 .rows = 10,
                 .digest = digest_of("one")},
                {.name = "part-2.parquet", .bytes = 7, .rows = 0, .digest = digest_of("two")}};
  made.schema = {{.name = "hour", .type = "TIMESTAMP WITH TIME ZONE"},
                 {.name = "cnt", .type = "INTEGER"}};
  made.facts = {{.name = "cnt", .nulls = 1, .minimum = 0, .maximum = 977.5},
                {.name = "hour", .nulls = 0, .minimum = nullptr, .maximum = "2026"}};
  made.rows = 10;
  made.checks = Json::array({{{"kind", "row_count"}, {"passed", true}}});
  made.digest = content_digest(made);
  return made;
}

TEST(ContentDigest, DependsOnTableKeySchemaAndFilesOnly) {
  const Digest before = content_digest(content());
  const auto changed = [&](const std::function<void(PartitionContent&)>& change) {
    PartitionContent other = content();
    change(other);
    return content_digest(other) != before;
  };
  EXPECT_TRUE(changed([](auto& it) { it.table = "raw.rental"; }));
  EXPECT_TRUE(changed([](auto& it) { it.key.pairs[0].second = "2026-11-23"; }));
  EXPECT_TRUE(changed([](auto& it) { it.schema[1].type = "BIGINT"; }));
  EXPECT_TRUE(changed([](auto& it) { it.schema.pop_back(); }));
  EXPECT_TRUE(changed([](auto& it) { it.files[0].digest = digest_of("three"); }));
  EXPECT_TRUE(changed([](auto& it) { std::swap(it.files[0], it.files[1]); }));

  EXPECT_FALSE(changed([](auto& it) { it.checks = nullptr; }));
  EXPECT_FALSE(changed([](auto& it) { it.files[0].name = "part-of-another-attempt.parquet"; }));
  EXPECT_FALSE(changed([](auto& it) {
    it.attempt = AttemptId::parse("att_0190a1b2-0000-7000-8000-000000000002").value();
  }));
}

TEST(ContentDigest, TellsColumnsApartWhoseNamesJoinToTheSameText) {
  PartitionContent left = content();
  left.schema = {{.name = "ab", .type = "c"}};
  PartitionContent right = content();
  right.schema = {{.name = "a", .type = "bc"}};
  EXPECT_NE(content_digest(left), content_digest(right));
}

TEST(PublicationJson, IsReadBackAsItWas) {
  const Publication current{
      .content = content(), .visibility = Visibility::current, .candidate = ""};
  const auto read = publication_from_json(to_json(current));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(current));
  EXPECT_EQ(read->content.files[0].bytes, 18446744073709551615U);
  EXPECT_EQ(read->content.key, current.content.key);
  EXPECT_EQ(content_digest(read->content), current.content.digest);

  const Publication held{
      .content = content(), .visibility = Visibility::candidate, .candidate = "bike_demand/8"};
  EXPECT_EQ(publication_from_json(to_json(held))->candidate, "bike_demand/8");
}

TEST(PublicationJson, RefusesACandidateWithoutNameAndANamedCurrentOne) {
  Json json = to_json(
      Publication{.content = content(), .visibility = Visibility::current, .candidate = ""});
  json["visibility"] = "candidate";
  EXPECT_THAT(publication_from_json(json).error().message, HasSubstr("candidate"));
  json["visibility"] = "current";
  json["candidate"] = "x";
  EXPECT_THAT(publication_from_json(json).error().message, HasSubstr("candidate"));
  json["visibility"] = "hidden";
  EXPECT_THAT(publication_from_json(json).error().message, HasSubstr("`hidden`"));
}

struct Damage {
  std::string what;
  std::function<void(Json&)> make;
};
class DamagedContent : public testing::TestWithParam<Damage> {};

TEST_P(DamagedContent, IsRefusedWithThePlace) {
  Json json = to_json(content());
  GetParam().make(json);
  const auto read = partition_content_from_json(json);
  ASSERT_FALSE(read) << json.dump();
  EXPECT_EQ(read.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(read.error().describe(), HasSubstr(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(
    Members, DamagedContent,
    testing::Values(Damage{"table", [](Json& it) { it.erase("table"); }},
                    Damage{"names no table", [](Json& it) { it["table"] = ""; }},
                    Damage{"partition", [](Json& it) { it["partition"] = "2026"; }},
                    Damage{"attempt", [](Json& it) { it["attempt"] = "run_1"; }},
                    Damage{"lists no file", [](Json& it) { it["files"] = Json::array(); }},
                    Damage{"files must be an array", [](Json& it) { it["files"] = "none"; }},
                    Damage{"files[1].bytes", [](Json& it) { it["files"][1]["bytes"] = -1; }},
                    Damage{"files[0].rows", [](Json& it) { it["files"][0]["rows"] = "many"; }},
                    Damage{"files[0].digest", [](Json& it) { it["files"][0]["digest"] = "md5:1"; }},
                    Damage{"schema[0].type", [](Json& it) { it["schema"][0].erase("type"); }},
                    Damage{"facts[0].nulls", [](Json& it) { it["facts"][0]["nulls"] = 1.5; }},
                    Damage{"rows", [](Json& it) { it["rows"] = -3; }},
                    Damage{"digest", [](Json& it) { it["digest"] = 5; }}));

TEST(PublicationJson, RefusesWhatIsNoObject) {
  for (const Json& json : {Json(nullptr), Json(3), Json::array(), Json("x")}) {
    EXPECT_FALSE(partition_content_from_json(json)) << json.dump();
    EXPECT_FALSE(publication_from_json(json)) << json.dump();
    EXPECT_FALSE(model_registration_from_json(json)) << json.dump();
  }
}

TEST(ModelRegistrationJson, IsReadBackAsItWas) {
  const ModelRegistration made{.model = "credit",
                               .version = 7,
                               .folder = "runs/x/model",
                               .digest = digest_of("m"),
                               .flavour = "xgboost",
                               .signature = {{"inputs", Json::array()}},
                               .facts = {{"rows", 3}},
                               .metrics = {{"auc", 0.75}}};
  const auto read = model_registration_from_json(to_json(made));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(made));
  Json negative = to_json(made);
  negative["version"] = -1;
  EXPECT_THAT(model_registration_from_json(negative).error().message, HasSubstr("negative"));
  negative["version"] = 3000000000;
  EXPECT_THAT(model_registration_from_json(negative).error().message, HasSubstr("version"));
}

}  // namespace
}  // namespace gossamer::release
