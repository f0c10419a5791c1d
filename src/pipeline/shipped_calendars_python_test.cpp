// SPDX-License-Identifier: Apache-2.0
// The calendars that are shipped, beside what the Python package `holidays` knows.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/subprocess.hpp"
#include "pipeline/shipped_calendars.hpp"

namespace gossamer::pipeline {
namespace {

TEST(ShippedCalendarsPython, AreThoseOfHolidays) {
  const auto environment = Environment::of_process();
  const auto python = environment.get_or("GOSSAMER_TEST_PYTHON", "");
  const auto package = environment.get_or("GOSSAMER_TEST_HOLIDAYS", "");
  if (python.empty() || package.empty()) {
    GTEST_SKIP() << "GOSSAMER_TEST_PYTHON or GOSSAMER_TEST_HOLIDAYS is not set";
  }
  std::string text;
  for (const auto name : shipped_calendars()) {
    const auto calendar = shipped_calendar(name);
    ASSERT_TRUE(calendar) << name;
    for (const auto& day : calendar->holidays)
      text += fmt::format("{} {}\n", name, day);
  }
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(write_file_durably(folder->path() / "days.txt", text));
  const auto script =
      environment.get_or("GOSSAMER_SOURCE_DIR", ".") + "/tests/python/check_holidays.py";
  const auto compared =
      run_captured({.argv = {python, script, package, (folder->path() / "days.txt").string()},
                    .environment = environment.variables()},
                   std::chrono::minutes(2));
  ASSERT_TRUE(compared.has_value()) << compared.error().describe();
  EXPECT_TRUE(compared->end.succeeded()) << compared->output;
}

}  // namespace
}  // namespace gossamer::pipeline
