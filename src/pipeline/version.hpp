// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pipeline/definition.hpp"

namespace gossamer::pipeline {

// What a valid definition declares and this version cannot carry out yet, each at its place:
// `apply` refuses a definition for which this is not empty. Ordered by file, line, column.
std::vector<Error> not_in_this_version(const Definition& definition);

}  // namespace gossamer::pipeline
