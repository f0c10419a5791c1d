// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "release/switch.hpp"
#include "store/sqlite/catalog_rows.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

Result<std::optional<int>> read_alias(const Session& session, const std::string& model,
                                      const std::string& alias);
Result<Json> read_setting(const Session& session, const std::string& name);
Result<release::Present> read_present(const Session& session, const release::Switch& change);

// Checks that each `from` holds, then moves everything and keeps the switch. `conflict` where
// something has moved, is not there, or was undone before.
Result<void> apply_switch(const Session& session, const release::Switch& change,
                          const CatalogAuthor& author);

struct VersionOrigin {
  std::optional<RunId> run;
  std::string step;
  Instant at{};
};
// `conflict` where the version exists.
Result<void> add_version(const Session& session, const release::ModelRegistration& registration,
                         const VersionOrigin& origin);

}  // namespace gossamer::store::sqlite
