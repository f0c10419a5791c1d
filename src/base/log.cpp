// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <algorithm>
#include <vector>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/json.hpp"

namespace gossamer {
namespace {

constexpr std::size_t shortest_secret = 4;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

// A line is one line, whatever a value holds.
std::string quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_plain(std::string_view value) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '=' && c != '\x7F';
  };
  return !value.empty() && std::ranges::all_of(value, plain);
}

std::string field_text(LogForm form, std::string_view key, std::string_view value) {
  if (form == LogForm::json) return "," + quoted(key) + ":" + quoted(value);
  return " " + std::string(key) + "=" + (is_plain(value) ? std::string(value) : quoted(value));
}

}  // namespace

// The spdlog sink has a lock of its own; the secrets share one with nothing.
struct Log::Sink {
  Sink(const Clock& its_clock, LogLevel at_least, LogForm its_form,
       std::shared_ptr<spdlog::logger> logger)
      : clock(its_clock), least(at_least), form(its_form), out(std::move(logger)) {}

  const Clock& clock;
  LogLevel least;
  LogForm form;
  std::shared_ptr<spdlog::logger> out;
  Guarded<std::vector<std::string>> secrets;

  [[nodiscard]] std::string masked(std::string line) const {
    return secrets.with([&](const std::vector<std::string>& all) {
      for (const std::string& secret : all) {
        for (std::size_t at = 0; (at = line.find(secret, at)) != std::string::npos;) {
          line.replace(at, secret.size(), "***");
          at += 3;
        }
      }
      return std::move(line);
    });
  }
};

Result<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    if (text == name_of(level)) return level;
  }
  return invalid_input("`" + std::string(text) +
                       "` is no log level; there are debug, info, warning and error");
}

namespace {

std::shared_ptr<spdlog::logger> logger_over(std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_shared<spdlog::logger>("gossamer", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

}  // namespace

Log::Log() = default;

Log Log::to_stderr(const Clock& clock, LogLevel least, LogForm form) {
  auto out = logger_over(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return Log(std::make_shared<Sink>(clock, least, form, std::move(out)));
}

Result<Log> Log::to_file(const Clock& clock, const std::filesystem::path& path, LogLevel least,
                         LogForm form) {
  try {
    auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    return Log(std::make_shared<Sink>(clock, least, form, logger_over(std::move(file))));
  } catch (const spdlog::spdlog_ex& failure) {
    return unavailable("cannot write the log " + path.string() + ": " + failure.what());
  }
}

Log Log::with(const LogField& field) const {
  Log copy = *this;
  if (sink_) copy.common_ += field_text(sink_->form, field.key, field.value);
  return copy;
}

void Log::debug(std::string_view message, Fields fields) const {
  write(LogLevel::debug, message, fields);
}
void Log::info(std::string_view message, Fields fields) const {
  write(LogLevel::info, message, fields);
}
void Log::warning(std::string_view message, Fields fields) const {
  write(LogLevel::warning, message, fields);
}
void Log::error(std::string_view message, Fields fields) const {
  write(LogLevel::error, message, fields);
}

void Log::mask(std::string_view secret) const {
  if (!sink_ || secret.size() < shortest_secret) return;
  sink_->secrets.with([&](std::vector<std::string>& all) {
    // A value may be printed with its quotes and line ends escaped.
    const std::string escaped = quoted(secret);
    for (const std::string& form : {std::string(secret), escaped.substr(1, escaped.size() - 2)}) {
      if (std::ranges::find(all, form) == all.end()) all.push_back(form);
    }
    // Longer ones first: one secret may be a part of another.
    std::ranges::sort(all, std::ranges::greater{}, &std::string::size);
  });
}

void Log::write(LogLevel level, std::string_view message, Fields fields) const {
  if (!sink_ || level < sink_->least) return;
  const std::string at = format_instant(sink_->clock.now());
  std::string line;
  if (sink_->form == LogForm::json) {
    line = fmt::format(R"({{"at":"{}","level":"{}","message":{})", at, name_of(level),
                       quoted(message));
  } else {
    const std::string escaped = quoted(message);
    line = fmt::format("{} {:<7} {}", at, name_of(level),
                       std::string_view(escaped).substr(1, escaped.size() - 2));
  }
  line += common_;
  for (const LogField& field : fields)
    line += field_text(sink_->form, field.key, field.value);
  if (sink_->form == LogForm::json) line += '}';
  sink_->out->log(spdlog::level::info, sink_->masked(std::move(line)));
}

}  // namespace gossamer
