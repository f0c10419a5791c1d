// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gossamer::supervisor {

enum class Ending {
  exited,       // by itself, with `exit_code`
  signalled,    // by `signal`, which was not ours
  timed_out,    // we ended it
  cancelled,    // we ended it, because of the file `cancel`
  terminated,   // we were asked to end (TERM), and ended it
  not_started,  // it could not be run; `message` says why
  not_durable,  // it succeeded, but its output could not be synced
};
std::string_view name_of(Ending ending);

struct Report {
  std::string attempt;
  Ending ending = Ending::not_started;
  int exit_code = 0;
  int signal = 0;
  int error = 0;  // errno behind `message`, 0 where there is none
  std::string message;
  std::uint64_t left_behind = 0;  // descendants that had to be ended after it
  std::uint64_t log_bytes = 0;
  std::uint64_t log_bytes_dropped = 0;
  std::int64_t user_us = 0;
  std::int64_t system_us = 0;
  std::int64_t peak_memory_bytes = 0;
};

// The content of done/<attempt>.json: {"schema":1,"from":"supervisor","attempt":...}
std::string to_json(const Report& report);

}  // namespace gossamer::supervisor
