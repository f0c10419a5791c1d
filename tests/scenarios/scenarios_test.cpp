// SPDX-License-Identifier: Apache-2.0
// Plays each tests/scenarios/*.scenario as a test of its own.
#include <gtest/gtest.h>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "tests/scenarios/stage.hpp"

namespace gossamer::scenarios {
namespace {

class ScenarioTest : public testing::Test {
 public:
  explicit ScenarioTest(fs::path path) : path_(std::move(path)) {}

  void TestBody() override {
    const auto text = read_file(path_);
    ASSERT_TRUE(text) << text.error().describe();
    const std::string name = "tests/scenarios/" + path_.filename().string();
    const auto script = read_script(*text, name);
    ASSERT_TRUE(script) << script.error().describe();
    Stage stage;
    for (const Line& line : script->lines) {
      const auto played = stage.play(line);
      ASSERT_TRUE(played) << name << ":" << line.number << ": " << played.error().describe();
    }
  }

 private:
  fs::path path_;
};

// A scenario's name as a test name: letters, digits and underscores.
std::string test_name(const fs::path& path) {
  std::string name = path.stem().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

bool register_all() {
  const Environment environment = Environment::of_process();
  const fs::path folder =
      fs::path(environment.get_or("GOSSAMER_SOURCE_DIR", ".")) / "tests" / "scenarios";
  const auto names = list_folder(folder);
  if (!names) return false;
  for (const auto& name : *names) {
    const fs::path path = folder / name;
    if (path.extension() != ".scenario") continue;
    testing::RegisterTest("Scenario", test_name(path).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [path]() -> testing::Test* { return new ScenarioTest(path); });
  }
  return true;
}

[[maybe_unused]] const bool are_registered = register_all();

}  // namespace
}  // namespace gossamer::scenarios
