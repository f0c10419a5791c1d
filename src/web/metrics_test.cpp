// SPDX-License-Identifier: Apache-2.0
#include "web/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountsByLabels) {
  Metrics metrics;
  metrics.count("gossamer_runs_finished_total", {{"pipeline", "a"}, {"state", "failed"}});
  metrics.count("gossamer_runs_finished_total", {{"pipeline", "a"}, {"state", "failed"}});
  metrics.count("gossamer_runs_finished_total", {{"pipeline", "b"}, {"state", "succeeded"}});
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE gossamer_runs_finished_total counter\n"
                              "gossamer_runs_finished_total{pipeline=\"a\",state=\"failed\"} 2\n"
                              "gossamer_runs_finished_total{pipeline=\"b\",state=\"succeeded\"} "
                              "1\n"));
}

TEST(Metrics, BucketsCountAllThatIsNotLonger) {
  Metrics metrics;
  for (const auto took : {Duration(std::chrono::milliseconds(1)),
                          Duration(std::chrono::milliseconds(2)), Duration(std::chrono::days(2))}) {
    metrics.observe("gossamer_run_seconds", {}, took);
  }
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("gossamer_run_seconds_bucket{le=\"0.001\"} 1\n"
                              "gossamer_run_seconds_bucket{le=\"0.005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("gossamer_run_seconds_bucket{le=\"86400\"} 2\n"
                              "gossamer_run_seconds_bucket{le=\"+Inf\"} 3\n"
                              "gossamer_run_seconds_sum 172800.003\n"
                              "gossamer_run_seconds_count 3\n"));
}

TEST(Metrics, EscapesLabels) {
  Metrics metrics;
  metrics.count("gossamer_attempts_total", {{"kind", "a\"b\\c\nd"}});
  EXPECT_THAT(metrics.text(), HasSubstr(R"(kind="a\"b\\c\nd"} 1)"));
}

TEST(Metrics, KeepsAtMostSoManySeries) {
  Metrics metrics;
  for (std::size_t at = 0; at < Metrics::series_max + 3; ++at)
    metrics.count("gossamer_attempts_total", {{"kind", std::to_string(at)}});
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("gossamer_series_left_out_total 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("kind=\"2001\"")));
}

}  // namespace
}  // namespace gossamer::web
