// SPDX-License-Identifier: Apache-2.0
#include "executors/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

constexpr std::size_t report_bytes_max = std::size_t{64} << 20U;

Result<int> small_number(const Json& json, std::string_view key) {
  TRY_ASSIGN(const auto number, require<std::int64_t>(json, key, "report"));
  if (number < 0 || number > 100'000) {
    return invalid_input(fmt::format("report: '{}' is out of range: {}", key, number));
  }
  return static_cast<int>(number);
}

Result<ProgramEnd> program_end(const Json& json) {
  ProgramEnd end;
  TRY_ASSIGN(end.ending, require<std::string>(json, "ending", "report"));
  TRY_ASSIGN(end.exit_code, small_number(json, "exit_code"));
  TRY_ASSIGN(end.signal, small_number(json, "signal"));
  TRY_ASSIGN(end.error, small_number(json, "error"));
  TRY_ASSIGN(end.message, require<std::string>(json, "message", "report"));
  TRY_ASSIGN(const auto left, require<std::int64_t>(json, "left_behind", "report"));
  TRY_ASSIGN(const auto dropped, require<std::int64_t>(json, "log_bytes_dropped", "report"));
  TRY_ASSIGN(end.peak_memory_bytes, require<std::int64_t>(json, "peak_memory_bytes", "report"));
  end.left_behind = static_cast<std::uint64_t>(left);
  end.log_bytes_dropped = static_cast<std::uint64_t>(dropped);
  return end;
}

}  // namespace

AttemptFolder StateFolder::attempt(const RunId& run, const std::string& step,
                                   const AttemptId& attempt) const {
  return {this->run(run) / step / attempt.value()};
}

fs::path StateFolder::done(const AttemptId& attempt) const {
  return done() / (attempt.value() + ".json");
}

fs::path StateFolder::tombstone(const AttemptId& attempt) const {
  return tombstones() / attempt.value();
}

Result<void> StateFolder::prepare() const {
  for (const fs::path& folder : {root_, runs(), code(), done(), tombstones()}) {
    TRY(make_folders(folder));
  }
  TRY_ASSIGN(const FileSystemType type, file_system_of(root_));
  if (type.is_network) {
    return unavailable(fmt::format(
        "{} lies on a network file system ({}), whose locks and renames cannot be trusted: move "
        "the workspace to a local disk",
        root_.string(), type.name));
  }
  return {};
}

Result<std::optional<DoneReport>> StateFolder::read_done(const AttemptId& attempt) const {
  const fs::path path = done(attempt);
  const auto text = read_file(path, report_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  TRY_ASSIGN(const Json json, parse_json(*text, path.string()));
  TRY_ASSIGN(const auto schema, require<std::int64_t>(json, "schema", "report"));
  TRY_ASSIGN(const auto from, require<std::string>(json, "from", "report"));
  TRY_ASSIGN(const auto whose, require<std::string>(json, "attempt", "report"));
  if (schema != 1 || whose != attempt.value()) {
    return invalid_input(fmt::format("{} is not the report of {}", path.string(), attempt.value()));
  }
  if (from == "supervisor") {
    TRY_ASSIGN(ProgramEnd end, program_end(json));
    return DoneReport(std::move(end));
  }
  TRY_ASSIGN(const Json body, require<Json>(json, "result", "report"));
  TRY_ASSIGN(auto result, orchestration::attempt_result_from_json(body));
  if (result.attempt != attempt) {
    return invalid_input(
        fmt::format("{} holds the result of {}", path.string(), result.attempt.value()));
  }
  return DoneReport(std::move(result));
}

Result<void> StateFolder::write_done(const orchestration::AttemptResult& result) const {
  TRY_ASSIGN(const bool buried, path_exists(tombstone(result.attempt)));
  if (buried) {
    return conflict(fmt::format("attempt {} was declared lost: its result is not delivered",
                                result.attempt.value()));
  }
  const Json json = {{"schema", 1},
                     {"from", "worker"},
                     {"attempt", result.attempt.value()},
                     {"result", orchestration::to_json(result)}};
  TRY_ASSIGN(const std::string text, canonical(json));
  return write_file_durably(done(result.attempt), text);
}

Result<void> StateFolder::bury(const AttemptId& attempt) const {
  // Not synced: whoever should obey it would not survive a power cut either.
  TRY_ASSIGN(const FileDescriptor file, open_file(tombstone(attempt), O_WRONLY | O_CREAT));
  return {};
}

void StateFolder::forget(const AttemptId& attempt) const {
  // What cannot be removed is swept by the next engine.
  std::error_code ignored;
  fs::remove(done(attempt), ignored);
}

Result<void> write_for_the_living(const fs::path& path, std::string_view text) {
  TRY_ASSIGN(const FileDescriptor file, open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
  return write_all(file, text, path);
}

std::string relative_to_state(const fs::path& folder) {
  fs::path relative;
  bool inside = false;
  for (const fs::path& part : folder) {
    if (part == ".gossamer") {
      relative.clear();
      inside = true;
    } else if (inside) {
      relative /= part;
    }
  }
  return inside ? relative.string() : folder.string();
}

}  // namespace gossamer::executors
