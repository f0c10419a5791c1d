// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/files.hpp"
#include "base/json.hpp"
#include "scoring/testing/rows.hpp"

namespace gossamer::scoring::test {
namespace {

struct Columns {
  std::vector<double> a, y, p, w;
  std::vector<std::int64_t> b, n, k;
  std::vector<float> c;
  std::vector<std::uint8_t> d;
  std::vector<bool> d_present;
  std::vector<std::string> s;
};

Columns generate(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
  Columns columns;
  for (std::size_t i = 0; i < rows; ++i) {
    const double a = uniform() * 10 - 5;
    const auto b = static_cast<std::int64_t>(uniform() * 20);
    const auto c = static_cast<float>(uniform());
    const bool d = uniform() < 0.5;
    const double y = a + 0.1 * static_cast<double>(b) + (d ? 1 : 0) + uniform() * 0.2;
    columns.a.push_back(i % 17 == 3 ? std::numeric_limits<double>::quiet_NaN() : a);
    columns.b.push_back(b);
    columns.c.push_back(c);
    columns.d.push_back(d ? 1 : 0);
    columns.d_present.push_back(i % 13 != 5);
    columns.y.push_back(y);
    columns.n.push_back(static_cast<std::int64_t>(std::max(0.0, y)));
    columns.p.push_back(y > 1 ? 1 : 0);
    const int k = y < -1 ? 0 : (y < 3 ? 1 : 2);
    columns.k.push_back(k);
    columns.s.emplace_back(k == 0 ? "low" : (k == 1 ? "middle" : "high"));
    columns.w.push_back(0.5 + uniform());
  }
  return columns;
}

}  // namespace

Batch numbers(std::size_t rows, std::uint64_t seed) {
  Columns columns = generate(rows, seed);
  auto batch = Batch::make(
      {Column::of_float64("a", std::move(columns.a)), Column::of_int64("b", std::move(columns.b)),
       Column::of_float32("c", std::move(columns.c)),
       Column::of_booleans("d", std::move(columns.d), columns.d_present),
       Column::of_float64("y", std::move(columns.y)), Column::of_int64("n", std::move(columns.n)),
       Column::of_float64("p", std::move(columns.p)), Column::of_int64("k", std::move(columns.k)),
       Column::of_strings("s", columns.s), Column::of_float64("w", std::move(columns.w))});
  EXPECT_TRUE(batch);
  return batch.value_or(Batch());
}

TrainingRequest request(const std::string& label, const std::string& objective) {
  TrainingRequest request;
  request.label = label;
  request.features = {"a", "b", "c", "d"};
  request.objective = objective;
  request.rounds = 30;
  request.seed = 7;
  return request;
}

Batch with(const Batch& rows, const Column& column) {
  std::vector<Column> columns;
  bool replaced = false;
  for (const Column& old : rows.columns()) {
    replaced |= old.name() == column.name();
    columns.push_back(old.name() == column.name() ? column : old);
  }
  if (!replaced) columns.push_back(column);
  auto batch = Batch::make(std::move(columns));
  EXPECT_TRUE(batch);
  return batch.value_or(Batch());
}

void write_folder(const std::filesystem::path& folder, const Description& description,
                  const std::string& bytes, Described described) {
  const std::string index =
      "flavors:\n  " + description.flavour + ":\n    data: " + description.model_file + "\n";
  EXPECT_TRUE(write_file_durably(folder / "MLmodel", index));
  EXPECT_TRUE(write_file_durably(folder / description.model_file, bytes));
  if (described == Described::no) return;
  const auto text = canonical(to_json(description));
  EXPECT_TRUE(text && write_file_durably(folder / description_file, *text));
}

Result<std::shared_ptr<const Scorer>> load_bytes(const Engine& engine, const TrainedModel& model,
                                                 const std::string& bytes, Described described) {
  TRY_ASSIGN(const auto folder, TemporaryFolder::make());
  write_folder(folder.path(), model.description, bytes, described);
  return load_scorer(std::span(&engine, 1), folder.path());
}

std::shared_ptr<const Scorer> load_through_folder(const Engine& engine, const TrainedModel& model,
                                                  Described described) {
  const auto scorer = load_bytes(engine, model, model.bytes, described);
  EXPECT_TRUE(scorer) << scorer.error().describe();
  return scorer.value_or(nullptr);
}

double mean_squared_error(const Batch& predictions, const Batch& rows) {
  const auto predicted = predictions.find("prediction")->float64s();
  const auto actual = rows.find("y")->float64s();
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    sum += (predicted[i] - actual[i]) * (predicted[i] - actual[i]);
  }
  return sum / static_cast<double>(actual.size());
}

}  // namespace gossamer::scoring::test
