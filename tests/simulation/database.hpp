// SPDX-License-Identifier: Apache-2.0
// A database that fails on command, in front of one that works.
#pragma once

#include <optional>
#include <vector>

#include "orchestration/ports.hpp"
#include "tests/support/journal.hpp"

namespace gossamer::simulation {

// The engine's process ends here, in the middle of whatever it does.
struct EngineDied {};

enum class CommitTrouble {
  full_disk,       // nothing is written
  lying,           // everything is written, the caller hears of an error
  conflict,        // nothing is written
  dies_before_it,  // EngineDied, nothing is written
  dies_after_it,   // EngineDied, everything is written
  hangs_in_it,     // EngineDied, nothing is written yet: write_late() tries it
};

class Database final : public orchestration::RunStore {
 public:
  Database(orchestration::RunStore& inner, test::Journal& journal)
      : inner_(inner), journal_(journal) {}

  // Happens to the next commit, once.
  void plan(CommitTrouble trouble) { trouble_ = trouble; }
  // So many of the next reads fail.
  void fail_reads(int times) { failing_reads_ = times; }
  // What an engine hung in is written when another one has taken its place and has moved on; the
  // database's answer, or nothing where no such write hangs.
  std::optional<Result<void>> write_late();
  void calm() {
    trouble_.reset();
    hanging_.reset();
    failing_reads_ = 0;
  }

  Result<void> commit(std::span<const orchestration::Transition> transitions,
                      std::span<const std::int64_t> acknowledged) override;
  Result<std::vector<orchestration::RunState>> load_open() const override {
    return inner_.load_open();
  }
  Result<orchestration::RunState> load(const RunId& run) const override;
  Result<std::optional<RunId>> created_by(const std::string& request_key) const override;
  Result<std::vector<orchestration::OutboxRow>> outbox(std::int64_t after) const override;
  Result<std::size_t> archive(Instant before, std::size_t limit) override {
    return inner_.archive(before, limit);
  }
  Result<std::uint64_t> catalog_version() const override;

 private:
  struct Write {
    std::vector<orchestration::Transition> transitions;
    std::vector<std::int64_t> acknowledged;
  };
  Result<void> read() const;
  Result<void> write(const Write& write);

  orchestration::RunStore& inner_;
  test::Journal& journal_;
  std::optional<CommitTrouble> trouble_;
  std::optional<Write> hanging_;
  mutable int failing_reads_ = 0;
};

}  // namespace gossamer::simulation
