// SPDX-License-Identifier: Apache-2.0
#include "app/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/views.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"

namespace gossamer::app {

namespace {

std::string text_of(const Json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string line_of_step(const Json& event) {
  const auto step = text_of(event, "pipeline") + "/" + text_of(event, "step");
  std::string line = fmt::format("{:<30} {:<20}", step, text_of(event, "state"));
  if (const auto outcome = text_of(event, "outcome");
      !outcome.empty() && outcome != "none" && outcome != "succeeded") {
    line += fmt::format(" {}", outcome);
  }
  if (const auto seconds = event.find("seconds"); seconds != event.end() && seconds->is_number()) {
    line += fmt::format("  {}", format_seconds(seconds->get<double>()));
  }
  if (const auto rows = event.find("rows"); rows != event.end() && rows->is_number_integer()) {
    if (rows->get<std::int64_t>() > 0) {
      line += fmt::format("  {} rows", format_count(rows->get<std::int64_t>()));
    }
  }
  if (const auto attempts = event.value("attempts", 0); attempts > 1) {
    line += fmt::format("  attempt {}", attempts);
  }
  if (const auto error = text_of(event, "error"); !error.empty()) line += "\n    " + error;
  return line;
}

}  // namespace

void Progress::on_event(const Json& event) {
  const auto what = text_of(event, "event");
  if (what == "step") {
    on_step(event);
  } else if (what == "run") {
    on_run(event);
  } else if (what == "note") {
    finish();
    console_.err() << text_of(event, "message") << '\n';
  }
  console_.err().flush();
}

void Progress::on_step(const Json& event) {
  const auto line = line_of_step(event);
  if (!console_.is_terminal()) {
    // A log is read later: what has not begun is no news in it.
    const auto state = text_of(event, "state");
    if (state != "pending" && state != "queued") console_.err() << line << '\n';
    return;
  }
  const auto state = text_of(event, "state");
  const bool has_begun = state != "pending" && state != "queued";
  const auto key = text_of(event, "run") + "/" + text_of(event, "step");
  const auto known = std::ranges::find(live_, key, &std::pair<std::string, std::string>::first);
  if (known != live_.end()) {
    known->second = line;
  } else if (has_begun) {
    live_.emplace_back(key, line);
  }
  redraw(Lines::cut);
}

void Progress::on_run(const Json& event) {
  const auto run = text_of(event, "run");
  const auto state = text_of(event, "state");
  failed_.erase(run);
  waiting_.erase(run);
  if (state == "failed" || state == "cancelled") failed_.insert(run);
  if (state == "waiting") waiting_.insert(run);
  if (state == "queued") return;
  finish();
  console_.err() << fmt::format("{} for {}: {} ({})\n", text_of(event, "pipeline"),
                                text_of(event, "partition"), state, run);
  if (const auto gate = text_of(event, "gate"); !gate.empty() && state == "waiting") {
    console_.err() << fmt::format(
        "  {0}\n  see it:    {1} gates show {2}\n  say yes:   {1} gates approve {2}\n"
        "  say no:    {1} gates reject {2}\n",
        text_of(event, "question"), session_.call_again(), gate);
  }
}

void Progress::redraw(Lines lines) {
  auto& err = console_.err();
  const auto columns = static_cast<std::size_t>(console_.columns());
  // Up to the block's first line, then each line anew: a terminal shows no half states. A line that
  // the terminal would break is cut, or the way up would be too short.
  if (drawn_lines_ > 0) err << fmt::format("\x1b[{}A", drawn_lines_);
  drawn_lines_ = 0;
  for (const auto& [key, text] : live_) {
    for (const auto& line : split(text, '\n')) {
      err << "\x1b[2K" << (lines == Lines::cut ? cut_to(line, columns - 1) : line) << '\n';
      ++drawn_lines_;
    }
  }
}

void Progress::finish() {
  if (!live_.empty()) redraw(Lines::whole);
  live_.clear();
  drawn_lines_ = 0;
}

Result<ExitCode> drive_run(Session& session, const std::string& path, Json body, AfterDrive after) {
  TRY_ASSIGN(const auto format, session.format());
  Progress progress(session);
  auto answer =
      session.post(path, std::move(body), [&](const Json& event) { progress.on_event(event); });
  progress.finish();
  if (!answer) return std::unexpected(std::move(answer).error());
  session.console().print_object(*answer, steps_listing(answer->value("steps", Json::array())),
                                 format);
  if (after == AfterDrive::report_only) return ExitCode::done;
  if (progress.any_failed()) return ExitCode::failed;
  return progress.any_waiting() ? ExitCode::waiting : ExitCode::done;
}

}  // namespace gossamer::app
