// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/log_notifier.hpp"

#include "base/json.hpp"

namespace gossamer::executors {

Result<void> LogNotifier::send(const RunId& run, const std::string& key,
                               const orchestration::Notify& message) {
  TRY_ASSIGN(const std::string content, canonical(message.content));
  const Log log = log_.with({"run", run}).with({"key", key}).with({"content", content});
  if (message.kind == "failed" || message.kind == "late") {
    log.warning(message.kind);
  } else {
    log.info(message.kind);
  }
  return {};
}

}  // namespace gossamer::executors
