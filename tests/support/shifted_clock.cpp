// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shifted_clock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace gossamer::test {

namespace {

fs::path library() { return tests_folder() / "libshifted_clock.so"; }

}  // namespace

ShiftedClock::ShiftedClock() : folder_(*TemporaryFolder::make()) { shift(std::chrono::seconds(0)); }

bool ShiftedClock::is_there() const { return fs::exists(library()); }

void ShiftedClock::lend_to(Program& program) const {
  program.set_variable("LD_PRELOAD", library().string());
  program.set_variable("SHIFTED_CLOCK", (folder_.path() / "seconds").string());
}

void ShiftedClock::shift(std::chrono::seconds by) const {
  // Written in place: programs have the file mapped.
  const auto file = open_file(folder_.path() / "seconds", O_WRONLY | O_CREAT);
  ASSERT_TRUE(file);
  const std::int64_t seconds = by.count();
  std::string bytes(sizeof seconds, '\0');
  std::memcpy(bytes.data(), &seconds, sizeof seconds);
  ASSERT_TRUE(write_all(*file, bytes, "the clock's shift"));
}

}  // namespace gossamer::test
