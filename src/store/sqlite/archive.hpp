// SPDX-License-Identifier: Apache-2.0
// Where finished runs go when `history.keep` is over: files of JSON lines beside the database.
#pragma once

#include <filesystem>

#include "base/time.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// history/2026-11.jsonl: of runs that ended in that month, UTC.
std::filesystem::path archive_file(Instant ended);

// RunStore::archive, inside a transaction of `session`. Lines are synced before rows go, so after a
// crash in between a run is in its file and in the database, and later twice in its file.
Result<std::size_t> archive_runs(const Session& session, const std::filesystem::path& folder,
                                 Instant before, std::size_t limit);

}  // namespace gossamer::store::sqlite
