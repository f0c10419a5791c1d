// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/report.hpp"

namespace gossamer::supervisor {
namespace {

// The texts are paths and the system's messages: bytes outside of ASCII could be anything, and what
// reads the report insists on UTF-8.
std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out.append(1, '\\').append(1, character);
    } else if (byte < 0x20) {
      out.append("\\u00").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    } else {
      out.append(1, byte < 0x7f ? character : '?');
    }
  }
  return out + "\"";
}

}  // namespace

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::exited:
      return "exited";
    case Ending::signalled:
      return "signalled";
    case Ending::timed_out:
      return "timed_out";
    case Ending::cancelled:
      return "cancelled";
    case Ending::terminated:
      return "terminated";
    case Ending::not_started:
      return "not_started";
    case Ending::not_durable:
      return "not_durable";
  }
  return "not_started";
}

std::string to_json(const Report& report) {
  std::string out = R"({"schema":1,"from":"supervisor","attempt":)" + quoted(report.attempt);
  const auto number = [&out](std::string_view name, auto value) {
    out.append(",\"").append(name).append("\":").append(std::to_string(value));
  };
  out.append(",\"ending\":").append(quoted(name_of(report.ending)));
  number("exit_code", report.exit_code);
  number("signal", report.signal);
  number("error", report.error);
  out.append(",\"message\":").append(quoted(report.message));
  number("left_behind", report.left_behind);
  number("log_bytes", report.log_bytes);
  number("log_bytes_dropped", report.log_bytes_dropped);
  number("user_us", report.user_us);
  number("system_us", report.system_us);
  number("peak_memory_bytes", report.peak_memory_bytes);
  return out + "}\n";
}

}  // namespace gossamer::supervisor
