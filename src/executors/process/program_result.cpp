// SPDX-License-Identifier: Apache-2.0
#include "executors/process/program_result.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/json.hpp"
#include "executors/failure.hpp"
#include "executors/process/notebook.hpp"

namespace gossamer::executors {
namespace {

using orchestration::Failure;
using orchestration::FailureClass;
using orchestration::StopReason;

constexpr int no_container = 125;  // of podman and docker alike
constexpr std::size_t outputs_bytes_max = std::size_t{1} << 20U;

Failure failure_of(const ProgramEnd& end) {
  const std::string note = end.message.empty() ? "" : fmt::format(" ({})", end.message);
  if (end.ending == "exited") {
    // By convention of shells a code over 128 is a signal that ended a child.
    const int signal = end.exit_code > 128 && end.exit_code <= 128 + 64 ? end.exit_code - 128 : 0;
    const char* name = signal > 0 ? ::strsignal(signal) : nullptr;
    const std::string meaning =
        name == nullptr ? "" : fmt::format(", which stands for signal {} ({})", signal, name);
    return {FailureClass::exit_code,
            fmt::format("the program ended with exit code {}{}{}", end.exit_code, meaning, note),
            end.exit_code,
            {}};
  }
  if (end.ending == "signalled") {
    const std::string memory = end.signal == 9 ? "; the system kills so when memory runs out" : "";
    return {FailureClass::exit_code,
            fmt::format("the program was ended by signal {} ({}){}{}", end.signal,
                        ::strsignal(end.signal), memory, note),
            end.exit_code, end.signal};
  }
  if (end.ending == "terminated") {
    return {FailureClass::lost, "its supervisor was asked to end by somebody else", {}, {}};
  }
  if (end.ending == "not_started") {
    const bool is_passing = end.error == EAGAIN || end.error == ENOMEM || end.error == ENOSPC ||
                            end.error == EMFILE || end.error == ENFILE || end.error == EIO;
    return {
        is_passing ? FailureClass::unavailable : FailureClass::invalid_input, end.message, {}, {}};
  }
  if (end.ending == "not_durable") return {FailureClass::unavailable, end.message, {}, {}};
  return {
      FailureClass::lost, fmt::format("its report has an unknown ending '{}'", end.ending), {}, {}};
}

}  // namespace

orchestration::AttemptResult result_of(const AttemptId& attempt, const ProgramEnd& end,
                                       std::optional<StopReason> asked) {
  if (end.ending == "timed_out") return stopped(attempt, StopReason::timeout);
  if (end.ending == "cancelled") return stopped(attempt, asked.value_or(StopReason::cancelled));
  if (end.ending != "exited" || end.exit_code != 0) return failed(attempt, failure_of(end));
  orchestration::AttemptResult result;
  result.attempt = attempt;
  return result;
}

void explain(Failure& failure, const orchestration::AttemptOrder& order,
             const AttemptFolder& folder) {
  if (failure.failure != FailureClass::exit_code) return;
  const auto& body = order.declaration().body;
  const auto* command = std::get_if<pipeline::CommandStep>(&body);
  if (command != nullptr && !command->image.empty() && failure.exit_code == no_container) {
    failure.message = fmt::format(
        "no container of the image '{}' could be started (exit code {}): the log says why",
        command->image, no_container);
  }
  if (!std::holds_alternative<pipeline::NotebookStep>(body)) return;
  if (const auto said = read_file(folder.root / notebook_failure_file)) failure.message = *said;
}

Result<Json> outputs_in(const fs::path& file) {
  const auto text = read_file(file, outputs_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) return Json::object();
  if (!text) return std::unexpected(text.error().wrapped("the values in GOSSAMER_RESULT"));
  const auto json = parse_json(*text, "GOSSAMER_RESULT");
  if (!json) return std::unexpected(json.error());
  if (!json->is_object()) {
    return invalid_input("GOSSAMER_RESULT must hold a JSON object, such as {\"rows\": 12}");
  }
  return *json;
}

}  // namespace gossamer::executors
