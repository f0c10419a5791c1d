// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::supervisor {

// A program's output on its way into the attempt's log. Takes everything at once, so that the
// program never waits: what is over the limit, or does not fit on the disk, is dropped and counted.
// The first part and the last part are kept, with a line between them that says what is missing.
class AttemptLog {
 public:
  // `file` stays the caller's; -1 drops everything.
  AttemptLog(int file, std::uint64_t bytes_max, std::vector<std::string> secrets);

  void take(std::string_view bytes);
  // A line of our own, behind what was taken so far.
  void note(std::string_view text);
  // Writes what is still held back: the last part, and an unfinished possible secret.
  void finish();

  std::uint64_t bytes_written() const { return written_; }
  std::uint64_t bytes_dropped() const { return dropped_; }
  // errno of the first write that failed, or 0.
  int error() const { return error_; }

 private:
  enum class Rest : std::uint8_t { may_follow, has_ended };
  // Passes on what is held, without secrets, as far as no secret can begin in it.
  void mask(Rest rest_of_text);
  void keep(std::string_view bytes);
  void write(std::string_view bytes);

  int file_;
  std::uint64_t head_max_;
  std::uint64_t tail_max_;
  std::vector<std::string> secrets_;
  std::string initials_;  // first bytes of the secrets
  std::string held_;      // the end of the text, where it may be the beginning of a secret
  std::string tail_;
  std::uint64_t written_ = 0;
  std::uint64_t dropped_ = 0;
  bool at_line_start_ = true;
  int error_ = 0;
};

}  // namespace gossamer::supervisor
