// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "app/findings.hpp"
#include "base/clock.hpp"
#include "base/numbers.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "executors/process/container.hpp"

namespace gossamer::app {

namespace {

constexpr std::uintmax_t little_space = std::uintmax_t{2} << 30U;
constexpr Duration start_patience = std::chrono::seconds(10);
// Every commit waits for one: with this one a second has hardly fifty.
constexpr double slow_sync_ms = 20;

// The median of nine, in milliseconds.
Result<double> sync_time_ms(const fs::path& folder) {
  constexpr int rounds = 9;
  const SystemClock clock;
  const auto probe = folder / fmt::format("doctor-sync.{}", ::getpid());
  TRY_ASSIGN(const auto file, open_file(probe, O_CREAT | O_WRONLY | O_TRUNC));
  // Without a name it is gone with this process, however that ends.
  TRY(remove_tree(probe));
  const std::string block(4096, 'x');
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    TRY(write_all(file, block, probe));
    const auto before = clock.steady();
    if (::fdatasync(file.number()) != 0) {
      return std::unexpected(system_error(errno, "make durable", probe));
    }
    times.push_back(std::chrono::duration<double, std::milli>(clock.steady() - before).count());
  }
  std::ranges::sort(times);
  return times[rounds / 2];
}

bool has_notebook(const pipeline::Definition& definition) {
  return std::ranges::any_of(definition.pipelines, [](const auto& entry) {
    return std::ranges::any_of(entry.second.steps, [](const pipeline::Step& step) {
      return step.kind == pipeline::StepKind::notebook;
    });
  });
}

bool has_image(const pipeline::Definition& definition) {
  return std::ranges::any_of(definition.pipelines, [](const auto& entry) {
    return std::ranges::any_of(entry.second.steps, [](const pipeline::Step& step) {
      const auto* command = std::get_if<pipeline::CommandStep>(&step.body);
      return command != nullptr && !command->image.empty();
    });
  });
}

// Runs it as a step would; its output where it succeeded.
Result<std::string> output_of(std::vector<std::string> argv, const Environment& environment) {
  SpawnOptions options;
  options.argv = std::move(argv);
  options.environment["PATH"] = environment.get_or("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (const char* name : {"HOME", "LANG"}) {
    if (const auto value = environment.find(name)) options.environment[name] = *value;
  }
  TRY_ASSIGN(const auto ran, run_captured(std::move(options), start_patience));
  std::string said(trimmed(ran.output));
  if (ran.end.succeeded()) return said;
  return unavailable(fmt::format("{}; {}", ran.end.describe(), said));
}

void look_at_python(Findings& found, const Environment& environment) {
  const auto said =
      output_of({"python3", "-c",
                 "import sys, nbclient, ipykernel; print(sys.executable, 'with nbclient', "
                 "nbclient.__version__, 'and ipykernel', ipykernel.__version__)"},
                environment);
  if (said) return found.ok("notebooks", *said);
  found.failed("notebooks", said.error().describe(),
               "notebook steps need nbclient and ipykernel in the python3 that is first in PATH: "
               "python3 -m pip install nbclient ipykernel");
}

void look_at_containers(Findings& found, const Environment& environment) {
  static constexpr auto advice =
      "install podman, or docker with its daemon, and see that it is in "
      "PATH of whoever runs gossamer";
  const auto runtime = executors::container_runtime(environment);
  if (!runtime) return found.failed("containers", runtime.error().message, advice);
  const auto said = output_of({runtime->string(), "info"}, environment);
  if (!said) {
    return found.failed(
        "containers", fmt::format("{} info: {}", runtime->string(), said.error().message), advice);
  }
  found.ok("containers", runtime->string());
}

}  // namespace

void look_at_program(Findings& found, const char* name, const fs::path& program) {
  static constexpr auto advice = "build or install all parts of gossamer together, in one folder";
  SpawnOptions options;
  options.argv = {program.string(), "--version"};
  const auto ran = run_captured(std::move(options), start_patience);
  if (!ran) return found.failed(name, ran.error().describe(), advice);
  const std::string said(trimmed(ran->output));
  if (!ran->end.succeeded()) {
    return found.failed(
        name, fmt::format("{} --version: {}; {}", program.string(), ran->end.describe(), said),
        advice);
  }
  const auto version = fmt::format("gossamer-{} {}", name, GOSSAMER_VERSION);
  if (said != version) {
    return found.failed(
        name, fmt::format("{} is \"{}\", not \"{}\"", program.string(), said, version), advice);
  }
  found.ok(name, program.string());
}

void look_at_disk(Findings& found, const fs::path& folder) {
  const auto type = file_system_of(folder);
  if (!type) return found.failed("disk", type.error().describe(), "see that the folder is there");
  if (type->is_network) {
    return found.failed(
        "disk",
        fmt::format("{} is on {}, whose locks cannot be trusted", folder.string(), type->name),
        "move the workspace to a disk of this machine");
  }
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error) {
    return found.warning("disk", "cannot tell the free space: " + error.message(), "look with df");
  }
  const auto free = fmt::format(
      "{} free on {}", format_bytes(static_cast<std::int64_t>(space.available)), type->name);
  if (space.available >= little_space) return found.ok("disk", free);
  found.warning("disk", free, "make room, e.g. with gossamer gc");
}

void look_at_syncs(Findings& found, const fs::path& state) {
  const auto time_ms = sync_time_ms(state);
  if (!time_ms) {
    return found.failed("syncs", time_ms.error().describe(),
                        "nothing can be made durable there: look at the disk");
  }
  const auto detail = fmt::format("fdatasync takes {:.2f} ms", *time_ms);
  if (*time_ms < slow_sync_ms) return found.ok("syncs", detail);
  found.warning("syncs", detail,
                "every commit waits that long: put the workspace on a faster disk, or see what "
                "keeps this one busy");
}

void look_at_needs(Findings& found, const pipeline::Definition& definition,
                   const Environment& environment) {
  if (has_notebook(definition)) look_at_python(found, environment);
  if (has_image(definition)) look_at_containers(found, environment);
}

}  // namespace gossamer::app
