// SPDX-License-Identifier: Apache-2.0
// The time of day as a program sees it, shifted while it runs: a library that is loaded before the
// program's own adds to what the kernel says.
#pragma once

#include <chrono>

#include "tests/support/program.hpp"

namespace gossamer::test {

class ShiftedClock {
 public:
  ShiftedClock();

  // False where the library was not built (a sanitizer's own comes first).
  [[nodiscard]] bool is_there() const;
  // From now on this is the clock of everything that `program` starts.
  void lend_to(Program& program) const;
  // By this much from the true time, for programs that run and those to come.
  void shift(std::chrono::seconds by) const;

 private:
  TemporaryFolder folder_;
};

}  // namespace gossamer::test
