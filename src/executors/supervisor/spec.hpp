// SPDX-License-Identifier: Apache-2.0
// supervisor: the small static program between the engine and a user's program. Owns one attempt:
// runs the program, writes its log, ends everything it started, and reports. Never opens a
// database, reads no clock, links neither base nor any other library. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::supervisor {

// The descriptors that the supervisor finds when it starts, beside 0-2.
inline constexpr int lock_descriptor = 3;  // the attempt's lock, held for as long as it is open
inline constexpr int spec_descriptor = 4;  // an encoded Spec in memory: it may hold secrets

// What to run and where to say how it went. All paths are absolute.
struct Spec {
  std::string attempt;
  std::string folder;      // the attempt's own: `log`, `begun`, `cancel`
  std::string done;        // where the report goes, as <attempt>.json
  std::string tombstones;  // a file <attempt> in here: nothing is run or reported any more
  std::string workdir;
  std::vector<std::string> argv;
  std::vector<std::string> environment;  // NAME=value; the program gets nothing else
  std::vector<std::string> secrets;      // replaced by *** in the log
  std::vector<std::string> sync;         // files and folders made durable before the report
  std::int64_t engine_pid = 0;         // who started it; as long as that is its parent, it listens
  std::int64_t timeout_us = 0;         // 0: none
  std::int64_t grace_us = 10'000'000;  // between TERM and KILL
  std::uint64_t log_bytes_max = std::uint64_t{64} << 20U;
};

// `name=value` entries, each ended by a zero byte.
std::string encode(const Spec& spec);
// Nothing where the text is cut off, or has an unknown name or a number that is none.
std::optional<Spec> decode(std::string_view text);

}  // namespace gossamer::supervisor
