// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/yaml.hpp"

namespace gossamer {

// Gives a scalar its kind and value from its text, by the core schema of YAML 1.2 (section 10.3.2).
// Anything but an unquoted text is a string. invalid_input where a whole number needs over 64 bits.
Result<void> resolve_scalar(YamlNode& scalar);

}  // namespace gossamer
