// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gossamer::supervisor {

enum class Durability : bool { not_needed, needed };

// A small file whose room on the disk is taken in advance, so that a disk that fills up while the
// program runs does not keep us from saying how it ended.
class ReservedFile {
 public:
  explicit ReservedFile(std::string path);
  ReservedFile(const ReservedFile&) = delete;
  ReservedFile& operator=(const ReservedFile&) = delete;
  ~ReservedFile();

  // Writes `content`, makes it durable where that is needed, and renames the file to `target`. An
  // errno, 0 for success.
  int publish(std::string_view content, const std::string& target, Durability durability);

 private:
  std::string path_;
  int file_;
};

// Syncs a file, or a folder with everything in it, links not followed. An errno, 0 for success.
int sync_tree(const std::string& path);

std::string system_text(int error);

}  // namespace gossamer::supervisor
