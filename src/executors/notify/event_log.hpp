// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <set>
#include <string>

#include "base/files.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::executors {

// Writes every message as a line of JSON, an event of CloudEvents 1.0 (structured mode), into a
// file, and then passes it on. A message that comes again, after a restart too, is written once:
// its key is the event's `id`. One thread at a time.
class EventLog final : public orchestration::Notifier {
 public:
  // What comes again is what was not acknowledged: far less than this many events back.
  static constexpr std::size_t usually_remembered = 100'000;

  // `source` is the events', the workspace. `next` must outlive it. The first message opens the
  // file and reads which events are there; half a line, left by a crash, goes. Of events, the last
  // `remembered` are known, so that memory does not grow with the file.
  EventLog(fs::path file, std::string source, orchestration::Notifier& next,
           std::size_t remembered = usually_remembered)
      : file_(std::move(file)), source_(std::move(source)), next_(next), remembered_(remembered) {}

  Result<void> send(const RunId& run, const std::string& key,
                    const orchestration::Notify& message) override;

 private:
  Result<void> open();
  Result<void> read_back();
  void note(const std::string& id);

  fs::path file_;
  std::string source_;
  orchestration::Notifier& next_;
  std::size_t remembered_;
  FileDescriptor out_;
  std::set<std::string> written_;  // ids
  std::deque<std::string> order_;  // the same, the oldest first
};

}  // namespace gossamer::executors
