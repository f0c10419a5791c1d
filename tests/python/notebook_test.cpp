// SPDX-License-Identifier: Apache-2.0
// Steps that execute notebooks, with a real kernel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class Notebooks : public testing::Test {
 protected:
  void SetUp() override {
    const char* python = std::getenv("GOSSAMER_TEST_PYTHON");
    if (python == nullptr || *python == '\0') {
      GTEST_SKIP() << "GOSSAMER_TEST_PYTHON is unset: no Python with nbclient and ipykernel";
    }
    use_python(fs::path(python).parent_path());
    ASSERT_EQ(workspace_.program().run({"init", workspace_.folder().string()}).exit_code, 0);
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "inputs: { numbers: { table: raw.numbers } }\n"
                     "steps:\n"
                     "  look:\n"
                     "    notebook: { file: books/look.ipynb, params: { factor: 3 } }\n"
                     "    output: made.products\n");
    workspace_.write("in.csv", "x\n1\n2\n5\n");
    ASSERT_EQ(
        workspace_
            .run({"tables", "import", "raw.numbers", (workspace_.folder() / "in.csv").string()})
            .exit_code,
        0);
  }
  void use_python(const fs::path& bin) {
    workspace_.program().set_variable("PATH", bin.string() + ":/usr/bin:/bin");
  }
  void save(const std::vector<std::string>& sources, const std::string& kernel = "python3") const {
    Json cells = Json::array();
    for (const auto& source : sources) {
      cells.push_back({{"cell_type", "code"},
                       {"execution_count", nullptr},
                       {"metadata", Json::object()},
                       {"outputs", Json::array()},
                       {"source", source}});
    }
    cells[0]["metadata"]["tags"] = {"parameters"};
    const Json book{{"nbformat", 4},
                    {"nbformat_minor", 4},
                    {"metadata",
                     {{"kernelspec",
                       {{"name", kernel}, {"language", "python"}, {"display_name", "Python 3"}}}}},
                    {"cells", cells}};
    workspace_.write("books/look.ipynb", book.dump());
  }
  // The notebook that the only attempt of `run` has left.
  [[nodiscard]] Json kept(const std::string& run) const {
    const auto step = workspace_.folder() / ".gossamer/runs" / run / "look";
    const auto attempts = list_folder(step);
    EXPECT_TRUE(attempts && attempts->size() == 1) << step;
    const auto text = read_file(step / attempts.value().front() / "notebook.ipynb");
    EXPECT_TRUE(text);
    return Json::parse(text.value_or("null"));
  }

  Workspace workspace_;
};

TEST_F(Notebooks, ReadInputsTakeParametersAndWriteTables) {
  save({"factor = 1",
        "import os, pandas\n"
        "rows = pandas.read_parquet(os.environ['GOSSAMER_INPUT_NUMBERS'])\n"
        "rows['y'] = rows['x'] * factor\n"
        "rows[['y']].to_parquet(os.environ['GOSSAMER_OUTPUT'] + '/part.parquet')\n"
        "int(rows['y'].sum())"});
  const auto run = workspace_.json({"run", "p"});
  EXPECT_EQ(run.at("state"), "succeeded");
  EXPECT_EQ(workspace_.rows("select sum(y) as s from made.products"), Json::array({{{"s", 24}}}));
  const auto book = kept(run.at("run").get<std::string>());
  ASSERT_EQ(book.at("cells").size(), 3U);
  EXPECT_EQ(book["cells"][1]["source"], Json::array({"# Parameters\n", "factor = 3\n"}));
  EXPECT_EQ(book["cells"][2]["outputs"][0]["data"]["text/plain"], Json::array({"24"}));
}

TEST_F(Notebooks, TakeValuesOfEveryType) {
  workspace_.write("pipelines/p.yaml",
                   "pipeline: p\n"
                   "parameters: { share: { type: number, default: 0.5 } }\n"
                   "steps:\n"
                   "  look:\n"
                   "    notebook:\n"
                   "      file: books/look.ipynb\n"
                   "      params: { a: \"${params.share}\", b: '[1, \"x\"]', c: true, d: 007 }\n");
  save({"a, b, c, d = 0, 0, 0, 0", "print(a, b, c, repr(d))"});
  const auto ran = workspace_.json({"run", "p"});
  EXPECT_EQ(kept(ran.at("run").get<std::string>())["cells"][2]["outputs"][0]["text"],
            Json::array({"0.5 [1, 'x'] True '007'\n"}));
}

TEST_F(Notebooks, ThatFailKeepWhatWasDoneAndSayWhere) {
  save({"factor = 1", "print('so far')", "x = 1\n{}['missing']", "print('never')"});
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  const auto id = ran.json().at("run").get<std::string>();
  const auto book = kept(id);
  ASSERT_EQ(book.at("cells").size(), 5U);
  EXPECT_EQ(book["cells"][2]["outputs"][0]["text"], Json::array({"so far\n"}));
  EXPECT_EQ(book["cells"][3]["outputs"][0]["ename"], "KeyError");
  EXPECT_EQ(book["cells"][4]["outputs"], Json::array());
  // The cells as their author counts them: the one with the parameters is not there.
  EXPECT_THAT(ran.err, HasSubstr("books/look.ipynb: cell 3, line 2: KeyError: 'missing'"));
  EXPECT_THAT(workspace_.run({"logs", id, "look"}).out, HasSubstr("KeyError: 'missing'"));
}

TEST_F(Notebooks, WithoutTheirPackagesSayWhatToInstall) {
  use_python("/usr/bin");
  save({"factor = 1"});
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("-m pip install nbclient ipykernel"));
}

TEST_F(Notebooks, OfAKernelThatIsNotThereSayWhichAre) {
  save({"factor = 1"}, "tensors");
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("asks for the kernel 'tensors'"));
  EXPECT_THAT(ran.err, HasSubstr("it has python3"));
}

TEST_F(Notebooks, WhoseKernelDiesSaySo) {
  save({"factor = 1", "import os\nos._exit(3)"});
  const auto ran = workspace_.run({"run", "p", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("the kernel ended"));
}

TEST_F(Notebooks, AreEndedByACancelAndKeepWhatWasDone) {
  const auto pipe = workspace_.beside("begun");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  workspace_.program().set_variable("TMPDIR", workspace_.beside("").string());
  save({"factor = 1", "print('so far')",
        "import os\nopen('" + pipe.string() + "', 'w').write(str(os.getpid()))\nwhile True: pass"});
  auto engine = workspace_.start({"run", "p"});
  const auto kernel = read_file(pipe);
  ASSERT_TRUE(kernel);
  const auto id = workspace_.json({"runs", "list"})[0].at("run").get<std::string>();
  EXPECT_EQ(workspace_.run({"runs", "cancel", id}).exit_code, 0);
  ASSERT_TRUE(engine.wait());
  EXPECT_EQ(workspace_.json({"runs", "show", id}).at("state"), "cancelled");
  EXPECT_FALSE(fs::exists(fs::path("/proc") / *kernel));
  EXPECT_EQ(kept(id)["cells"][2]["outputs"][0]["text"], Json::array({"so far\n"}));
}

TEST_F(Notebooks, ThatAreMissingAreFoundByValidate) {
  const auto ran = workspace_.run({"validate"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("pipelines/p.yaml:5:23: there is no notebook `books/look.ipynb`"));
}

}  // namespace
}  // namespace gossamer::test
