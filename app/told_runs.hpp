// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "orchestration/ports.hpp"
#include "web/change_feed.hpp"
#include "web/metrics.hpp"

namespace gossamer::app {

// The engine's store that also tells of each commit, once it stands, and counts what it says.
class ToldRuns final : public orchestration::RunStore {
 public:
  ToldRuns(orchestration::RunStore& runs, web::ChangeFeed& feed, web::Metrics& metrics,
           const Clock& clock)
      : runs_(runs), feed_(feed), metrics_(metrics), clock_(clock) {}

  Result<void> commit(std::span<const orchestration::Transition> transitions,
                      std::span<const std::int64_t> acknowledged) override;
  Result<std::vector<orchestration::RunState>> load_open() const override {
    return runs_.load_open();
  }
  Result<orchestration::RunState> load(const RunId& run) const override { return runs_.load(run); }
  Result<std::optional<RunId>> created_by(const std::string& request_key) const override {
    return runs_.created_by(request_key);
  }
  Result<std::vector<orchestration::OutboxRow>> outbox(std::int64_t after) const override {
    return runs_.outbox(after);
  }
  Result<std::size_t> archive(Instant before, std::size_t limit) override {
    return runs_.archive(before, limit);
  }
  Result<std::uint64_t> catalog_version() const override { return runs_.catalog_version(); }

 private:
  orchestration::RunStore& runs_;
  web::ChangeFeed& feed_;
  web::Metrics& metrics_;
  const Clock& clock_;
};

}  // namespace gossamer::app
