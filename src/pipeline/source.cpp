// SPDX-License-Identifier: Apache-2.0
#include "pipeline/source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "base/files.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/reference.hpp"

namespace gossamer::pipeline {
namespace {

constexpr std::size_t largest_file = std::size_t{4} << 20U;

// Files of a folder and the folders below it, as paths from the workspace.
Result<void> add_below(const fs::path& root, const std::string& folder, int depth,
                       std::vector<std::string>& paths) {
  const fs::path place = root / folder;
  std::error_code ignored;
  if (!fs::is_directory(place, ignored)) return {};
  TRY_ASSIGN(const std::vector<std::string> names, list_folder(place));
  for (const std::string& name : names) {
    if (name.starts_with('.')) continue;
    std::string path = folder.empty() ? name : fmt::format("{}/{}", folder, name);
    if (fs::is_directory(root / path, ignored)) {
      if (depth > 0) TRY(add_below(root, path, depth - 1, paths));
    } else {
      paths.push_back(std::move(path));
    }
  }
  return {};
}

// Puts the quotes in that are missing, so that the rest of the file can be read too.
std::string with_quotes(const std::string& text, const std::vector<UnquotedReference>& bare) {
  std::string repaired;
  std::size_t from = 0;
  for (const UnquotedReference& reference : bare) {
    repaired.append(text, from, reference.begin - from);
    repaired += '"';
    repaired.append(text, reference.begin, reference.end - reference.begin);
    repaired += '"';
    from = reference.end;
  }
  return repaired.append(text, from, std::string::npos);
}

// Columns behind an inserted quote are back where they stand in the file.
void shift_columns(YamlNode& node, const std::vector<UnquotedReference>& bare) {
  int shift = 0;
  for (const UnquotedReference& reference : bare) {
    if (reference.line == node.line && reference.column + shift < node.column) shift += 2;
  }
  node.column -= shift;
  for (YamlNode& item : node.items)
    shift_columns(item, bare);
  for (YamlEntry& entry : node.entries) {
    shift_columns(entry.key, bare);
    shift_columns(entry.value, bare);
  }
}

// Each document with empty lines before it, so that its lines keep their numbers.
std::vector<std::string> separate_documents(const std::string& text) {
  std::vector<std::string> documents;
  std::string current;
  std::string lines_before;
  for (const std::string& line : split(text, '\n')) {
    const bool separator = line == "---" || line.starts_with("--- ");
    if (separator && !trimmed(current).empty()) {
      documents.push_back(std::exchange(current, lines_before));
    }
    current += line + "\n";
    lines_before += "\n";
  }
  documents.push_back(std::move(current));
  return documents;
}

}  // namespace

std::string normalised(std::string text) {
  // Once more changes nothing: what is kept is read again, and has the same digest.
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::size_t at = 0;
  while (std::string_view(text).substr(at).starts_with(byte_order_mark))
    at += byte_order_mark.size();
  std::string lines;
  lines.reserve(text.size());
  while (at < text.size()) {
    if (text[at] != '\r') {
      lines += text[at++];
      continue;
    }
    const std::size_t behind = std::min(text.find_first_not_of('\r', at), text.size());
    if (behind == text.size() || text[behind] != '\n') lines.append(text, at, behind - at);
    at = behind;
  }
  return lines;
}

Result<SourceFiles> SourceFiles::in_folder(const std::filesystem::path& folder) {
  SourceFiles files;
  files.folder_ = folder;
  TRY_ASSIGN(const bool there, path_exists(folder));
  if (!there) {
    return not_found(fmt::format("there is no folder {}", folder.string()));
  }
  TRY(add_below(folder, "", 0, files.paths_));
  for (const char* part : {"pipelines", "tables", "calendars", "sql"}) {
    TRY(add_below(folder, part, 8, files.paths_));
  }
  std::ranges::sort(files.paths_);
  return files;
}

SourceFiles SourceFiles::in_memory(std::map<std::string, std::string> contents) {
  SourceFiles files;
  for (auto& [path, text] : contents) {
    files.paths_.push_back(path);
    files.contents_.insert_or_assign(path, normalised(std::move(text)));
  }
  return files;
}

std::vector<std::string> SourceFiles::list(std::string_view prefix, std::string_view suffix) const {
  std::vector<std::string> found;
  for (const std::string& path : paths_) {
    const bool inside = prefix.empty() ? path.find('/') == path.npos : path.starts_with(prefix);
    if (inside && path.ends_with(suffix)) found.push_back(path);
  }
  return found;
}

Result<std::string> SourceFiles::content(const std::string& path) {
  auto text = contents_.find(path);
  if (text == contents_.end()) {
    if (folder_.empty()) return not_found(fmt::format("there is no file `{}`", path));
    TRY_ASSIGN(const bool there, path_exists(folder_ / path));
    if (!there) return not_found(fmt::format("there is no file `{}`", path));
    TRY_ASSIGN(std::string read, read_file(folder_ / path, largest_file));
    text = contents_.insert_or_assign(path, normalised(std::move(read))).first;
  }
  used_.insert(*text);
  return text->second;
}

std::optional<bool> SourceFiles::exists(const std::string& path) const {
  if (folder_.empty()) return std::nullopt;
  std::error_code error;
  return fs::exists(folder_ / path, error) && !error;
}

std::string SourceFiles::suggestion(const std::string& path) const {
  const std::size_t dot = path.rfind('.');
  const std::string suffix = dot == path.npos ? "" : path.substr(dot);
  std::vector<std::string> candidates;
  for (const std::string& candidate : paths_) {
    if (candidate.ends_with(suffix)) candidates.push_back(candidate);
  }
  // The same name in another folder is meant more often than another name in the same one.
  const std::string name = path.substr(path.rfind('/') + 1);
  for (const std::string& candidate : candidates) {
    if (candidate.substr(candidate.rfind('/') + 1) == name) {
      return fmt::format(" (did you mean `{}`?)", candidate);
    }
  }
  return did_you_mean(path, candidates);
}

std::vector<YamlNode> read_documents(const std::string& text, const std::string& path,
                                     Problems& problems) {
  YamlReading whole = read_yaml_stream(text, path);
  if (whole.errors.empty()) return std::move(whole.documents);
  const std::vector<UnquotedReference> bare = unquoted_references(text);
  for (const UnquotedReference& reference : bare) {
    const std::string written = text.substr(reference.begin, reference.end - reference.begin);
    problems.error(
        Position{path, reference.line, reference.column},
        fmt::format("a reference inside of {{ }} or [ ] must be in quotes: \"{}\"", written));
  }
  const std::string repaired = with_quotes(text, bare);
  std::vector<YamlNode> documents;
  for (const std::string& document : separate_documents(repaired)) {
    YamlReading reading = read_yaml_stream(document, path);
    for (Error& error : reading.errors)
      problems.error(std::move(error));
    for (YamlNode& node : reading.documents) {
      shift_columns(node, bare);
      documents.push_back(std::move(node));
    }
  }
  return documents;
}

}  // namespace gossamer::pipeline
