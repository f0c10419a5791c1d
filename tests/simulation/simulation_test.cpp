// SPDX-License-Identifier: Apache-2.0
// Plays seed after seed. A seed always plays the same story: GOSSAMER_SEED=7 plays seed 7 alone,
// GOSSAMER_SEED=7+1000 a thousand from 7 on.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/environment.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "tests/simulation/world.hpp"
#include "tests/support/promises.hpp"

namespace gossamer::simulation {
namespace {

constexpr int actions = 200;
constexpr std::uint64_t file_every = 10;  // so many seeds, one on the real database

constexpr std::uint64_t shards = 20;  // that run side by side

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
};

Seeds seeds_of(std::uint64_t shard) {
  const Environment environment = Environment::of_process();
  Seeds seeds{1, environment.find("GOSSAMER_LONG") ? 10'000U : 200U};
  if (const auto wish = environment.find("GOSSAMER_SEED")) {
    const auto parts = split(*wish, '+');
    const auto count = parts.size() > 1 ? parse_integer(parts[1], 1).value_or(1) : 1;
    seeds.first = static_cast<std::uint64_t>(parse_integer(parts[0], 0).value_or(1));
    seeds.count = static_cast<std::uint64_t>(count);
  }
  const std::uint64_t begin = seeds.count * shard / shards;
  const std::uint64_t end = seeds.count * (shard + 1) / shards;
  return Seeds{seeds.first + begin, end - begin};
}

std::string lines(const std::vector<std::string>& texts) { return join(texts, "\n  "); }

void play(std::uint64_t seed) {
  auto folder = TemporaryFolder::make("simulation");
  ASSERT_TRUE(folder) << folder.error().describe();
  World world(seed, seed % file_every == 0 ? Where::file : Where::memory, folder->path());
  for (int action = 0; action < actions; ++action)
    world.act();
  world.calm_down();
  auto broken = test::broken_promises(world.journal(), World::slots);
  const auto open = test::unfinished_business(world.journal());
  broken.insert(broken.end(), open.begin(), open.end());
  ASSERT_TRUE(broken.empty()) << "seed " << seed << " (GOSSAMER_SEED=" << seed
                              << " plays it again):\n  " << lines(broken) << "\nwhat happened:\n  "
                              << lines(world.journal().story);
}

class Simulation : public testing::TestWithParam<std::uint64_t> {
 protected:
  // What is synced here is never lost: memory is as good as a disk, and ten times as fast.
  static void SetUpTestSuite() {
    if (fs::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 0);
  }
};

TEST_P(Simulation, KeepsEveryPromise) {
  const Seeds seeds = seeds_of(GetParam());
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    ASSERT_NO_FATAL_FAILURE(play(seed));
  }
}

INSTANTIATE_TEST_SUITE_P(Shard, Simulation, testing::Range(std::uint64_t{0}, shards));

// The same seed tells the same story, or none of it could be played again.
TEST(SimulationSeed, PlaysAgain) {
  std::vector<std::vector<std::string>> stories;
  for (int time = 0; time < 2; ++time) {
    auto folder = TemporaryFolder::make("simulation");
    ASSERT_TRUE(folder) << folder.error().describe();
    World world(42, Where::memory, folder->path());
    for (int action = 0; action < actions; ++action)
      world.act();
    world.calm_down();
    stories.push_back(world.journal().story);
  }
  EXPECT_EQ(stories[0], stories[1]);
}

}  // namespace
}  // namespace gossamer::simulation
