// SPDX-License-Identifier: Apache-2.0
#include "tests/support/workspace.hpp"

#include <gtest/gtest.h>

namespace gossamer::test {

void Workspace::write(const std::string& name, const std::string& text) const {
  const auto file = folder_ / name;
  ASSERT_TRUE(make_folders(file.parent_path()));
  ASSERT_TRUE(write_file_durably(file, text));
}

void Workspace::write_asking_pipeline(const std::string& name, const std::string& behind) const {
  write("sql/one.sql", "select 1 as n\n");
  write("pipelines/" + name + ".yaml", "pipeline: " + name +
                                           "\n"
                                           "steps:\n"
                                           "  one:\n"
                                           "    sql: sql/one.sql\n"
                                           "    output: one\n"
                                           "  confirm:\n"
                                           "    approval:\n"
                                           "      title: Go on?\n"
                                           "      evidence: [one]\n"
                                           "      approvers: { any_of: [ana] }\n"
                                           "      expires: { after: 2d, then: rejected }\n"
                                           "      on_approved: {}\n" +
                                           behind);
}

Ran Workspace::run_as(const std::string& who, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"--as", who});
  return run(arguments);
}

Json Workspace::json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-o", "json"});
  const auto ran = run(arguments);
  EXPECT_EQ(ran.exit_code, 0) << arguments.front() << ": " << ran.err;
  return ran.exit_code == 0 ? ran.json() : Json();
}

std::string Workspace::open_gate() const {
  const auto gates = json({"gates", "list"});
  EXPECT_EQ(gates.size(), 1U) << gates.dump(2);
  return gates.empty() ? "" : gates[0].at("gate").get<std::string>();
}

std::map<std::string, Json> by_step(const Json& run) {
  std::map<std::string, Json> steps;
  for (const auto& step : run.at("steps"))
    steps[step.at("step").get<std::string>()] = step;
  return steps;
}

std::vector<std::string> names_in(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items())
    names.push_back(name);
  return names;
}

}  // namespace gossamer::test
