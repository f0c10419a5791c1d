// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace gossamer::test {

namespace {

std::string variable(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

}  // namespace

Json Ran::json() const {
  auto parsed = parse_json(out, "stdout");
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().describe()) << "\nstdout: " << out
                      << "\nstderr: " << err;
  return parsed ? *std::move(parsed) : Json();
}

Program::Program() : folder_(*TemporaryFolder::make()), bin_(bin_folder()) {}

SpawnOptions Program::options(const std::vector<std::string>& arguments,
                              const fs::path& workspace) const {
  SpawnOptions options;
  options.argv = {(bin_ / "gossamer").string()};
  if (!workspace.empty()) {
    options.argv.insert(options.argv.end(), {"-C", workspace.string()});
  }
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  for (const auto* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const auto value = variable(name, ""); !value.empty()) options.environment[name] = value;
  }
  for (const auto& [name, value] : more_)
    options.environment[name] = value;
  options.folder = folder_.path();
  return options;
}

Ran Program::run(const std::vector<std::string>& arguments, const fs::path& workspace) const {
  auto started = options(arguments, workspace);
  const auto out = folder_.path() / "stdout.txt";
  const auto err = folder_.path() / "stderr.txt";
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  const auto out_file = open_file(out, flags);
  const auto err_file = open_file(err, flags);
  Ran ran;
  if (!out_file || !err_file) {
    ADD_FAILURE() << "cannot write the program's output";
    return ran;
  }
  started.standard_output = out_file->number();
  started.standard_error = err_file->number();
  auto process = Subprocess::spawn(started);
  if (!process) {
    ADD_FAILURE() << process.error().describe();
    return ran;
  }
  const auto end = process->wait();
  if (end) ran.exit_code = end->exit_code;
  ran.out = read_file(out).value_or("");
  ran.err = read_file(err).value_or("");
  return ran;
}

Subprocess Program::start(const std::vector<std::string>& arguments,
                          const fs::path& workspace) const {
  auto process = Subprocess::spawn(options(arguments, workspace));
  EXPECT_TRUE(process) << (process ? "" : process.error().describe());
  return *std::move(process);
}

fs::path bin_folder() { return fs::absolute(variable("GOSSAMER_BIN_DIR", "build/release/bin")); }

fs::path tests_folder() { return bin_folder().parent_path() / "tests"; }

fs::path real_data(const std::string& name) {
  const auto folder = variable("GOSSAMER_TEST_DATA", "");
  return folder.empty() ? fs::path() : fs::path(folder) / name;
}

}  // namespace gossamer::test
