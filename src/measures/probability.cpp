// SPDX-License-Identifier: Apache-2.0
#include "measures/probability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measures/distribution.hpp"

namespace gossamer::measures {
namespace {

Result<void> check_probabilities(const Scored& rows) {
  TRY(check_binary(rows, Classes::one_suffices));
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    if (rows.prediction[row] >= 0 && rows.prediction[row] <= 1) continue;
    return invalid_input(fmt::format("prediction of row {} is {}, not a probability", row + 1,
                                     rows.prediction[row]));
  }
  return {};
}

double clipped(double probability) {
  constexpr double least = std::numeric_limits<double>::epsilon();
  return std::clamp(probability, least, 1 - least);
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

Result<double> brier(const Scored& rows) {
  TRY(check_probabilities(rows));
  double sum = 0;
  double weights = 0;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    const double distance = rows.prediction[row] - rows.label[row];
    sum += rows.weight_at(row) * distance * distance;
    weights += rows.weight_at(row);
  }
  return sum / weights;
}

Result<double> log_loss(const Scored& rows) {
  TRY(check_probabilities(rows));
  double sum = 0;
  double weights = 0;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    const double positive = rows.prediction[row];
    const double came_true = clipped(rows.label[row] == 1 ? positive : 1 - positive);
    sum -= rows.weight_at(row) * std::log(came_true);
    weights += rows.weight_at(row);
  }
  return sum / weights;
}

Result<double> log_loss(std::span<const double> scores, std::span<const double> label,
                        std::span<const double> weight, std::size_t classes) {
  if (label.empty()) return invalid_input("there are no rows to measure");
  if (scores.size() != label.size() * classes ||
      (!weight.empty() && weight.size() != label.size())) {
    return bug(
        fmt::format("{} scores for {} rows of {} classes", scores.size(), label.size(), classes));
  }
  double sum = 0;
  double weights = 0;
  for (std::size_t row = 0; row < label.size(); ++row) {
    const auto index = static_cast<std::size_t>(label[row]);
    if (!(label[row] >= 0) || index >= classes) {
      return invalid_input(fmt::format("label of row {} is no class of the model", row + 1));
    }
    const double share = weight.empty() ? 1 : weight[row];
    sum -= share * std::log(clipped(scores[row * classes + index]));
    weights += share;
  }
  if (weights <= 0) return invalid_input("all weights are 0: there is nothing to measure");
  return sum / weights;
}

Result<std::vector<CalibrationBin>> calibration(const Scored& rows, std::size_t bins) {
  TRY(check_probabilities(rows));
  std::vector<double> shares;
  for (std::size_t i = 1; i < bins; ++i) {
    shares.push_back(static_cast<double>(i) / static_cast<double>(bins));
  }
  TRY_ASSIGN(const std::vector<double> borders, quantiles(Sample(rows.prediction), shares));
  std::vector<CalibrationBin> all(bins);
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    const auto border = std::ranges::lower_bound(borders, rows.prediction[row]);
    auto& bin = all[static_cast<std::size_t>(border - borders.begin())];
    bin.weight += rows.weight_at(row);
    bin.mean_prediction += rows.weight_at(row) * rows.prediction[row];
    bin.mean_label += rows.weight_at(row) * rows.label[row];
  }
  std::erase_if(all, [](const CalibrationBin& bin) { return bin.weight <= 0; });
  for (CalibrationBin& bin : all) {
    bin.mean_prediction /= bin.weight;
    bin.mean_label /= bin.weight;
  }
  return all;
}

Result<double> calibration_error(const Scored& rows, std::size_t bins) {
  TRY_ASSIGN(const auto all, calibration(rows, bins));
  double sum = 0;
  double weights = 0;
  for (const CalibrationBin& bin : all) {
    sum += bin.weight * std::abs(bin.mean_label - bin.mean_prediction);
    weights += bin.weight;
  }
  return sum / weights;
}

double Confusion::accuracy() const {
  return ratio(true_positives + true_negatives,
               true_positives + false_positives + true_negatives + false_negatives);
}
double Confusion::precision() const {
  return ratio(true_positives, true_positives + false_positives);
}
double Confusion::recall() const { return ratio(true_positives, true_positives + false_negatives); }
double Confusion::f1() const {
  return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
}

Result<Confusion> confusion(const Scored& rows, double cut_off) {
  TRY(check_binary(rows, Classes::one_suffices));
  Confusion counts;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    const bool taken = rows.prediction[row] >= cut_off;
    const bool positive = rows.label[row] == 1;
    double& cell = taken ? (positive ? counts.true_positives : counts.false_positives)
                         : (positive ? counts.false_negatives : counts.true_negatives);
    cell += rows.weight_at(row);
  }
  return counts;
}

Result<ClassFigures> class_figures(const Scored& rows, std::size_t classes) {
  TRY(check(rows));
  std::vector<Confusion> each(classes);
  double right = 0;
  double weights = 0;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    const double weight = rows.weight_at(row);
    weights += weight;
    const auto predicted = static_cast<std::size_t>(rows.prediction[row]);
    const auto actual = static_cast<std::size_t>(rows.label[row]);
    if (predicted >= classes || actual >= classes || rows.label[row] < 0) {
      return invalid_input(fmt::format("label of row {} is no class of the model", row + 1));
    }
    if (predicted == actual) {
      right += weight;
      each[actual].true_positives += weight;
    } else {
      each[predicted].false_positives += weight;
      each[actual].false_negatives += weight;
    }
  }
  ClassFigures figures{.accuracy = right / weights};
  double present = 0;
  for (const Confusion& counts : each) {
    // A class that neither came true nor was predicted says nothing.
    if (counts.true_positives + counts.false_positives + counts.false_negatives <= 0) continue;
    present += 1;
    figures.precision += counts.precision();
    figures.recall += counts.recall();
    figures.f1 += counts.f1();
  }
  figures.precision /= present;
  figures.recall /= present;
  figures.f1 /= present;
  return figures;
}

}  // namespace gossamer::measures
