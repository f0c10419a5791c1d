// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "release/publication.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// Who changes the catalog, stamped on what changes.
struct CatalogAuthor {
  std::string actor;
  std::optional<RunId> run;
  Instant at{};
};

// Stores a content that nobody sees yet. The same content again changes nothing; another one of
// the same attempt is a `conflict`.
Result<void> add_content(const Session& session, const release::Publication& publication,
                         const CatalogAuthor& author);

// `conflict`, naming who, where another than `writer` holds the partition's lock.
Result<void> check_unlocked(const Session& session, const std::string& table,
                            const release::PartitionKey& key, const AttemptId& writer);

// What a partition holds now, by the attempt that wrote it.
Result<std::optional<AttemptId>> current_content(const Session& session, const std::string& table,
                                                 const release::PartitionKey& key);

// When a partition changed last, and the run that made what it holds now.
struct LastChange {
  std::uint64_t version = 0;
  std::optional<RunId> run;
};
Result<LastChange> last_change(const Session& session, const std::string& table,
                               const release::PartitionKey& key);

Result<std::uint64_t> catalog_version(const Session& session);
Result<std::uint64_t> raise_catalog(const Session& session, const CatalogAuthor& author);

// The partition holds what `attempt` wrote (none: nothing) from `version` on.
Result<void> make_current(const Session& session, const std::string& table,
                          const release::PartitionKey& key, const std::optional<AttemptId>& attempt,
                          std::uint64_t version);

// The columns c.table_name ... c.checks of `catalog.snapshot` and its like.
class Row;
Result<release::PartitionContent> read_content(Row& row);

}  // namespace gossamer::store::sqlite
