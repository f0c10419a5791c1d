// SPDX-License-Identifier: Apache-2.0
#include "base/environment.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

TEST(Environment, ReadsTheProcess) {
  ASSERT_EQ(setenv("GOSSAMER_TEST_VARIABLE", "a=b", 1), 0);
  EXPECT_EQ(Environment::of_process().find("GOSSAMER_TEST_VARIABLE"), "a=b");
  ASSERT_EQ(unsetenv("GOSSAMER_TEST_VARIABLE"), 0);
  EXPECT_EQ(Environment::of_process().find("GOSSAMER_TEST_VARIABLE"), std::nullopt);
}

TEST(Environment, EmptyIsSetButNotEnoughWhereRequired) {
  Environment environment;
  ASSERT_TRUE(environment.set("EMPTY", "").has_value());
  EXPECT_EQ(environment.find("EMPTY"), "");
  EXPECT_EQ(environment.get_or("EMPTY", "x"), "");
  EXPECT_EQ(environment.get_or("MISSING", "x"), "x");
  EXPECT_EQ(environment.require("EMPTY").error().message,
            "the environment variable EMPTY is not set");
  EXPECT_EQ(environment.require("MISSING").error().kind, ErrorKind::not_found);
  environment.unset("EMPTY");
  EXPECT_TRUE(environment.variables().empty());
}

TEST(Environment, RefusesNamesAndValuesTheSystemCannotHold) {
  Environment environment;
  EXPECT_EQ(environment.set("A=B", "").error().message,
            "`A=B` cannot name an environment variable");
  EXPECT_FALSE(environment.set("", "x").has_value());
  EXPECT_EQ(environment.set("A", std::string_view("x\0y", 3)).error().message,
            "the value of A has a zero byte");
  EXPECT_TRUE(environment.variables().empty());
}

}  // namespace
}  // namespace gossamer
