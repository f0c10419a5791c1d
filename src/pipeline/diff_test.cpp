// SPDX-License-Identifier: Apache-2.0
#include "pipeline/diff.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"
#include "pipeline/bikes.hpp"
#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"
#include "pipeline/version.hpp"

namespace gossamer::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Files = std::map<std::string, std::string>;

std::shared_ptr<const Definition> load(Files files) {
  Loaded loaded =
      load_files(std::move(files), parse_naively, Known{{"raw.rentals", "raw.weather"}, {}});
  for (const Error& error : loaded.errors)
    ADD_FAILURE() << error.describe();
  return loaded.definition;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

TEST(Diff, TheFirstDefinitionIsAddedAsAWhole) {
  const auto definition = load(bikes());
  ASSERT_NE(definition, nullptr);
  const std::vector<std::string> lines = describe(diff(nullptr, *definition));
  ASSERT_EQ(lines.size(), 12U);
  EXPECT_EQ(lines[0], "+ workspace bikes");
  EXPECT_EQ(lines[1], "+ calendar jp-business");
  EXPECT_EQ(lines[2], "+ pipeline bike_forecast");
}

TEST(Diff, TheSameMeaningIsNoChange) {
  Files commented = bikes();
  commented["pipelines/training.yaml"].insert(0, "# why weekly\n\n");
  const auto before = load(bikes());
  const auto after = load(commented);
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_THAT(diff(before.get(), *after), IsEmpty());
}

TEST(Diff, SaysWhatAndHow) {
  Files changed = bikes();
  replace(changed["pipelines/training.yaml"], "rounds: 300", "rounds: 400");
  replace(changed["pipelines/training.yaml"], "      seed: 7\n", "");
  replace(changed["gossamer.yaml"], "[ana, ben]", "[ana, ben, cho]");
  replace(changed["pipelines/forecast.yaml"], "    timeout: 5m\n",
          "    timeout: 5m\n  done: { none: {}, after: ready }\n");
  changed.erase("calendars/jp.yaml");
  replace(changed["pipelines/training.yaml"], ", calendar: jp-business", "");
  replace(changed["pipelines/training.yaml"], ", calendar: jp-business", "");
  changed["sql/features.sql"] = "select *, 1 as one\nfrom rentals where hour < $window_end";
  const auto before = load(bikes());
  const auto after = load(changed);
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_THAT(
      describe(diff(before.get(), *after)),
      ElementsAre("~ workspace bikes",
                  "    groups.analysts: [\"ana\",\"ben\"] -> [\"ana\",\"ben\",\"cho\"]",
                  "- calendar jp-business", "+ pipeline bike_forecast step done",
                  "~ pipeline bike_training", "    schedule.calendar: removed jp-business",
                  "~ pipeline bike_training step confirm",
                  "    approval.expires.calendar: removed jp-business",
                  "~ pipeline bike_training step train", "    train.rounds: 300 -> 400",
                  "    train.seed: removed 7", "~ query sql/features.sql",
                  "    sql/features.sql, from line 1:",
                  "      - select * from rentals where hour < $window_end",
                  "      + select *, 1 as one", "      + from rentals where hour < $window_end"));
}

TEST(Version, NamesWhatIsNotBuiltYet) {
  const auto definition = load({{"gossamer.yaml", "workspace: w"}, {"pipelines/p.yaml", R"(
pipeline: p
steps:
  plain: { command: { argv: [echo] } }
  drift: { profile: { table: raw.weather, reference: { last: 8 } } }
  score: { predict: { model: m@champion, data: select 1 as a, on_error: quarantine } }
  again: { none: {}, reuse: always }
)"}});
  ASSERT_NE(definition, nullptr);
  std::vector<std::string> said;
  for (const Error& error : not_in_this_version(*definition))
    said.push_back(error.describe());
  EXPECT_THAT(
      said, ElementsAre(
                "pipelines/p.yaml:7:3: step `again`: results of other runs (`reuse: always`): not "
                "in this version"));
}

}  // namespace
}  // namespace gossamer::pipeline
