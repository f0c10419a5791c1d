// SPDX-License-Identifier: Apache-2.0
// The exactness grid: models trained by the real libraries in two versions each, scored here on
// rows at every threshold, on every path. Not one bit of a raw margin may differ.
#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/testing/python.hpp"
#include "base/text.hpp"
#include "scoring/forest/predictor.hpp"
#include "scoring/forest/recode.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

namespace fs = std::filesystem;

Result<std::string> run_python(const std::vector<std::string>& arguments,
                               const std::string& packages) {
  Environment environment = Environment::of_process();
  environment.set("OMP_NUM_THREADS", "1");
  if (!packages.empty()) environment.set("PYTHONPATH", packages);
  TRY_ASSIGN(const auto run,
             run_captured({.argv = arguments, .environment = environment.variables()},
                          std::chrono::minutes(14)));
  if (!run.end.succeeded())
    return bug(fmt::format("{} failed: {}", join(arguments, " "), run.output));
  return std::string(trimmed(split(trimmed(run.output), '\n').back()));
}

// Where the library's older version lies; fetched where it is not there yet.
Result<std::string> older_packages(const std::string& library) {
  TRY(run_python({"/usr/bin/python3", "tools/parts.py", "fetch", library + "_older"}, ""));
  TRY_ASSIGN(const std::string part,
             run_python({"/usr/bin/python3", "tools/parts.py", "path", library + "_older"}, ""));
  return part + "/python";
}

// One library in one version makes its part of the grid. `packages`: the older version's; empty:
// the newest one.
void train(const fs::path& folder, const std::string& library, const std::string& packages,
           int every) {
  const std::string script = "tests/python/forest_grid.py";
  const std::string version = packages.empty() ? "newest" : "older";
  const auto trained = run_python({test::python(), script, "train", folder.string(), library,
                                   version, fmt::format("{}", every)},
                                  packages);
  ASSERT_TRUE(trained) << trained.error().message;
  if (packages.empty()) return;
  const auto scored = run_python({test::python(), script, "score", folder.string(), library}, "");
  ASSERT_TRUE(scored) << scored.error().message;
}

std::vector<double> read_doubles(const fs::path& path) {
  const auto bytes = read_file(path);
  EXPECT_TRUE(bytes) << bytes.error().message;
  std::vector<double> values(bytes ? bytes->size() / sizeof(double) : 0);
  if (!values.empty()) std::memcpy(values.data(), bytes->data(), values.size() * sizeof(double));
  return values;
}

struct Trained {
  std::string name;
  Model model;
  std::size_t rows = 0;
  std::size_t features = 0;
  bool texts = false;
  bool falls_back = false;
  bool moved = false;  // the versions differ; the newest one, which the program links, is right
  std::vector<double> values;          // row-major
  std::vector<double> margins;         // by the version that trained it
  std::vector<double> newest_margins;  // of an older model, by the newest version
  std::vector<double> predictions;     // by the newest version
};

std::optional<Trained> read_case(const fs::path& folder) {
  const auto text = read_file(folder / "case.json");
  EXPECT_TRUE(text) << text.error().message;
  const auto facts = parse_json(text.value_or("{}"), "case.json");
  EXPECT_TRUE(facts);
  Trained trained{.name = facts->at("name").get<std::string>(),
                  .model = {},
                  .rows = facts->at("rows").get<std::size_t>(),
                  .features = facts->at("features").get<std::size_t>(),
                  .texts = facts->at("texts").get<bool>(),
                  .falls_back = facts->at("falls_back").get<bool>(),
                  .moved = facts->at("moved").get<bool>(),
                  .values = read_doubles(folder / "rows"),
                  .margins = read_doubles(folder / "margins"),
                  .newest_margins = {},
                  .predictions = read_doubles(folder / "predictions")};
  const auto bytes = read_file(folder / facts->at("file").get<std::string>());
  EXPECT_TRUE(bytes) << bytes.error().message;
  auto model = read_model(bytes.value_or(""));
  EXPECT_TRUE(model) << trained.name << ": " << model.error().describe();
  if (!model) return std::nullopt;
  trained.model = *std::move(model);
  if (fs::exists(folder / "margins-newest")) {
    trained.newest_margins = read_doubles(folder / "margins-newest");
    trained.predictions = read_doubles(folder / "predictions-newest");
  }
  return trained;
}

// The rows as columns: null where missing in every second feature, so that both ways are tried.
std::vector<Column> columns_of(const Trained& trained) {
  std::vector<Column> columns;
  for (std::size_t feature = 0; feature < trained.features; ++feature) {
    std::vector<double> values(trained.rows);
    std::vector<bool> present(trained.rows, true);
    std::vector<std::string> texts(trained.rows);
    for (std::size_t row = 0; row < trained.rows; ++row) {
      values[row] = trained.values[row * trained.features + feature];
      const bool missing = std::isnan(values[row]);
      present[row] = !(missing && (trained.texts || feature % 2 == 0));
      if (trained.texts && !missing) texts[row] = fmt::format("c{}", 99 - values[row]);
    }
    const std::string name = fmt::format("f{}", feature);
    if (!trained.texts || feature >= 2) {
      columns.push_back(Column::of_float64(name, std::move(values), present));
      continue;
    }
    const auto codes =
        recode(Column::of_strings(name, texts, present), trained.model.categories.at(feature));
    EXPECT_TRUE(codes) << codes.error().message;
    columns.push_back(codes.value_or(Column::of_float64(name, {})));
  }
  return columns;
}

// How many bits patterns differ, and the first of them. NaN is NaN.
std::string differences(const std::vector<double>& ours, const std::vector<double>& theirs) {
  if (ours.size() != theirs.size()) {
    return fmt::format("{} values, not {}", ours.size(), theirs.size());
  }
  std::size_t count = 0;
  std::size_t first = 0;
  for (std::size_t i = ours.size(); i-- > 0;) {
    const bool same =
        std::bit_cast<std::uint64_t>(ours[i]) == std::bit_cast<std::uint64_t>(theirs[i]);
    if (same || (std::isnan(ours[i]) && std::isnan(theirs[i]))) continue;
    ++count;
    first = i;
  }
  if (count == 0) return "";
  return fmt::format("{} of {} differ, first {}: {}, not {}", count, ours.size(), first,
                     ours[first], theirs[first]);
}

std::vector<double> margins_by_rows(const Trained& trained, const Predictor& predictor,
                                    const std::vector<Column>& columns) {
  std::vector<double> margins(trained.rows * predictor.outputs());
  std::vector<double> row(trained.features);
  for (std::size_t i = 0; i < trained.rows; ++i) {
    for (std::size_t feature = 0; feature < trained.features; ++feature) {
      const Column& column = columns[feature];
      row[feature] = column.is_null(i) ? std::nan("") : column.float64s()[i];
    }
    predictor.margins_of_row(
        row, std::span(margins).subspan(i * predictor.outputs(), predictor.outputs()));
  }
  return margins;
}

void compare(const Trained& trained) {
  SCOPED_TRACE(trained.name);
  ASSERT_FALSE(trained.moved && trained.newest_margins == trained.margins);
  EXPECT_EQ(trained.model.unsupported.empty(), !trained.falls_back) << trained.model.unsupported;
  if (!trained.model.unsupported.empty()) return;
  const std::vector<Column> columns = columns_of(trained);
  std::vector<const Column*> pointers;
  for (const Column& column : columns)
    pointers.push_back(&column);
  const auto large = static_cast<std::size_t>(std::ranges::count_if(
      trained.model.forest.trees, [](const Tree& tree) { return tree.splits >= leaves_max; }));
  for (const Path path : available_paths()) {
    SCOPED_TRACE(name_of(path));
    const Predictor predictor(trained.model.forest, path);
    std::vector<double> margins(trained.rows * predictor.outputs());
    predictor.margins(pointers, 0, trained.rows, margins);
    EXPECT_EQ(predictor.walked_trees(), large) << predictor.kernel();
    if (!trained.moved) {
      EXPECT_EQ(differences(margins, trained.margins), "");
    }
    if (!trained.newest_margins.empty()) {
      EXPECT_EQ(differences(margins, trained.newest_margins), "") << "by the newest version";
    }
    if (path != Path::portable) continue;
    EXPECT_EQ(differences(margins_by_rows(trained, predictor, columns), margins), "")
        << "row by row";
    predictor.apply_link(margins);
    EXPECT_EQ(differences(margins, trained.predictions), "") << "after the link";
  }
}

TEST(ForestGrid, NoBitOfAMarginDiffers) {
  if (test::python().empty()) GTEST_SKIP() << test::no_python;
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder) << folder.error().message;
  const int every = Environment::of_process().find("GOSSAMER_LONG") ? 1 : 8;
  for (const char* library : {"xgboost", "lightgbm"}) {
    const auto older = older_packages(library);
    if (!older) GTEST_SKIP() << "no older " << library << ": " << older.error().message;
    for (const std::string& packages : {std::string(), *older}) {
      SCOPED_TRACE(fmt::format("{} {}", library, packages));
      train(folder->path(), library, packages, every);
      ASSERT_FALSE(HasFatalFailure());
    }
  }
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder->path()))
    cases.push_back(entry.path());
  std::ranges::sort(cases);
  EXPECT_GE(cases.size(), every == 1 ? 280U : 40U);
  for (const fs::path& each : cases) {
    const auto trained = read_case(each);
    if (trained) compare(*trained);
  }
  for (const Path path : {Path::avx2, Path::avx512bw}) {
    if (std::ranges::find(available_paths(), path) != available_paths().end()) continue;
    GTEST_SKIP() << "compared on the other paths only: no "
                 << (path == Path::avx2 ? "AVX2" : "AVX-512BW");
  }
}

}  // namespace
}  // namespace gossamer::scoring::forest
