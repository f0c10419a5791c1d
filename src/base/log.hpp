// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "base/result.hpp"

namespace gossamer {

class Clock;

enum class LogLevel : std::uint8_t { debug, info, warning, error };
Result<LogLevel> parse_log_level(std::string_view text);

enum class LogForm : std::uint8_t {
  text,  // 2026-11-22T04:30:00.000000Z info  run started run=run_0190... rows=12
  json,  // {"at":...,"level":"info","message":...,"run":...} a line
};

struct LogField {
  template <class T>
  LogField(std::string_view field_key, const T& field_value)
      : key(field_key), value(fmt::format("{}", field_value)) {}
  LogField(std::string_view field_key, const Error& error)
      : key(field_key), value(error.describe()) {}

  std::string_view key;
  std::string value;
};

// A handle that is cheap to copy; copies write to the same place, and threads may share them.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  // Writes nothing.
  Log();
  // The clock must outlive the log.
  static Log to_stderr(const Clock& clock, LogLevel least, LogForm form = LogForm::text);
  // Appends; the folder must exist.
  static Result<Log> to_file(const Clock& clock, const std::filesystem::path& path, LogLevel least,
                             LogForm form = LogForm::text);

  // The same log, with this field in each line.
  [[nodiscard]] Log with(const LogField& field) const;

  void debug(std::string_view message, Fields fields = {}) const;
  void info(std::string_view message, Fields fields = {}) const;
  void warning(std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields fields = {}) const;

  // From now on "***" stands for `secret` in every line of this log and its copies. Secrets of
  // less than 4 bytes are not masked: they would garble ordinary words.
  void mask(std::string_view secret) const;

 private:
  struct Sink;
  explicit Log(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void write(LogLevel level, std::string_view message, Fields fields) const;

  std::shared_ptr<Sink> sink_;
  std::string common_;  // fields of with(), formatted
};

}  // namespace gossamer
