// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/cloud_event.hpp"

#include <utility>

#include "base/json.hpp"

namespace gossamer::executors {

std::string cloud_event(const std::string& source, const std::string& key,
                        const orchestration::Notify& message) {
  Json data = message.content;
  data.erase("time");
  data["target"] = message.target;
  const auto partition = message.content.value("partition", std::string());
  Json event{{"specversion", "1.0"},
             {"id", key},
             {"source", source},
             {"type", "gossamer.run." + message.kind},
             {"subject", message.content.value("pipeline", std::string()) +
                             (partition.empty() ? "" : "/" + partition)},
             {"datacontenttype", "application/json"},
             {"data", std::move(data)}};
  const auto time = message.content.value("time", std::string());
  if (!time.empty()) event["time"] = time;
  return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gossamer::executors
