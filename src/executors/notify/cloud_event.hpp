// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "orchestration/ports.hpp"

namespace gossamer::executors {

// The message as an event of CloudEvents 1.0, structured mode; `source` is the workspace. The same
// message gives the same event, so that whoever gets it twice can tell by its `id`, the key. JSON
// on one line; what is no UTF-8 in it, as in a program's error, is replaced.
std::string cloud_event(const std::string& source, const std::string& key,
                        const orchestration::Notify& message);

}  // namespace gossamer::executors
