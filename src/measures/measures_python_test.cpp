// SPDX-License-Identifier: Apache-2.0
// Every measure against SciPy and scikit-learn; the comparison itself is tests/python/measures.py.
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/testing/python.hpp"
#include "measures/delong.hpp"
#include "measures/distance.hpp"
#include "measures/distribution.hpp"
#include "measures/fairness.hpp"
#include "measures/probability.hpp"
#include "measures/ranking.hpp"
#include "measures/regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace gossamer::measures {
namespace {

constexpr double cut_off = 0.4;

// Seeded numbers in [0, 1).
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  double next() { return static_cast<double>(random_() >> 11U) * 0x1p-53; }

 private:
  std::mt19937_64 random_;
};

struct Drawn {
  std::vector<double> probability;
  std::vector<double> other;  // a second model's
  std::vector<double> label;
  std::vector<double> weight;  // empty: all 1
  std::vector<double> number;  // what came true, of a regression

  [[nodiscard]] Scored scored() const { return {probability, label, weight}; }
};

// `digits` of the scores: few of them make ties.
Drawn sample_of(std::size_t rows, int digits, bool weighted, std::uint64_t seed) {
  Draw draw(seed);
  const double scale = std::pow(10, digits);
  Drawn sample;
  for (std::size_t i = 0; i < rows; ++i) {
    const double chance = draw.next();
    sample.probability.push_back(std::round(chance * scale) / scale);
    sample.other.push_back(std::round((0.7 * chance + 0.3 * draw.next()) * scale) / scale);
    sample.label.push_back(draw.next() < chance ? 1 : 0);
    sample.number.push_back(1 + 10 * chance + draw.next());
    if (weighted) sample.weight.push_back(0.1 + draw.next());
  }
  return sample;
}

template <class T>
T value_of(const Result<T>& result) {
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(T());
}

Json interval_json(const Interval& interval) { return {interval.low, interval.high}; }

Json scored_json(const Drawn& sample) {
  const Scored rows = sample.scored();
  const Scored numbers{sample.probability, sample.number, sample.weight};
  const TopShare top = value_of(top_k(rows, rows.label.size() / 10));
  const Confusion counts = value_of(confusion(rows, cut_off));
  Json figures{{"auc", value_of(auc(rows))},
               {"gini", value_of(gini(rows))},
               {"ks_power", value_of(ks_power(rows))},
               {"average_precision", value_of(average_precision(rows))},
               {"brier", value_of(brier(rows))},
               {"log_loss", value_of(log_loss(rows))},
               {"calibration_error", value_of(calibration_error(rows))},
               {"accuracy", counts.accuracy()},
               {"precision", counts.precision()},
               {"recall", counts.recall()},
               {"f1", counts.f1()},
               {"top_precision", top.precision},
               {"top_recall", top.recall},
               {"rmse", value_of(root_mean_squared_error(numbers))},
               {"mae", value_of(mean_absolute_error(numbers))},
               {"mape", value_of(mean_absolute_percentage_error(numbers))},
               {"r2", value_of(r2(numbers))}};
  if (sample.weight.empty()) {
    const AucComparison compared =
        value_of(compare_auc(sample.probability, sample.other, sample.label));
    figures["delong"] = {{"left", compared.left.auc},
                         {"right", compared.right.auc},
                         {"left_variance", compared.left.variance},
                         {"variance", compared.variance},
                         {"p_value", compared.p_value},
                         {"interval", interval_json(compared.interval)}};
  }
  return figures;
}

// Three groups of rows: by the row's place.
Json groups_json(const Drawn& sample) {
  constexpr std::size_t count = 3;
  std::vector<GroupFigures> groups;
  Json list = Json::array();
  for (std::size_t group = 0; group < count; ++group) {
    Drawn part;
    for (std::size_t row = group; row < sample.label.size(); row += count) {
      part.probability.push_back(sample.probability[row]);
      part.label.push_back(sample.label[row]);
      if (!sample.weight.empty()) part.weight.push_back(sample.weight[row]);
    }
    groups.push_back(value_of(group_figures(part.scored(), cut_off)));
    list.push_back({{"selection_rate", groups.back().selection_rate},
                    {"selection_interval", interval_json(groups.back().selection_interval)},
                    {"true_positive_rate", groups.back().true_positive_rate.value_or(-1)},
                    {"calibration_gap", groups.back().calibration_gap}});
  }
  const Fairness all = value_of(fairness(groups));
  return {{"groups", std::move(list)},
          {"selection_rate_ratio", all.selection_rate_ratio},
          {"equal_opportunity_gap", all.equal_opportunity_gap},
          {"calibration_gap", all.calibration_gap}};
}

Json scored_case(const Drawn& sample) {
  return {{"probability", sample.probability},
          {"other", sample.other},
          {"label", sample.label},
          {"weight", sample.weight},
          {"number", sample.number},
          {"cut_off", cut_off},
          {"figures", scored_json(sample)},
          {"fairness", groups_json(sample)}};
}

// JSON has no NaN: null stands for a missing value.
Json with_nulls(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values)
    list.push_back(std::isnan(value) ? Json(nullptr) : Json(value));
  return list;
}

Json drift_case(std::size_t rows, double shift, double missing, std::uint64_t seed) {
  Draw draw(seed);
  std::vector<double> reference;
  std::vector<double> actual;
  const auto value = [&](double by) {
    if (draw.next() < missing) return std::numeric_limits<double>::quiet_NaN();
    const double drawn = draw.next();
    return drawn < 0.1 ? -1.0 : std::round((drawn * drawn + by) * 200) / 50;
  };
  for (std::size_t i = 0; i < rows; ++i)
    reference.push_back(value(0));
  for (std::size_t i = 0; i < rows * 2 / 3; ++i)
    actual.push_back(value(shift));
  const std::vector<double> special{-1};
  const Sample before(reference);
  const Sample after(actual);
  const Stability plain = value_of(stability(before, after));
  const Stability own = value_of(stability(before, after, 10, special));
  const std::vector<double> edges = common_edges(before, after, 15);
  const std::vector<double> left = histogram(before, edges).counts;
  const std::vector<double> right = histogram(after, edges).counts;
  const KolmogorovSmirnov ks = value_of(kolmogorov_smirnov(before, after));
  const Wasserstein moved = value_of(wasserstein(before, after));
  const ChiSquared chi = value_of(chi_squared(left, right));
  const std::vector<double> shares{0, 0.01, 0.25, 0.5, 0.77, 1};
  return {{"reference", with_nulls(reference)},
          {"actual", with_nulls(actual)},
          {"edges", edges},
          {"shares", shares},
          {"special", special},
          {"figures",
           {{"psi", plain.index},
            {"psi_critical", plain.critical},
            {"psi_special", own.index},
            {"psi_special_critical", own.critical},
            {"ks", ks.distance},
            {"ks_p_value", ks.p_value},
            {"wasserstein", moved.distance},
            {"wasserstein_relative", moved.relative},
            {"jensen_shannon", value_of(jensen_shannon(left, right))},
            {"hellinger", value_of(hellinger(left, right))},
            {"chi_squared", chi.statistic},
            {"chi_squared_freedom", chi.freedom},
            {"chi_squared_p_value", chi.p_value},
            {"cramers_v", chi.cramers_v},
            {"counts", left},
            {"quantiles", value_of(quantiles(before, shares))}}}};
}

TEST(Measures, EqualScipyAndScikitLearn) {
  if (test::python().empty()) GTEST_SKIP() << test::no_python;
  Json cases{{"scored", Json::array()}, {"drift", Json::array()}};
  cases["scored"].push_back(scored_case(sample_of(1000, 15, false, 1)));
  cases["scored"].push_back(scored_case(sample_of(1000, 15, true, 2)));
  cases["scored"].push_back(scored_case(sample_of(2000, 1, false, 3)));
  cases["scored"].push_back(scored_case(sample_of(2000, 2, true, 4)));
  cases["scored"].push_back(scored_case(sample_of(40, 2, false, 5)));
  cases["drift"].push_back(drift_case(900, 0, 0, 6));
  cases["drift"].push_back(drift_case(900, 0.1, 0.05, 7));
  cases["drift"].push_back(drift_case(60, 0.5, 0.2, 8));
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(write_file_durably(folder->path() / "cases.json", cases.dump()));
  const auto run = run_captured({.argv = {test::python(), "tests/python/measures.py",
                                          (folder->path() / "cases.json").string()},
                                 .environment = Environment::of_process().variables()},
                                std::chrono::minutes(5));
  ASSERT_TRUE(run) << run.error().describe();
  EXPECT_TRUE(run->end.succeeded()) << run->output;
}

}  // namespace
}  // namespace gossamer::measures
