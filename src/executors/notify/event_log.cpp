// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/event_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/json.hpp"
#include "executors/notify/cloud_event.hpp"

namespace gossamer::executors {

Result<void> EventLog::open() {
  TRY(read_back());
  TRY_ASSIGN(out_, open_file(file_, O_WRONLY | O_APPEND | O_CREAT));
  return {};
}

Result<void> EventLog::read_back() {
  TRY_ASSIGN(const bool exists, path_exists(file_));
  if (!exists) return {};
  TRY_ASSIGN(const std::string text, read_file(file_));
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    const auto event = parse_json(text.substr(begin, end - begin), file_.string());
    begin = end + 1;
    // What somebody else wrote into it is not ours to judge.
    if (event && event->is_object()) written_.insert(event->value("id", std::string()));
  }
  if (begin == text.size()) return {};
  if (::truncate(file_.c_str(), static_cast<off_t>(begin)) == 0) return {};
  return std::unexpected(system_error(errno, "shorten", file_));
}

Result<void> EventLog::send(const RunId& run, const std::string& key,
                            const orchestration::Notify& message) {
  if (!out_) TRY(open());
  if (!written_.contains(key)) {
    const Json event = cloud_event(source_, key, message);
    TRY(write_all(out_, event.dump() + "\n", file_));
    if (::fdatasync(out_.number()) != 0) {
      return std::unexpected(system_error(errno, "sync", file_));
    }
    written_.insert(key);
  }
  return next_.send(run, key, message);
}

}  // namespace gossamer::executors
