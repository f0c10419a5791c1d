// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  // `source` is the events', the workspace. `next` must outlive it. The first message opens the
  // file and reads which events are there; half a line, left by a crash, goes.
  EventLog(fs::path file, std::string source, orchestration::Notifier& next)
      : file_(std::move(file)), source_(std::move(source)), next_(next) {}

  Result<void> send(const RunId& run, const std::string& key,
                    const orchestration::Notify& message) override;

 private:
  Result<void> open();
  Result<void> read_back();

  fs::path file_;
  std::string source_;
  orchestration::Notifier& next_;
  FileDescriptor out_;
  std::set<std::string> written_;  // ids
};

}  // namespace gossamer::executors
