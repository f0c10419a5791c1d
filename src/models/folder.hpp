// SPDX-License-Identifier: Apache-2.0
// A model's folder and its seal: SHA256SUMS lists every other file, and the digest of that list is
// the version's digest. `sha256sum --check SHA256SUMS` verifies it without this program.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace gossamer::models {

inline constexpr std::string_view sums_file = "SHA256SUMS";

// Writes the list, syncs every file and folder, and gives the digest. The same files give the same
// digest. invalid_input names a link or special file, an empty folder is refused.
Result<Digest> seal_model_folder(const std::filesystem::path& folder);

// Success if the folder is exactly what was sealed with `digest`. invalid_input names the first
// file that was changed, is missing or was added; not_found where the folder is gone.
Result<void> verify_model_folder(const std::filesystem::path& folder, const Digest& digest);

}  // namespace gossamer::models
