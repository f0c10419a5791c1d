// SPDX-License-Identifier: Apache-2.0
// What `gossamer schema` prints, used by somebody else's validator: it accepts every example and
// refuses each mistake of the error corpus that a schema can express.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/testing/golden.hpp"
#include "base/testing/python.hpp"
#include "pipeline/bikes.hpp"
#include "pipeline/grammar.hpp"
#include "pipeline/json_schema.hpp"
#include "pipeline/source.hpp"

namespace gossamer::pipeline {
namespace {

// What a schema cannot say: calendars, zones and cron, how values of one mapping fit each other,
// and what quotes mean.
constexpr std::array beyond_a_schema{"a day that exists",
                                     "no time zone",
                                     "Mondays",
                                     "day of a month",
                                     "dimension",
                                     "listed twice",
                                     "has `cron` or `interval`",
                                     "has either `model`",
                                     "name at least one, such as",
                                     "a schedule needs",
                                     "belongs to `cron`",
                                     "needs a `time_column`",
                                     "the maximum is below",
                                     "is for numbers",
                                     "must be at",
                                     "must be one of",
                                     "begins after its end",
                                     "both ends must",
                                     "one end at least",
                                     "is no type of DuckDB",
                                     "a time of day must be in quotes",
                                     "the minute",
                                     "the hour",
                                     "the day of",
                                     "the month",
                                     "no month of",
                                     "expected 5 fields",
                                     "as five fields",
                                     "longer than nothing",
                                     "no bound",
                                     "one item of the list",
                                     "a whole number, found",
                                     "a number, found the text",
                                     "a text, found the whole"};

bool is_expressible(const std::string& message) {
  return std::ranges::none_of(
      beyond_a_schema, [&](const char* words) { return message.find(words) != std::string::npos; });
}

// The way from the root to what stands at a place, as a schema's validator writes it.
std::optional<Json> path_to(const YamlNode& node, const Position& place, Json path) {
  for (const YamlEntry& entry : node.entries) {
    Json inner = path;
    inner.push_back(entry.key.text);
    if (entry.key.line == place.line && entry.key.column == place.column) return inner;
    if (auto found = path_to(entry.value, place, inner)) return found;
  }
  for (std::size_t index = 0; index < node.items.size(); ++index) {
    Json inner = path;
    inner.push_back(index);
    if (auto found = path_to(node.items[index], place, inner)) return found;
  }
  if (node.line == place.line && node.column == place.column) return path;
  return std::nullopt;
}

void read(FileKind kind, const YamlNode& node, Problems& problems) {
  switch (kind) {
    case FileKind::workspace:
      schema::workspace_grammar().read(node, problems);
      return;
    case FileKind::pipeline:
      schema::pipeline_grammar().read(node, problems);
      return;
    case FileKind::table:
      schema::table_grammar().read(node, problems);
      return;
    case FileKind::calendar:
      schema::calendar_grammar().read(node, problems);
      return;
  }
}

class Documents {
 public:
  void add_file(const std::string& name, const std::string& path, const std::string& text) {
    FileKind kind = FileKind::workspace;
    if (path.starts_with("pipelines/")) kind = FileKind::pipeline;
    if (path.starts_with("tables/")) kind = FileKind::table;
    if (path.starts_with("calendars/")) kind = FileKind::calendar;
    // An overlay may leave out what the schema of a whole workspace asks for.
    if (kind == FileKind::workspace && path != "gossamer.yaml") return;
    Problems unreadable;
    const std::string place = fmt::format("{}/{}", name, path);
    for (const YamlNode& node : read_documents(text, place, unreadable)) {
      add(place, kind, node);
    }
  }

  void add_folder(const fs::path& folder) {
    const Result<SourceFiles> files = SourceFiles::in_folder(folder);
    ASSERT_TRUE(files.has_value()) << files.error().describe();
    SourceFiles source = *files;
    for (const char* part : {"", "pipelines/", "tables/", "calendars/"}) {
      for (const std::string& path : source.list(part, ".yaml")) {
        const Result<std::string> text = source.content(path);
        ASSERT_TRUE(text.has_value()) << text.error().describe();
        add_file(folder.filename().string(), path, *text);
      }
    }
  }

  [[nodiscard]] int wrong() const { return wrong_; }
  Json take() { return std::move(documents_); }

 private:
  void add(const std::string& name, FileKind kind, const YamlNode& node) {
    Problems problems;
    read(kind, node, problems);
    Json mistakes = Json::array();
    const bool is_right = problems.count() == 0;
    if (!is_right) ++wrong_;
    for (const Error& error : problems.take_errors()) {
      if (!is_expressible(error.message)) continue;
      mistakes.push_back({{"path", path_to(node, *error.position, Json::array()).value()},
                          {"message", error.describe()}});
    }
    Result<Json> content = to_json(node);
    if (!content || (mistakes.empty() && !is_right)) return;
    documents_.push_back({{"name", name},
                          {"kind", std::string(name_of(kind))},
                          {"content", std::move(*content)},
                          {"mistakes", std::move(mistakes)}});
  }

  int wrong_ = 0;
  Json documents_ = Json::array();
};

TEST(JsonSchemaInPython, AgreesWithTheReader) {
  if (test::python().empty()) GTEST_SKIP() << test::no_python;
  Documents documents;
  for (const auto& [path, text] : bikes()) {
    if (path.ends_with(".yaml")) documents.add_file("bikes", path, text);
  }
  const fs::path tests = golden::folder().parent_path();
  for (const char* folder : {"demand", "credit"}) {
    documents.add_folder(tests.parent_path() / "examples" / folder);
  }
  EXPECT_EQ(documents.wrong(), 0) << "what is shown as an example must be right";
  for (const auto& entry : fs::directory_iterator(golden::folder() / "definitions")) {
    if (entry.is_directory()) documents.add_folder(entry.path());
  }
  Json schemas = Json::object();
  for (const FileKind kind : all_file_kinds()) {
    schemas[std::string(name_of(kind))] = json_schema(kind);
  }
  const Json given{{"schemas", std::move(schemas)}, {"documents", documents.take()}};
  EXPECT_GT(given.at("documents").size(), 60U);
  auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder.has_value()) << folder.error().describe();
  const fs::path file = folder->path() / "documents.json";
  ASSERT_TRUE(write_file_durably(file, given.dump()).has_value());
  const auto run = run_captured(
      {.argv = {test::python(), (tests / "python" / "check_schema.py").string(), file.string()},
       .environment = Environment::of_process().variables()},
      std::chrono::minutes(2));
  ASSERT_TRUE(run.has_value()) << run.error().describe();
  EXPECT_TRUE(run->end.succeeded()) << run->output;
}

}  // namespace
}  // namespace gossamer::pipeline
