// SPDX-License-Identifier: Apache-2.0
// Two years of days are scored with one version of a model, then with another as candidates; both
// are compared, published in one switch and taken back, while somebody counts all the time.
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

// A sanitizer makes each run ten times slower: then the last month has to do.
#ifdef __has_feature
constexpr bool is_slow = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool is_slow = false;
#endif
constexpr const char* first_day = is_slow ? "2012-12-01" : "2011-01-01";
constexpr int days = is_slow ? 31 : 731;
constexpr int hours = is_slow ? 742 : 17'379;

class BikeDays : public TableWorkspace {
 protected:
  void SetUp() override {
    const auto file = real_data("bike_hourly.csv");
    if (file.empty()) {
      GTEST_SKIP() << "GOSSAMER_TEST_DATA is unset: no bike_hourly.csv to import";
    }
    write("gossamer.yaml", "workspace: bikes\ntimezone: Asia/Tokyo\n");
    write("tables/predictions.yaml",
          "table: predictions.bike\npartition_by: [day]\nunique: [hour]\n");
    write("sql/train.sql", "select * exclude (hour) from raw.bike");
    write("sql/to_score.sql", "select * exclude (cnt) from raw.bike where hour::date = $partition");
    write("pipelines/forecast.yaml",
          "pipeline: forecast\n"
          "partitions: { every: day, timezone: Asia/Tokyo, start: 2011-01-01 }\n"
          "steps:\n"
          "  predict:\n"
          "    predict: { model: demand@champion, data: sql/to_score.sql }\n"
          "    output: predictions.bike\n");
    const auto imported =
        import("raw.bike", file,
               {"--select",
                "dteday + hr * interval 1 hour as hour, hr, temp, hum, windspeed, workingday, cnt "
                "from input"});
    ASSERT_EQ(imported.exit_code, 0) << imported.err;
    train_two("demand", "cnt", 5, 60);
  }

  // Plans so many days and does them.
  void backfill(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"backfills", "plan", "forecast",  "--from",
                                       first_day,   "--to", "2012-12-31"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto plan = answer(std::move(arguments));
    ASSERT_EQ(plan.at("partitions"), days);
    const auto done = run({"backfills", "start", plan.at("plan").get<std::string>()});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  // What a reader sees: hours, different hours, and the versions that made them.
  [[nodiscard]] Json counted() const { return counted_by(program_); }
  // Two threads each need a program of their own.
  [[nodiscard]] Json counted_by(const Program& program) const {
    const auto ran = program.run(
        {"query",
         "select count(*) as n, count(distinct hour) as hours, count(distinct day) as days, "
         "min(model_version) as low, max(model_version) as high from predictions.bike",
         "-o", "json"},
        workspace_);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.json();
  }
  [[nodiscard]] static Json all_with(int version) {
    return Json::array(
        {{{"n", hours}, {"hours", hours}, {"days", days}, {"low", version}, {"high", version}}});
  }
};

// Counts until it is stopped; every count is all days of the one version or all of the other.
class Counting {
 public:
  explicit Counting(std::function<Json()> count) : count_(std::move(count)) {
    thread_ = std::thread([this] {
      while (!is_over_) {
        seen_.insert(count_().dump());
        ++counts_;
        counts_.notify_all();
      }
    });
  }
  ~Counting() { stop(); }
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;

  const std::set<std::string>& stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
    return seen_;
  }
  // Goes on after so many more counts have ended.
  void await(int counts) const {
    const int until = counts_ + counts;
    for (int seen = counts_; seen < until; seen = counts_)
      counts_.wait(seen);
  }

 private:
  std::function<Json()> count_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> counts_ = 0;
  std::set<std::string> seen_;
  std::thread thread_;
};

TEST_F(BikeDays, AreScoredTwiceComparedPublishedAndTakenBackWhileSomebodyCounts) {
  backfill({});
  EXPECT_EQ(counted(), all_with(1));
  const Program other;
  Counting reader([&] { return counted_by(other); });
  backfill({"--model", "demand/2"});

  const auto compared =
      answer({"tables", "compare", "predictions.bike", "demand/2", "--labels", "raw.bike:cnt"});
  ASSERT_EQ(compared.size(), days + 1U);
  const auto& all = compared[days];
  for (const char* count : {"rows", "current_rows", "candidate_rows", "labelled"})
    EXPECT_EQ(all.at(count), hours) << count;
  EXPECT_LT(all.at("candidate_rmse"), all.at("current_rmse"));

  reader.await(1);
  const auto published = answer({"tables", "publish", "predictions.bike", "demand/2"});
  EXPECT_FALSE(published.at("switch").get<std::string>().empty());
  reader.await(2);
  EXPECT_EQ(counted(), all_with(2));
  EXPECT_EQ(answer({"tables", "history", "predictions.bike"})[0].at("replaced"), days);
  EXPECT_FALSE(answer({"tables", "rollback", "predictions.bike"}).empty());
  reader.await(2);
  EXPECT_EQ(counted(), all_with(1));
  EXPECT_EQ(reader.stop(), (std::set<std::string>{all_with(1).dump(), all_with(2).dump()}));
  // Outsiders see one version of each day again, too.
  EXPECT_EQ(shown("predictions.bike").size(), static_cast<std::size_t>(days));
  EXPECT_EQ(shown(fmt::format("predictions.bike/day={}", first_day)).size(), 1U);
  EXPECT_EQ(shown("predictions.bike/day=2012-12-31").size(), 1U);
}

}  // namespace
}  // namespace gossamer::test
