// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteRunStore final : public orchestration::RunStore, public orchestration::RunViews {
 public:
  SqliteRunStore(Connections& connections, const orchestration::Definitions& definitions)
      : connections_(connections), definitions_(definitions) {}

  Result<void> commit(std::span<const orchestration::Transition> transitions,
                      std::span<const std::int64_t> acknowledged) override;
  Result<std::vector<orchestration::RunState>> load_open() const override;
  Result<orchestration::RunState> load(const RunId& run) const override;
  Result<std::optional<RunId>> created_by(const std::string& request_key) const override;
  Result<std::vector<orchestration::OutboxRow>> outbox(std::int64_t after) const override;
  // Appends to DATABASE'S FOLDER/history/YYYY-MM.jsonl, a run a line, synced before rows go: after
  // a crash in between a run is there twice.
  Result<std::size_t> archive(Instant before, std::size_t limit) override;
  Result<std::uint64_t> catalog_version() const override;

  Result<std::vector<orchestration::RunSummary>> list(
      const orchestration::RunFilter& filter) const override;
  Result<std::vector<orchestration::HistoryEntry>> history(const RunId& run) const override;
  Result<std::vector<orchestration::AttemptRow>> attempts(const RunId& run) const override;

 private:
  Connections& connections_;
  const orchestration::Definitions& definitions_;
};

}  // namespace gossamer::store::sqlite
