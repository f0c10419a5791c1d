// SPDX-License-Identifier: Apache-2.0
// A gate's evidence: what is put together, sealed by a digest, and shown to everybody who decides.
// The format is described in docs/evidence.md.
#pragma once

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "executors/job.hpp"

namespace gossamer::executors {

// `evidence.json`, from the job of an approval step. `samples` is {step: {columns, rows}}.
Result<Json> evidence_of(const Job& job, const Json& samples);

// True where a criterion of the shown steps failed: an approval then needs an override.
bool criteria_failed(const Json& evidence);

// The digest of a bundle: over the digests of both files.
Digest bundle_digest(const Digest& evidence_json, const Digest& samples);

// Writes evidence.json beside the samples that lie in `draft`, and moves the folder to
// `<evidence>/<digest>/`, durably. The same evidence twice is one folder.
Result<Digest> seal_bundle(const fs::path& draft, const Json& evidence,
                           const fs::path& evidence_root);

// Reads a bundle back; `unavailable` where it is missing or does not match its digest.
Result<Json> read_bundle(const fs::path& evidence_root, const Digest& digest);

}  // namespace gossamer::executors
