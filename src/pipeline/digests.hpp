// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "pipeline/draft.hpp"

namespace gossamer::pipeline {

// Over path and content of every file; comments and layout count.
Digest digest_of_files(const std::map<std::string, std::string>& files);

// Fills the digests of a pipeline and its steps: over what is declared and over the queries' texts,
// so that comments and layout of the YAML do not count.
Result<void> set_digests(PipelineDraft& pipeline);

}  // namespace gossamer::pipeline
