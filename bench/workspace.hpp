// SPDX-License-Identifier: Apache-2.0
// A workspace of a benchmark's own, used as people use one: through the program.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "bench/figure.hpp"

namespace gossamer::bench {

class Workspace {
 public:
  Workspace() : folder_(value_of(TemporaryFolder::make("gossamer-bench"))) {
    write("gossamer.yaml", "workspace: bench\ntimezone: UTC\n");
  }

  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

  void write(const std::string& name, std::string_view text) const {
    check(make_folders((path() / name).parent_path()));
    check(write_file_durably(path() / name, text));
  }

  [[nodiscard]] Subprocess start(std::vector<std::string> arguments) const {
    return started(std::move(arguments), -1);
  }

  // The command's standard output, as JSON; gives up where the command fails.
  [[nodiscard]] Json run(std::vector<std::string> arguments) const {
    const fs::path out = path() / "stdout.json";
    const auto file = value_of(open_file(out, O_WRONLY | O_CREAT | O_TRUNC));
    arguments.insert(arguments.end(), {"-o", "json"});
    const std::string name = arguments.front();
    Subprocess process = started(std::move(arguments), file.number());
    if (const auto end = value_of(process.wait()); !end.succeeded()) {
      give_up("gossamer " + name + ": " + end.describe());
    }
    return value_of(parse_json(value_of(read_file(out)), out.string()));
  }

  // The newest run of a pipeline.
  [[nodiscard]] std::string last_run(std::string_view pipeline) const {
    return newest(pipeline).at("run").get<std::string>();
  }
  // Its seconds from its creation to its end.
  [[nodiscard]] double seconds_of_last(std::string_view pipeline) const {
    return newest(pipeline).at("seconds").get<double>();
  }

 private:
  [[nodiscard]] Json newest(std::string_view pipeline) const {
    for (const Json& run : run({"runs", "list"})) {
      if (run.at("pipeline") == pipeline) return run;
    }
    give_up("no run of " + std::string(pipeline));
  }

  [[nodiscard]] Subprocess started(std::vector<std::string> arguments, int out) const {
    SpawnOptions options;
    options.argv = {(bin_folder() / "gossamer").string(), "-C", path().string()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    options.standard_output = out;
    return value_of(Subprocess::spawn(options));
  }

  TemporaryFolder folder_;
};

// A named pipe that a step's program waits at until the benchmark lets it go on.
class Barrier {
 public:
  explicit Barrier(fs::path path) : path_(std::move(path)) {
    if (::mkfifo(path_.c_str(), 0600) != 0) give_up("cannot make " + path_.string());
  }
  // The body of a step whose program ends once it was let go on.
  [[nodiscard]] std::string waiting_command() const {
    return "command: { argv: [/bin/sh, -c, \"read line < " + path_.string() + "\"] }";
  }
  // Returns once a program waits; it goes on when let_go_on writes to what is returned.
  [[nodiscard]] FileDescriptor wait_for_program() const {
    return value_of(open_file(path_, O_WRONLY));  // opening a pipe waits for its reader
  }
  void let_go_on(const FileDescriptor& pipe) const { check(write_all(pipe, "go\n", path_)); }

 private:
  fs::path path_;
};

}  // namespace gossamer::bench
