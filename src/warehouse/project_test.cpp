// SPDX-License-Identifier: Apache-2.0
#include "warehouse/project.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "warehouse/fakes/catalog.hpp"

namespace gossamer::warehouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProjectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::make("projection");
    ASSERT_TRUE(folder) << folder.error().describe();
    folder_.emplace(*std::move(folder));
    ids_ = seeded_ids(clock_, 1);
  }

  Layout layout() const { return Layout(folder_->path() / "warehouse"); }
  HiveProjection projection(HiveProjection::Step step = {}) const {
    return HiveProjection(catalog_, layout(), std::move(step));
  }

  // Two files of one attempt, whose text says which it is.
  release::Publication written(const std::string& key) {
    release::Publication publication;
    release::PartitionContent& content = publication.content;
    content.table = "raw.rentals";
    content.key = release::PartitionKey::parse(key).value();
    content.attempt = AttemptId::make(*ids_);
    const auto home = layout().partition_files(content.table, content.attempt, content.key);
    EXPECT_TRUE(make_folders(home));
    for (const std::size_t number : {0U, 1U}) {
      content.files.push_back({file_name(content.attempt, number), 0, 0, {}});
      EXPECT_TRUE(write_file_durably(home / content.files.back().name, content.attempt.value()));
    }
    return publication;
  }

  void publish(const release::Publication& publication,
               const std::optional<release::Publication>& instead_of = std::nullopt) {
    std::optional<AttemptId> before;
    if (instead_of) before = instead_of->content.attempt;
    const auto done = catalog_.publish({publication}, {before}, "ana", clock_.now());
    ASSERT_TRUE(done) << done.error().describe();
  }

  std::vector<std::string> shown(const std::string& key) const {
    const auto home = layout().projection("raw.rentals") / key;
    return path_exists(home).value() ? list_folder(home).value() : std::vector<std::string>();
  }
  static std::vector<std::string> names(const release::Publication& publication) {
    return {publication.content.files[0].name, publication.content.files[1].name};
  }

  std::optional<TemporaryFolder> folder_;
  ManualClock clock_;
  std::unique_ptr<IdSource> ids_;
  FakeCatalog catalog_;
};

TEST_F(ProjectionTest, ShowsWhatIsCurrent) {
  const auto first = written("day=2026-11-22");
  publish(first);
  ASSERT_TRUE(projection().project("raw.rentals", first.content.key));
  EXPECT_EQ(shown("day=2026-11-22"), names(first));
  const auto second = written("day=2026-11-22");
  publish(second, first);
  ASSERT_TRUE(projection().project("raw.rentals", first.content.key));
  EXPECT_EQ(shown("day=2026-11-22"), names(second));
  ASSERT_TRUE(projection().project("raw.rentals", first.content.key));  // again: harmless
  EXPECT_EQ(shown("day=2026-11-22"), names(second));
  EXPECT_THAT(list_folder(layout().staging()).value(), IsEmpty());
}

TEST_F(ProjectionTest, SharesTheFilesAndLeavesThemWhereTheyAre) {
  const auto first = written("day=1");
  publish(first);
  ASSERT_TRUE(projection().project("raw.rentals", first.content.key));
  const auto source =
      layout().partition_files("raw.rentals", first.content.attempt, first.content.key);
  EXPECT_TRUE(
      fs::equivalent(source / first.content.files[0].name,
                     layout().projection("raw.rentals") / "day=1" / first.content.files[0].name));
  ASSERT_TRUE(remove_tree(layout().projection("raw.rentals")));
  EXPECT_EQ(projection().recover().value(), 1U);
  EXPECT_EQ(shown("day=1"), names(first));
}

TEST_F(ProjectionTest, TakesAwayWhatIsNoLongerCurrent) {
  const auto first = written("day=1/country=a%2Fb");
  publish(first);
  ASSERT_TRUE(projection().recover());
  catalog_.withdraw("raw.rentals", first.content.key, Instant{});
  ASSERT_TRUE(projection().recover());
  EXPECT_THAT(shown(first.content.key.text()), IsEmpty());
  EXPECT_EQ(list_folder(layout().table_files("raw.rentals"))->size(), 1U);  // the files stay
}

TEST_F(ProjectionTest, MendsWhatSomebodyChanged) {
  const auto first = written("day=1");
  publish(first);
  ASSERT_TRUE(projection().recover());
  const auto home = layout().projection("raw.rentals") / "day=1";
  ASSERT_TRUE(write_file_durably(home / "stranger.parquet", "x"));
  ASSERT_TRUE(remove_tree(home / first.content.files[0].name));
  ASSERT_TRUE(make_folders(home.parent_path() / "day=2"));
  EXPECT_EQ(projection().recover().value(), 2U);
  EXPECT_EQ(shown("day=1"), names(first));
  EXPECT_EQ(projection().recover().value(), 0U);
}

TEST_F(ProjectionTest, ShowsACandidateBesideItsTable) {
  auto held = written("day=1");
  held.visibility = release::Visibility::candidate;
  held.candidate = "demand/8";
  publish(held);
  ASSERT_TRUE(projection().project("raw.rentals", held.content.key));
  EXPECT_THAT(shown("day=1"), IsEmpty());
  const auto home = projection().project_candidate("raw.rentals", "demand/8");
  ASSERT_TRUE(home) << home.error().describe();
  EXPECT_EQ(home->filename(), "raw.rentals__candidate_demand-8");
  EXPECT_EQ(list_folder(*home / "day=1").value(), names(held));
  EXPECT_EQ(projection().project_candidate("raw.rentals", "other").error().kind,
            ErrorKind::not_found);
}

TEST_F(ProjectionTest, SaysWhatCannotBeWritten) {
  const auto first = written("day=1");
  publish(first);
  ASSERT_TRUE(write_file_durably(layout().projection("raw.rentals"), "in the way"));
  const auto done = projection().project("raw.rentals", first.content.key);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, ::testing::HasSubstr("raw.rentals"));
}

// The program ends at each step of a projection in turn. Outsiders see the old files of the
// partition or the new ones, and a new program brings the folder to what the catalog says.
TEST_F(ProjectionTest, SurvivesItsEndAtEachStep) {
  const auto first = written("day=1");
  const auto second = written("day=1");
  publish(first);
  ASSERT_TRUE(projection().recover());
  publish(second, first);
  const auto fresh = written("day=2");
  publish(fresh);
  int ends = 0;
  for (bool was_ended = true; was_ended; ++ends) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int left = ends;
      const auto done = projection([&left](std::string_view) {
                          if (left-- == 0) ::_exit(137);
                        }).recover();
      ::_exit(done ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    was_ended = WEXITSTATUS(status) == 137;
    ASSERT_TRUE(was_ended || WEXITSTATUS(status) == 0);
    const auto seen = shown("day=1");
    EXPECT_TRUE(seen == names(first) || seen == names(second)) << "after step " << ends;
    const auto seen_fresh = shown("day=2");
    EXPECT_TRUE(seen_fresh.empty() || seen_fresh == names(fresh)) << "after step " << ends;

    ASSERT_TRUE(projection().recover());
    EXPECT_EQ(shown("day=1"), names(second));
    EXPECT_EQ(shown("day=2"), names(fresh));
    EXPECT_EQ(list_folder(layout().root()).value().size(), 2U);  // .data and the table
    // Back to where the next end begins.
    const auto home = layout().projection("raw.rentals");
    ASSERT_TRUE(remove_tree(home));
    ASSERT_TRUE(make_folders(home / "day=1"));
    const auto source =
        layout().partition_files("raw.rentals", first.content.attempt, first.content.key);
    for (const auto& name : names(first))
      ASSERT_TRUE(link_or_copy(source / name, home / "day=1" / name));
  }
  EXPECT_GE(ends, 10);
}

}  // namespace
}  // namespace gossamer::warehouse
