// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json_fwd.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::executors {

// An address as a definition declares it (see pipeline::schema::channel), with its secrets.
using AddressReader = std::function<Result<std::string>(const Json& declared)>;
// Secrets are those of the active definition. `definitions` must outlive it.
AddressReader webhook_addresses(const orchestration::Definitions& definitions,
                                Environment environment, fs::path workspace);

// Posts a message to the webhook that its target names, as an event of CloudEvents 1.0 in
// structured mode, and then passes it on; one without a webhook is passed on at once. What may have
// been posted comes again after a crash, with the same `id`.
class Webhook final : public orchestration::Notifier {
 public:
  // The clock and `next` must outlive it. `authorities` as in http::ClientOptions.
  Webhook(std::string source, AddressReader addresses, const Clock& clock,
          orchestration::Notifier& next, fs::path authorities = {})
      : source_(std::move(source)),
        addresses_(std::move(addresses)),
        clock_(clock),
        next_(next),
        authorities_(std::move(authorities)) {}

  // unavailable where another try may help, for a day from the message's time on.
  Result<void> send(const RunId& run, const std::string& key,
                    const orchestration::Notify& message) override;

 private:
  Result<void> post(const std::string& key, const orchestration::Notify& message,
                    const Json& declared) const;
  [[nodiscard]] bool is_too_old(const orchestration::Notify& message) const;

  std::string source_;
  AddressReader addresses_;
  const Clock& clock_;
  orchestration::Notifier& next_;
  fs::path authorities_;
};

}  // namespace gossamer::executors
