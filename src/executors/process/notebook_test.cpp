// SPDX-License-Identifier: Apache-2.0
#include "executors/process/notebook.hpp"

#include <gmock/gmock.h>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

using ::testing::HasSubstr;

class NotebookTest : public ::testing::Test {
 protected:
  NotebookTest() : folder_(*TemporaryFolder::make()) {
    workspace_ = folder_.path() / "w";
    job_.folder = (workspace_ / ".gossamer/runs/r/s/a").string();
    EXPECT_TRUE(make_folders(job_.folder));
    order_.run = *RunId::parse("run_019abcde-0000-7000-8000-000000000009");
    auto pipeline = std::make_shared<pipeline::Pipeline>();
    pipeline->steps.resize(1);
    pipeline->steps[0].body = pipeline::NotebookStep{
        "books/look.ipynb", {{"n", {{"3"}, {}}}, {"day", {{"2011-01-05"}, {}}}}};
    order_.pipeline = std::move(pipeline);
    job_.spec = {{"file", "books/look.ipynb"}, {"params", Json::object()}};
  }

  void save_text(const std::string& text) const {
    EXPECT_TRUE(make_folders(workspace_ / "books"));
    EXPECT_TRUE(write_file_durably(workspace_ / "books/look.ipynb", text));
  }
  void save(const Json& cells, const Json& metadata = Json::object()) const {
    save_text(Json{{"nbformat", 4}, {"nbformat_minor", 5}, {"metadata", metadata}, {"cells", cells}}
                  .dump());
  }
  [[nodiscard]] Result<Job> command() const {
    return notebook_command(order_, job_, {workspace_, workspace_ / ".gossamer", Environment()});
  }
  // The sources of the cells that are going to be executed, in order.
  [[nodiscard]] std::vector<std::string> sources() const {
    const auto made = command();
    EXPECT_TRUE(made) << made.error().describe();
    std::vector<std::string> texts;
    const auto text = read_file(fs::path(job_.folder) / notebook_file);
    EXPECT_TRUE(text);
    const Json book = *parse_json(*text, "notebook.ipynb");
    for (const auto& cell : book.at("cells"))
      texts.push_back(cell.at("source").get<std::string>());
    return texts;
  }
  [[nodiscard]] std::string refusal() const {
    const auto made = command();
    EXPECT_FALSE(made);
    return made ? "" : made.error().describe();
  }
  static Json cell(const std::string& source, const std::string& tag = "") {
    Json made{{"cell_type", "code"}, {"metadata", Json::object()}, {"source", source}};
    if (!tag.empty()) made["metadata"]["tags"] = {tag};
    return made;
  }

  TemporaryFolder folder_;
  fs::path workspace_;
  Job job_;
  orchestration::AttemptOrder order_;
};

TEST_F(NotebookTest, ParametersFollowTheCellThatDeclaresThem) {
  save(Json::array(
      {cell("import os"), cell("day = 'x'\nlimit = 1", "parameters"), cell("print(day)")}));
  job_.spec["params"] = {{"day", "2011-01-05"}, {"limit", 3}};
  EXPECT_EQ(sources(), (std::vector<std::string>{"import os", "day = 'x'\nlimit = 1",
                                                 "# Parameters\nday = \"2011-01-05\"\nlimit = 3\n",
                                                 "print(day)"}));
}

TEST_F(NotebookTest, ParametersComeFirstWhereNoCellDeclaresThem) {
  save(Json::array({cell("print(x)")}));
  job_.spec["params"] = {{"x", 2.0}};
  EXPECT_EQ(sources(), (std::vector<std::string>{"# Parameters\nx = 2.0\n", "print(x)"}));
}

TEST_F(NotebookTest, ParametersOfAnExecutionThatWasSavedAreReplaced) {
  save(Json::array({cell("x = 1", "parameters"), cell("x = 7", "injected-parameters")}));
  job_.spec["params"] = {{"x", 2}};
  EXPECT_EQ(sources(), (std::vector<std::string>{"x = 1", "# Parameters\nx = 2\n"}));
}

TEST_F(NotebookTest, ValuesAreWrittenAsPythonReadsThem) {
  save(Json::array({cell("pass")}));
  job_.spec["params"] = {
      {"a", true}, {"b", nullptr}, {"c", "it's \"so\"\n"}, {"d", {1, false}}, {"e", {{"k", 0.1}}}};
  EXPECT_EQ(sources().front(),
            "# Parameters\na = True\nb = None\nc = \"it's \\\"so\\\"\\n\"\nd = [1, False]\n"
            "e = {\"k\": 0.1}\n");
}

TEST_F(NotebookTest, LiteralsThatAreJsonAreValues) {
  save(Json::array({cell("print(n)")}));
  job_.spec["params"] = {{"n", "3"}, {"day", "2011-01-05"}, {"made", "3"}};
  EXPECT_EQ(sources().front(), "# Parameters\nday = \"2011-01-05\"\nmade = \"3\"\nn = 3\n")
      << "`made` comes from a reference to a text";
}

TEST_F(NotebookTest, WithoutParametersNothingIsAdded) {
  save(Json::array({cell("print(1)")}));
  EXPECT_EQ(sources(), std::vector<std::string>{"print(1)"});
}

TEST_F(NotebookTest, AnEditDoesNotReachARunUnderWay) {
  save(Json::array({cell("one")}));
  EXPECT_EQ(sources(), std::vector<std::string>{"one"});
  save(Json::array({cell("two")}));
  EXPECT_EQ(sources(), std::vector<std::string>{"one"});
}

TEST_F(NotebookTest, WhatIsNoNotebookIsRefused) {
  EXPECT_THAT(refusal(), HasSubstr("'books/look.ipynb' does not exist"));
  save_text("{\n  \"cells\": [,]\n}");
  EXPECT_THAT(refusal(), HasSubstr("books/look.ipynb:2:13"));
}

TEST_F(NotebookTest, AnotherFormatIsRefused) {
  save_text(R"({"nbformat": 3, "worksheets": []})");
  EXPECT_THAT(refusal(), HasSubstr("open it in Jupyter and save it again"));
}

TEST_F(NotebookTest, AListIsNoNotebook) {
  save_text("[]");
  EXPECT_THAT(refusal(), HasSubstr("not a notebook of nbformat 4"));
}

TEST_F(NotebookTest, AParameterThatTheCellDoesNotSetIsRefused) {
  save(Json::array(
      {cell("factor: int = 1\nlow, high = 0, 1\nif low == high:\n  inner = 2", "parameters")}));
  job_.spec["params"] = {{"factor", 2}, {"high", 3}};
  EXPECT_TRUE(command());
  job_.spec["params"] = {{"factr", 2}};
  EXPECT_THAT(refusal(), HasSubstr("sets no `factr` (did you mean `factor`?)"));
  job_.spec["params"] = {{"inner", 2}};
  EXPECT_THAT(refusal(), HasSubstr("give it a default there"));
}

TEST_F(NotebookTest, SourcesMayBeListsOfLines) {
  auto declared = cell("", "parameters");
  declared["source"] = {"# defaults\n", "day = 'x'\n", "n = 1"};
  save(Json::array({declared}));
  job_.spec["params"] = {{"n", 2}};
  EXPECT_TRUE(command());
}

TEST_F(NotebookTest, ParametersOfAnotherLanguageAreRefused) {
  save(Json::array({cell("x <- 1")}), {{"kernelspec", {{"language", "R"}, {"name", "ir"}}}});
  EXPECT_TRUE(command());
  job_.spec["params"] = {{"x", 2}};
  EXPECT_THAT(refusal(), HasSubstr("written in R"));
}

}  // namespace
}  // namespace gossamer::executors
