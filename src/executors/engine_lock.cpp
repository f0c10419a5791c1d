// SPDX-License-Identifier: Apache-2.0
#include "executors/engine_lock.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "executors/state_folder.hpp"

namespace gossamer::executors {
namespace {

fs::path path_of(const fs::path& state) { return state / "engine.lock"; }

}  // namespace

Result<std::optional<EngineLock>> EngineLock::try_take(const fs::path& state) {
  TRY(StateFolder(state).prepare());
  TRY_ASSIGN(auto lock, FileLock::try_lock(path_of(state)));
  if (!lock) return std::nullopt;
  // For people only: who decides is the kernel.
  const std::string text = fmt::format("{}\n", ::getpid());
  const FileDescriptor& file = lock->descriptor();
  if (::ftruncate(file.number(), 0) != 0) {
    return std::unexpected(system_error(errno, "write", path_of(state)));
  }
  TRY(write_all(file, text, path_of(state)));
  return EngineLock(std::move(*lock));
}

std::optional<int> EngineLock::holder(const fs::path& state) {
  const auto text = read_file(path_of(state));
  if (!text) return std::nullopt;
  const auto pid = parse_integer(trimmed(*text), 1, 1 << 30);
  // Not asked of the lock itself: trying it would for a moment keep others from taking it.
  if (!pid || (::kill(static_cast<pid_t>(*pid), 0) != 0 && errno == ESRCH)) return std::nullopt;
  return static_cast<int>(*pid);
}

}  // namespace gossamer::executors
