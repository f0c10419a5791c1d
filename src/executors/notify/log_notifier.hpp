// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::executors {

// Sends every message into the log: the channel that is always there.
class LogNotifier final : public orchestration::Notifier {
 public:
  explicit LogNotifier(Log log) : log_(std::move(log)) {}

  Result<void> send(const RunId& run, const std::string& key,
                    const orchestration::Notify& message) override;

 private:
  Log log_;
};

}  // namespace gossamer::executors
