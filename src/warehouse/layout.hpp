// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "base/ids.hpp"
#include "release/publication.hpp"

#include <string>
#include <string_view>

namespace gossamer::warehouse {

// `part-<attempt>-<n>.parquet`
std::string file_name(const AttemptId& attempt, std::size_t number);

// Letters, digits, `_`, `-`, in one or two parts with a dot between; not starting with a dot, and
// not `<table>__candidate_<name>`, which is a projection's name.
Result<void> check_table_name(std::string_view table);

// Where things lie below the warehouse's folder. A plain value.
class Layout {
 public:
  explicit Layout(fs::path root) : root_(std::move(root)) {}

  const fs::path& root() const { return root_; }
  fs::path table_files(const std::string& table) const;  // .data/<table>
  fs::path attempt_files(const std::string& table, const AttemptId& attempt) const;
  fs::path partition_files(const std::string& table, const AttemptId& attempt,
                           const release::PartitionKey& key) const;  // its `key.text()` in there
  fs::path projection(const std::string& table) const;               // <table>
  // <table>__candidate_<name>; what cannot stand in a folder's name becomes `-`.
  fs::path candidate_projection(const std::string& table, const std::string& name) const;
  fs::path staging() const;  // .data/.staging: folders that are about to be exchanged in

 private:
  fs::path root_;
};

}  // namespace gossamer::warehouse
