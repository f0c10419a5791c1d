// SPDX-License-Identifier: Apache-2.0
#include "pipeline/diff.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

namespace gossamer::pipeline {
namespace {

// What a definition declares, as JSON by subject. Read from the files, so that it is shown in the
// words that the person wrote.
using Declared = std::map<std::string, Json>;

std::string shown(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::ranges::replace(text, '\n', ' ');
  return abbreviated(text, 80);
}

void compare(const std::string& path, const Json& before, const Json& after,
             std::vector<std::string>& lines) {
  if (before == after) return;
  if (!before.is_object() || !after.is_object()) {
    lines.push_back(fmt::format("{}: {} -> {}", path, shown(before), shown(after)));
    return;
  }
  std::set<std::string> keys;
  for (const Json* side : {&before, &after}) {
    for (const auto& [key, value] : side->items())
      keys.insert(key);
  }
  for (const std::string& key : keys) {
    const std::string inner = path.empty() ? key : fmt::format("{}.{}", path, key);
    if (!before.contains(key)) {
      lines.push_back(fmt::format("{}: added {}", inner, shown(after[key])));
    } else if (!after.contains(key)) {
      lines.push_back(fmt::format("{}: removed {}", inner, shown(before[key])));
    } else {
      compare(inner, before[key], after[key], lines);
    }
  }
}

// Lines of a query that differ, as far as a person wants to see them at once.
void compare_texts(const std::string& file, const std::string& before, const std::string& after,
                   std::vector<std::string>& lines) {
  constexpr std::size_t most = 20;
  const std::vector<std::string> old_lines = split(before, '\n');
  const std::vector<std::string> new_lines = split(after, '\n');
  const auto [old_from, new_from] =
      std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  auto old_to = old_lines.end();
  auto new_to = new_lines.end();
  while (old_to != old_from && new_to != new_from && *(old_to - 1) == *(new_to - 1)) {
    --old_to;
    --new_to;
  }
  lines.push_back(fmt::format("{}, from line {}:", file, old_from - old_lines.begin() + 1));
  std::vector<std::string> shown_lines;
  for (auto line = old_from; line != old_to; ++line)
    shown_lines.push_back("  - " + *line);
  for (auto line = new_from; line != new_to; ++line)
    shown_lines.push_back("  + " + *line);
  if (shown_lines.size() > most) {
    const std::size_t left = shown_lines.size() - most;
    shown_lines.resize(most);
    shown_lines.push_back(fmt::format("  and {} more lines", left));
  }
  lines.insert(lines.end(), shown_lines.begin(), shown_lines.end());
}

std::string subject_of(const Json& document) {
  for (const char* key : {"workspace", "calendar", "table", "pipeline"}) {
    const auto name = document.find(key);
    if (name != document.end() && name->is_string()) {
      return std::string(key) + " " + name->get<std::string>();
    }
  }
  return "";
}

void add_document(Json document, const std::string& path, Declared& declared) {
  if (!document.is_object()) return;
  std::string subject = subject_of(document);
  if (subject.empty()) subject = "file " + path;
  const auto steps = document.find("steps");
  if (document.contains("pipeline") && steps != document.end() && steps->is_object()) {
    for (const auto& [name, step] : steps->items())
      declared[fmt::format("{} step {}", subject, name)] = step;
    document.erase("steps");
  }
  declared[subject] = std::move(document);
}

Declared declared_in(const Definition& definition) {
  Declared declared;
  for (const auto& [path, text] : definition.files) {
    if (!path.ends_with(".yaml")) continue;
    // The definition was loaded from these very files, so they can be read.
    const Result<std::vector<YamlNode>> documents = parse_yaml_stream(text, path);
    if (!documents) continue;
    for (const YamlNode& node : *documents) {
      Result<Json> json = to_json(node);
      if (json) add_document(std::move(*json), path, declared);
    }
  }
  return declared;
}

// Workspace, calendars, tables, pipelines, and steps behind their pipelines.
int rank(const std::string& subject) {
  if (subject.starts_with("workspace ")) return 0;
  if (subject.starts_with("calendar ")) return 1;
  if (subject.starts_with("table ")) return 2;
  if (subject.starts_with("pipeline ")) return 3;
  return 4;
}

// Queries of steps whose text differs, by step subject.
void add_queries(const Definition& before, const Definition& after,
                 std::map<std::string, std::vector<std::string>>& lines) {
  for (const auto& [path, text] : after.files) {
    const auto old = before.files.find(path);
    if (!path.ends_with(".sql") || old == before.files.end() || old->second == text) continue;
    compare_texts(path, old->second, text, lines["query " + path]);
  }
}

}  // namespace

std::string_view name_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::added:
      return "added";
    case Change::Kind::removed:
      return "removed";
    case Change::Kind::changed:
      return "changed";
  }
  return "";
}

std::vector<Change> diff(const Definition* before, const Definition& after) {
  const Declared old_side = before == nullptr ? Declared{} : declared_in(*before);
  const Declared new_side = declared_in(after);
  std::vector<Change> changes;
  for (const auto& [subject, content] : old_side) {
    if (!new_side.contains(subject)) changes.push_back({Change::Kind::removed, subject, {}});
  }
  for (const auto& [subject, content] : new_side) {
    const auto old = old_side.find(subject);
    if (old == old_side.end()) {
      changes.push_back({Change::Kind::added, subject, {}});
      continue;
    }
    std::vector<std::string> lines;
    compare("", old->second, content, lines);
    if (!lines.empty()) changes.push_back({Change::Kind::changed, subject, std::move(lines)});
  }
  std::map<std::string, std::vector<std::string>> queries;
  if (before != nullptr) add_queries(*before, after, queries);
  for (auto& [subject, lines] : queries) {
    changes.push_back({Change::Kind::changed, subject, std::move(lines)});
  }
  std::ranges::sort(changes, [](const Change& left, const Change& right) {
    return std::pair(rank(left.subject), left.subject) <
           std::pair(rank(right.subject), right.subject);
  });
  return changes;
}

std::vector<std::string> describe(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) {
    const char mark = change.kind == Change::Kind::added     ? '+'
                      : change.kind == Change::Kind::removed ? '-'
                                                             : '~';
    lines.push_back(fmt::format("{} {}", mark, change.subject));
    for (const std::string& line : change.lines)
      lines.push_back("    " + line);
  }
  return lines;
}

}  // namespace gossamer::pipeline
