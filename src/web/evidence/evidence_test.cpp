// SPDX-License-Identifier: Apache-2.0
#include "web/evidence/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/evidence/picture.hpp"

namespace gossamer::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

approval::Gate a_gate() {
  approval::Gate gate;
  gate.question = "Use <b>it</b>?";
  gate.pipeline = "training";
  gate.partition = "week=2026-11-16";
  gate.step = "confirm";
  return gate;
}

Json criterion(const char* metric, const char* verdict) {
  return {{"metric", metric}, {"text", "at most 60"}, {"verdict", verdict}};
}

Json an_evidence(Json criteria, Json against = "m/3") {
  return {{"schema", 1},
          {"figures",
           {{{"step", "evaluate"},
             {"model", "m/4"},
             {"against", std::move(against)},
             {"rows", 1234},
             {"metrics", {{{"name", "rmse"}, {"old", 50.0}, {"new", 40.0}, {"better", "less"}}}},
             {"criteria", std::move(criteria)}}}},
          {"configuration", {{{"what", "m@champion"}, {"old", "3"}, {"new", "m/4"}}}}};
}

TEST(EvidenceText, ShowsFiguresOldAgainstNewAndWhatChanges) {
  const auto text = evidence_text(a_gate(), an_evidence(Json::array({criterion("rmse", "met")})));
  EXPECT_THAT(text, HasSubstr("1 of 1 criteria met"));
  EXPECT_THAT(text, HasSubstr("m/4 against m/3, 1,234 rows"));
  EXPECT_THAT(text, HasSubstr("-10 (-20.0%)"));
  EXPECT_THAT(text, HasSubstr("met: at most 60"));
  EXPECT_THAT(text, HasSubstr("m@champion: 3 -> m/4"));
}

TEST(EvidenceHtml, EscapesWhatPeopleAndDataSay) {
  auto evidence = an_evidence(Json::array());
  evidence["data"] = {{{"step", "<script>alert(1)</script>"},
                       {"rows", 1},
                       {"sample", {{"columns", {"a\"b"}}, {"rows", {{"<img src=x>"}}}}}}};
  const auto page = evidence_html(a_gate(), evidence);
  EXPECT_THAT(page, HasSubstr("Use &lt;b&gt;it&lt;/b&gt;?"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("a&quot;b"));
}

TEST(EvidenceHtml, MarksWhatIsBetterAndWhatIsWorse) {
  auto evidence = an_evidence(Json::array({criterion("rmse", "met"), criterion("r2", "failed")}));
  auto& metrics = evidence["figures"][0]["metrics"];
  metrics.push_back({{"name", "r2"}, {"old", 0.9}, {"new", 0.8}, {"better", "more"}});
  metrics.push_back({{"name", "mae"}, {"old", 3}, {"new", 3}, {"better", "less"}});
  const auto page = evidence_html(a_gate(), evidence);
  EXPECT_THAT(page, HasSubstr("<td class=\"n good\">-10 (-20.0%)"));
  EXPECT_THAT(page, HasSubstr("<td class=\"n bad\">-0.1 (-11.1%)"));
  EXPECT_THAT(page, HasSubstr("<td class=\"n \">none"));
  EXPECT_THAT(page, HasSubstr("<div class=\"good\">&#10003; met: at most 60"));
  EXPECT_THAT(page, HasSubstr("<div class=\"bad\">&#10005; failed: at most 60"));
}

TEST(EvidenceHtml, LeavesWhatThePageAroundItShows) {
  const auto page = evidence_html(a_gate(), an_evidence(Json::array()), Framing::inside);
  EXPECT_THAT(page, Not(HasSubstr("<h1>")));
  EXPECT_THAT(page, Not(HasSubstr("History")));
  EXPECT_THAT(page, HasSubstr("m@champion"));
}

TEST(EvidenceHtml, AsksNoOtherPlaceForAnything) {
  const auto page = evidence_html(a_gate(), an_evidence(Json::array()));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, HasSubstr("--accent"));  // the style sheet is inside
}

TEST(EvidenceHtml, LivesWithMissingParts) {
  EXPECT_THAT(evidence_html(a_gate(), Json::object()), HasSubstr("no criteria were declared"));
  EXPECT_THAT(evidence_text(a_gate(), Json::object()), HasSubstr("nothing but the run's way"));
}

TEST(Criteria, PutTheFailedOnesFirst) {
  const auto line = criteria_line(
      an_evidence(Json::array({criterion("rmse", "failed"), criterion("mae", "met")})));
  EXPECT_EQ(line.mark, CriteriaLine::Mark::bad);
  EXPECT_EQ(line.text, "1 of 2 criteria NOT met: rmse at most 60");
}

TEST(Criteria, SayThatAFirstVersionHasNothingToCompareWith) {
  const auto line = criteria_line(an_evidence(
      Json::array({criterion("rmse", "met"), criterion("rmse", "no comparison")}), nullptr));
  EXPECT_EQ(line.mark, CriteriaLine::Mark::good);
  EXPECT_EQ(line.text, "1 of 2 criteria met; first version: nothing to compare with");
}

Json a_distribution() {
  return {{"title", "score"},
          {"unit", "bikes"},
          {"edges", {0.0, 10.0, 20.0}},
          {"old", {3, 1}},
          {"new", {30, 30}}};
}

TEST(Picture, ComparesSharesSoThatSampleSizesDoNotMatter) {
  const auto svg = histogram_svg(a_distribution());
  // The highest share is the old 75 %; the new counts are ten times as many, yet 50 % each.
  EXPECT_THAT(svg, HasSubstr(">75%<"));
  EXPECT_THAT(svg, HasSubstr(">bikes<"));
  EXPECT_THAT(svg, HasSubstr("class=\"old\""));
}

Json a_curve() {
  return Json::parse(R"({"title": "Lift", "x": "share of rows", "y": "times <chance>",
                         "reference": [[0, 1], [1, 1]], "new": [[0.1, 4], [1, 1]],
                         "old": [[0.1, 2], [0.5, "x"], [1, 1]]})");
}

TEST(Picture, DrawsCurvesUpToTheirHighestPointWithNamedAxes) {
  const auto svg = curve_svg(a_curve());
  EXPECT_THAT(svg, HasSubstr(">share of rows<"));
  EXPECT_THAT(svg, HasSubstr(">times &lt;chance&gt;<"));
  EXPECT_THAT(svg, HasSubstr(">4<")) << "the highest tick";
  EXPECT_THAT(svg, HasSubstr("class=\"line reference\""));
  EXPECT_THAT(svg, HasSubstr("class=\"line before\""));
  EXPECT_THAT(svg, HasSubstr("class=\"line now\""));
  // Four good points are marked; the odd one is left out.
  std::size_t marks = 0;
  for (std::size_t at = svg.find("<circle"); at != svg.npos; at = svg.find("<circle", at + 1))
    ++marks;
  EXPECT_EQ(marks, 4U);
}

TEST(Picture, ACurveNeedsSomethingNew) {
  auto curve = a_curve();
  curve["new"] = nullptr;
  EXPECT_EQ(curve_svg(curve), "");
  curve = a_curve();
  curve["old"] = nullptr;
  EXPECT_THAT(curve_svg(curve), Not(HasSubstr("before")));
}

TEST(EvidenceHtml, ShowsCurvesAndWhatDrivesThePredictions) {
  auto evidence = an_evidence(Json::array());
  evidence["curves"] = Json::array({a_curve()});
  evidence["drivers"] = Json::parse(
      R"([{"step": "evaluate", "model": "m/4",
           "features": [{"feature": "age", "new": 0.25, "old": null, "rows": 200}]}])");
  const auto page = evidence_html(a_gate(), evidence);
  EXPECT_THAT(page, HasSubstr("aria-label=\"Lift\""));
  EXPECT_THAT(page, HasSubstr("What drives the predictions of m/4"));
  EXPECT_THAT(page, HasSubstr("<td>age</td><td class=\"n\">-</td><td class=\"n\">0.25</td>"));
}

TEST(Picture, IsEmptyWhereThereIsNothingToShow) {
  auto empty = a_distribution();
  empty["new"] = {0, 0};
  empty["old"] = nullptr;
  EXPECT_EQ(histogram_svg(empty), "");
  auto ragged = a_distribution();
  ragged["edges"] = {0.0, 1.0};
  EXPECT_EQ(histogram_svg(ragged), "");
}

}  // namespace
}  // namespace gossamer::web
