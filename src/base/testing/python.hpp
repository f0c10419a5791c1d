// SPDX-License-Identifier: Apache-2.0
// The Python that tests compare with.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"

namespace gossamer::test {

// Its interpreter, with the packages of tools/pins.toml: the one that `./dev test` has found, else
// made at the first call. Empty where it cannot be made; such a test skips and says `no_python`.
inline const std::string& python() {
  static const std::string path = [] {
    const auto given = Environment::of_process().find("GOSSAMER_TEST_PYTHON");
    if (given) return *given;
    const auto run = run_captured({.argv = {"/usr/bin/python3", "tools/parts.py", "python"},
                                   .environment = Environment::of_process().variables()},
                                  std::chrono::minutes(10));
    if (!run || !run->end.succeeded()) return std::string();
    // Progress may stand above it.
    return split(trimmed(run->output), '\n').back();
  }();
  return path;
}

inline constexpr const char* no_python =
    "no Python environment to compare with: ./dev setup needs a package registry";

}  // namespace gossamer::test
