// SPDX-License-Identifier: Apache-2.0
// Which files of the server's machine a caller over HTTP may name. Whoever comes by the socket or
// is the process itself reads and writes as the operating system lets that user.
#pragma once

#include <functional>
#include <vector>

#include "base/files.hpp"
#include "web/request.hpp"

namespace gossamer::web {

struct FileBounds {
  fs::path folder;  // the workspace's; empty: no file can be named
  // Files with secrets below it, which nobody may name.
  std::function<std::vector<fs::path>()> secrets{};
};

// Puts the real path, without links, in the place of each file that the route's fields name.
// Relative ones begin at the folder. `denied` for what is outside of it once links are followed,
// for names that begin with a dot, for secrets, for folders with links in them, and for whatever
// would be written; not_found for what is not there.
Result<void> bind_files(const FileBounds& bounds, const Route& route, Request& request);

}  // namespace gossamer::web
