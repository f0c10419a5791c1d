// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.hpp"
#include "pipeline/problems.hpp"

namespace gossamer::pipeline {

// The files of a workspace, on disk or in memory. Paths are relative, with `/`. Contents are given
// with line ends as "\n" and without a byte order mark.
class SourceFiles {
 public:
  // Lists what may declare something; nothing else is read before it is asked for.
  static Result<SourceFiles> in_folder(const std::filesystem::path& folder);
  static SourceFiles in_memory(std::map<std::string, std::string> contents);

  // Paths below `prefix` (empty: the workspace's own folder, not below) that end in `suffix`,
  // sorted.
  [[nodiscard]] std::vector<std::string> list(std::string_view prefix,
                                              std::string_view suffix) const;
  // not_found where there is no such file; the text is cached.
  Result<std::string> content(const std::string& path);
  // Whether a file or folder exists; nothing where only contents in memory are known.
  [[nodiscard]] std::optional<bool> exists(const std::string& path) const;
  // A file that was probably meant, as " (did you mean `x`?)".
  [[nodiscard]] std::string suggestion(const std::string& path) const;
  // What has been asked for and exists.
  [[nodiscard]] const std::map<std::string, std::string>& used() const { return used_; }

 private:
  std::filesystem::path folder_;  // empty: in memory
  std::vector<std::string> paths_;
  std::map<std::string, std::string> contents_;
  std::map<std::string, std::string> used_;
};

// Without byte order marks in front and carriage returns before line feeds.
std::string normalised(std::string text);

// Every document that can be read. What YAML refuses is reported, and the other documents are read
// all the same; a reference without quotes inside `{ }` is reported as such.
std::vector<YamlNode> read_documents(const std::string& text, const std::string& path,
                                     Problems& problems);

}  // namespace gossamer::pipeline
