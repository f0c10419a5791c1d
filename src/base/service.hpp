// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace gossamer {

// Something that runs in the background between start and stop.
class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  // Once; after an error nothing runs.
  virtual Result<void> start() = 0;
  // Returns when nothing of it runs any more. Safe to repeat, and without a start.
  virtual void stop() noexcept = 0;
};

}  // namespace gossamer
