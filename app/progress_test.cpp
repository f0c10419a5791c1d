// SPDX-License-Identifier: Apache-2.0
#include "app/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace gossamer::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Json step_event(const std::string& step, const std::string& state) {
  return {{"event", "step"},    {"run", "run_1"}, {"pipeline", "training"},
          {"partition", "all"}, {"step", step},   {"state", state}};
}

class ProgressTest : public testing::Test {
 protected:
  explicit ProgressTest(int columns = 0) : console_(out_, err_, [columns] { return columns; }) {}

  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  Session session_{console_, Environment()};
};

class OnATerminal : public ProgressTest {
 protected:
  OnATerminal() : ProgressTest(40) {}

  // What is left on a terminal of 40 columns when the drawing is done.
  [[nodiscard]] std::vector<std::string> screen() const {
    std::vector<std::string> rows(1);
    std::size_t row = 0;
    const auto text = err_.str();
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text.compare(at, 4, "\x1b[2K") == 0) {
        rows[row].clear();
        at += 3;
      } else if (text[at] == '\x1b') {
        const auto end = text.find('A', at);
        row -= std::stoul(text.substr(at + 2, end - at - 2));
        at = end;
      } else if (text[at] == '\n') {
        if (++row == rows.size()) rows.emplace_back();
      } else {
        if (rows[row].size() == 40 && ++row == rows.size()) rows.emplace_back();
        rows[row] += text[at];
      }
    }
    rows.pop_back();
    return rows;
  }
};

TEST_F(ProgressTest, TellsEachChangeOnALineOfItsOwnWhereThereIsNoTerminal) {
  Progress progress(session_);
  progress.on_event(step_event("features", "running"));
  progress.on_event(step_event("features", "succeeded"));
  EXPECT_EQ(err_.str(),
            "training/features              running             \n"
            "training/features              succeeded           \n");
}

TEST_F(ProgressTest, NamesTheCommandsThatWorkFromWhereThePersonIs) {
  session_.options().program = "./build/gossamer";
  session_.options().folder = "my shop";
  Progress progress(session_);
  progress.on_event({{"event", "run"},
                     {"run", "run_1"},
                     {"pipeline", "training"},
                     {"partition", "all"},
                     {"state", "waiting"},
                     {"gate", "gate_1"},
                     {"question", "Use it?"}});
  EXPECT_TRUE(progress.any_waiting());
  EXPECT_THAT(err_.str(), HasSubstr("./build/gossamer -C 'my shop' gates approve gate_1\n"));
}

TEST_F(OnATerminal, KeepsOneLineAStepHoweverNarrowItIs) {
  Progress progress(session_);
  auto done = step_event("features", "succeeded");
  done["seconds"] = 1.5;
  done["rows"] = 16824;
  progress.on_event(step_event("features", "running"));
  progress.on_event(step_event("train", "pending"));
  progress.on_event(done);
  progress.on_event(done);
  progress.on_event(step_event("train", "running"));
  const auto rows = screen();
  ASSERT_EQ(rows.size(), 2U) << err_.str();
  EXPECT_TRUE(rows[0].starts_with("training/features              succeed")) << rows[0];
  EXPECT_TRUE(rows[1].starts_with("training/train                 running")) << rows[1];
  // In the end nothing is cut.
  progress.finish();
  EXPECT_THAT(err_.str(), HasSubstr("16,824 rows\n"));
}

TEST_F(OnATerminal, SaysWhyAStepFailedInFullOnceItIsOver) {
  Progress progress(session_);
  auto failed = step_event("train", "failed");
  failed["error"] = std::string(60, 'x');
  progress.on_event(failed);
  EXPECT_EQ(screen().size(), 2U);
  EXPECT_THAT(err_.str(), Not(HasSubstr(std::string(60, 'x'))));
  progress.finish();
  EXPECT_THAT(err_.str(), HasSubstr(std::string(60, 'x')));
}

}  // namespace
}  // namespace gossamer::app
