// SPDX-License-Identifier: Apache-2.0
// A program that publishes two partitions is ended at each step in turn: before it writes, between
// its files, around the commit, and at each step of the projection. Afterwards catalog, files and
// what outsiders see agree, and at no moment did an outsider see a partition half old, half new.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/project.hpp"

namespace gossamer::test {
namespace {

using store::sqlite::Purpose;
using store::sqlite::Store;
using warehouse::HiveProjection;
using warehouse::Layout;

const std::vector<std::string> days{"day=1", "day=2"};

Result<std::shared_ptr<const pipeline::Definition>> no_definition(
    const orchestration::StoredDefinition&) {
  return not_found("this store has none");
}

// What the program of this test does; `step` is told before each change on disk.
class Publisher {
 public:
  Publisher(fs::path folder, HiveProjection::Step step)
      : folder_(std::move(folder)), step_(std::move(step)), layout_(folder_ / "warehouse") {}

  // Replaces both partitions by those of a new attempt, whose files carry `text`.
  Result<void> publish(IdSource& ids, const std::string& text) {
    TRY_ASSIGN(const auto store, Store::open(folder_ / "store.db", Purpose::drive, no_definition));
    auto& catalog = store->catalog();
    std::vector<release::Publication> publications;
    const auto attempt = AttemptId::make(ids);
    for (const auto& day : days) {
      TRY_ASSIGN(auto publication, written(attempt, day, text));
      publications.push_back(std::move(publication));
    }
    TRY_ASSIGN(const auto expected, current(catalog));
    step_("commit");
    TRY(catalog.publish(publications, expected, "ana", clock_.now()));
    const HiveProjection projection(catalog, layout_, step_);
    for (const auto& publication : publications)
      TRY(projection.project("t", publication.content.key));
    return {};
  }

  // What a new program does before anything else.
  Result<void> recover() {
    TRY_ASSIGN(const auto store, Store::open(folder_ / "store.db", Purpose::drive, no_definition));
    TRY(HiveProjection(store->catalog(), layout_).recover());
    return {};
  }

  // The text of each partition's files as the catalog names them.
  Result<std::vector<std::string>> in_catalog() {
    TRY_ASSIGN(const auto store, Store::open(folder_ / "store.db", Purpose::drive, no_definition));
    TRY_ASSIGN(const auto version, store->catalog().version());
    TRY_ASSIGN(const auto snapshot, store->catalog().snapshot("t", version));
    std::vector<std::string> texts;
    for (const auto& content : snapshot.contents) {
      TRY_ASSIGN(auto text, text_of(layout_.partition_files("t", content.attempt, content.key)));
      texts.push_back(std::move(text));
    }
    return texts;
  }

  // The same as an outsider sees it; "mixed" where a partition's files differ.
  std::vector<std::string> outside() {
    std::vector<std::string> texts;
    for (const auto& day : days) {
      texts.push_back(text_of(layout_.projection("t") / day).value_or("none"));
    }
    return texts;
  }

 private:
  Result<release::Publication> written(const AttemptId& attempt, const std::string& day,
                                       const std::string& text) {
    release::Publication publication;
    auto& content = publication.content;
    content.table = "t";
    TRY_ASSIGN(content.key, release::PartitionKey::parse(day));
    content.attempt = attempt;
    content.schema = {{"n", "BIGINT"}};
    const auto home = layout_.partition_files("t", attempt, content.key);
    step_("make a folder");
    TRY(make_folders(home));
    for (const std::size_t number : {0U, 1U}) {
      content.files.push_back(
          {warehouse::file_name(attempt, number), text.size(), 1, digest_of(text)});
      step_("write a file");
      TRY(write_file_durably(home / content.files.back().name, text));
    }
    content.rows = 2;
    content.checks = Json::array();
    content.digest = release::content_digest(content);
    return publication;
  }

  static Result<std::vector<std::optional<AttemptId>>> current(
      const warehouse::CatalogStore& catalog) {
    std::vector<std::optional<AttemptId>> attempts(days.size());
    if (!catalog.find_table("t")) return attempts;
    TRY_ASSIGN(const auto version, catalog.version());
    TRY_ASSIGN(const auto snapshot, catalog.snapshot("t", version));
    for (std::size_t index = 0; index < days.size(); ++index) {
      for (const auto& content : snapshot.contents) {
        if (content.key.text() == days[index]) attempts[index] = content.attempt;
      }
    }
    return attempts;
  }

  static Result<std::string> text_of(const fs::path& folder) {
    TRY_ASSIGN(const auto names, list_folder(folder));
    if (names.size() != 2) return std::to_string(names.size()) + " files";
    TRY_ASSIGN(const auto first, read_file(folder / names[0]));
    TRY_ASSIGN(const auto second, read_file(folder / names[1]));
    return first == second ? first : "mixed";
  }

  fs::path folder_;
  HiveProjection::Step step_;
  Layout layout_;
  SystemClock clock_;
};

// Runs `work` in a process of its own, which ends before its step number `end`.
template <class Work>
int exit_code_of(int end, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    int left = end;
    const HiveProjection::Step step = [&left](std::string_view) {
      if (left-- == 0) ::_exit(137);
    };
    ::_exit(work(step) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PublishEndedAtEachStep, LeavesOldOrNewAndNeverAMix) {
  const auto folder = TemporaryFolder::make("publish");
  ASSERT_TRUE(folder);
  const SystemClock clock;
  const auto ids = system_ids(clock);
  const auto nowhere = [](std::string_view) {};
  Publisher publisher(folder->path(), nowhere);
  ASSERT_TRUE(publisher.publish(*ids, "0"));
  std::string last = "0";
  int end = 0;
  int code = 137;
  for (; code == 137; ++end) {
    const std::string text = std::to_string(end + 1);
    code = exit_code_of(end, [&](const HiveProjection::Step& step) {
      return Publisher(folder->path(), step).publish(*ids, text).has_value();
    });
    ASSERT_TRUE(code == 137 || code == 0) << code;
    const auto known = publisher.in_catalog();
    ASSERT_TRUE(known) << known.error().describe();
    ASSERT_EQ(known->size(), 2U);
    // One commit for both partitions, before the projection or not at all.
    EXPECT_EQ(known->at(0), known->at(1)) << "step " << end;
    EXPECT_TRUE(known->at(0) == last || known->at(0) == text) << "step " << end;
    for (const auto& seen : publisher.outside()) {
      EXPECT_TRUE(seen == last || seen == known->at(0)) << seen << " at step " << end;
    }
    ASSERT_TRUE(publisher.recover());
    EXPECT_EQ(publisher.outside(), *known) << "step " << end;
    last = known->at(0);
  }
  EXPECT_EQ(last, std::to_string(end));  // the program that was left to itself published
  EXPECT_GE(end, 15);
}

}  // namespace
}  // namespace gossamer::test
