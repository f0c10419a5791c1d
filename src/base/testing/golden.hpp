// SPDX-License-Identifier: Apache-2.0
// Texts that are compared with files under tests/golden/. `./dev golden --accept` writes them anew;
// the review reads the difference.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace gossamer::golden {

// tests/golden of the source tree.
inline std::filesystem::path folder() {
  const char* root = std::getenv("GOSSAMER_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / "tests" / "golden";
}

inline std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Fails where `actual` is not what the file holds; with GOSSAMER_GOLDEN_ACCEPT=1 writes it there.
inline void expect_equal(const std::filesystem::path& file, const std::string& actual) {
  const char* accept = std::getenv("GOSSAMER_GOLDEN_ACCEPT");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream(file, std::ios::binary) << actual;
    return;
  }
  EXPECT_TRUE(std::filesystem::exists(file))
      << file << " is missing; ./dev golden --accept makes it";
  EXPECT_EQ(actual, read(file)) << "differs from " << file
                                << "; where the new text is right: ./dev golden --accept";
}

}  // namespace gossamer::golden
