// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/event_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

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
  std::ifstream in(file_, std::ios::binary);
  if (!in) return std::unexpected(system_error(errno, "open", file_));
  std::string line;
  off_t whole = 0;  // bytes of lines that have their end
  while (std::getline(in, line) && !in.eof()) {
    whole += static_cast<off_t>(line.size()) + 1;
    const auto event = parse_json(line, file_.string());
    // What somebody else wrote into it is not ours to judge.
    if (!event || !event->is_object()) continue;
    const auto id = event->find("id");
    if (id != event->end() && id->is_string()) note(id->get<std::string>());
  }
  if (in.bad()) return std::unexpected(system_error(errno, "read", file_));
  if (line.empty() || !in.eof()) return {};
  if (::truncate(file_.c_str(), whole) == 0) return {};
  return std::unexpected(system_error(errno, "shorten", file_));
}

void EventLog::note(const std::string& id) {
  if (!written_.insert(id).second) return;
  order_.push_back(id);
  if (order_.size() <= remembered_) return;
  written_.erase(order_.front());
  order_.pop_front();
}

Result<void> EventLog::send(const RunId& run, const std::string& key,
                            const orchestration::Notify& message) {
  if (!out_) TRY(open());
  if (!written_.contains(key)) {
    TRY(write_all(out_, cloud_event(source_, key, message) + "\n", file_));
    if (::fdatasync(out_.number()) != 0) {
      return std::unexpected(system_error(errno, "sync", file_));
    }
    note(key);
  }
  return next_.send(run, key, message);
}

}  // namespace gossamer::executors
