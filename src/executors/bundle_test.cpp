// SPDX-License-Identifier: Apache-2.0
#include "executors/bundle.hpp"

#include <gtest/gtest.h>

namespace gossamer::executors {
namespace {

Job gate_job() {
  Job job;
  job.pipeline = "training";
  job.step = "confirm";
  job.spec = {{"title", "Use it?"},
              {"evidence", {"evaluate", "features"}},
              {"on_approved",
               {{"aliases", {{{"model", "m"}, {"alias", "champion"}, {"version", "m/4"}}}},
                {"settings", {{"horizon", 7}}},
                {"publish", Json::array()}}}};
  job.facts = {{"partition", "week=2026-11-16"}, {"starter", "ana"},
               {"params", Json::object()},       {"aliases", {{"m@champion", 3}}},
               {"settings", {{"horizon", 5}}},   {"history", Json::array()}};
  job.upstream["evaluate"] = {
      {"kind", "evaluate"},
      {"rows", 10},
      {"report",
       {{"model", "m/4"},
        {"against", "m/3"},
        {"rows", 10},
        {"metrics", {{{"name", "rmse"}, {"old", 2.0}, {"new", 1.5}, {"better", true}}}},
        {"criteria", {{{"metric", "rmse"}, {"text", "at most 3"}, {"verdict", "met"}}}}}}};
  job.upstream["features"] = {{"kind", "sql"},
                              {"rows", 100},
                              {"publications",
                               {{{"content",
                                  {{"table", "features.bike"},
                                   {"checks", {{{"kind", "row_count"}, {"passed", true}}}}}}}}}};
  return job;
}

TEST(Evidence, ShowsFiguresDataAndWhatAnApprovalChanges) {
  const auto evidence =
      evidence_of(gate_job(), {{"features", {{"columns", {"a"}}, {"rows", {{1}, {2}}}}}});
  ASSERT_TRUE(evidence) << evidence.error().describe();
  EXPECT_EQ(evidence->at("schema"), 1);
  EXPECT_EQ(evidence->at("figures")[0].at("against"), "m/3");
  EXPECT_EQ(evidence->at("data")[0].at("table"), "features.bike");
  EXPECT_EQ(evidence->at("data")[0].at("sample").at("rows").size(), 2U);
  EXPECT_EQ(evidence->at("configuration"),
            (Json{{{"what", "m@champion"}, {"old", "m/3"}, {"new", "m/4"}},
                  {{"what", "horizon"}, {"old", 5}, {"new", 7}}}));
  EXPECT_FALSE(criteria_failed(*evidence));
}

TEST(Evidence, NoticesACriterionThatFailed) {
  auto job = gate_job();
  job.upstream["evaluate"]["report"]["criteria"][0]["verdict"] = "failed";
  const auto evidence = evidence_of(job, Json::object());
  ASSERT_TRUE(evidence);
  EXPECT_TRUE(criteria_failed(*evidence));
}

TEST(Evidence, RefusesAStepWhoseResultIsMissing) {
  auto job = gate_job();
  job.upstream.erase("features");
  const auto evidence = evidence_of(job, Json::object());
  ASSERT_FALSE(evidence);
  EXPECT_EQ(evidence.error().kind, ErrorKind::bug);
}

struct Sealed {
  TemporaryFolder folder = *TemporaryFolder::make();
  fs::path root = folder.path() / "evidence";

  Result<Digest> seal(const Json& evidence, std::string_view samples) const {
    const auto draft = folder.path() / "draft";
    TRY(make_folders(draft));
    TRY(write_file_durably(draft / "samples.parquet", samples));
    return seal_bundle(draft, evidence, root);
  }
};

TEST(Bundle, ReadsBackWhatWasSealedAndIsTheSameForTheSameContent) {
  const Sealed sealed;
  const auto first = sealed.seal({{"a", 1}}, "rows");
  const auto again = sealed.seal({{"a", 1}}, "rows");
  const auto other = sealed.seal({{"a", 1}}, "other rows");
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
  const auto read = read_bundle(sealed.root, *first);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(*read, (Json{{"a", 1}}));
}

TEST(Bundle, RefusesToShowWhatWasChangedAfterwards) {
  for (const auto* file : {"evidence.json", "samples.parquet"}) {
    const Sealed sealed;
    const auto digest = sealed.seal({{"rmse", 40}}, "rows");
    ASSERT_TRUE(digest);
    const auto path = sealed.root / std::string(digest->hex()) / file;
    ASSERT_TRUE(write_file_durably(path, R"({"rmse":10})"));
    const auto read = read_bundle(sealed.root, *digest);
    ASSERT_FALSE(read) << file;
    EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
    EXPECT_NE(read.error().message.find("was changed since it was sealed"), std::string::npos);
  }
}

TEST(Bundle, SaysWhichOneIsMissing) {
  const Sealed sealed;
  const auto read = read_bundle(sealed.root, digest_of(std::string_view("x")));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace gossamer::executors
