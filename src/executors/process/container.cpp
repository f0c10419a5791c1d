// SPDX-License-Identifier: Apache-2.0
#include "executors/process/container.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/text.hpp"

namespace gossamer::executors {
namespace {

// What belongs to the image, not to this machine.
bool is_of_the_machine(std::string_view variable) {
  return variable == "PATH" || variable == "HOME" || variable == "LANG";
}

}  // namespace

Result<fs::path> container_runtime(const Environment& environment) {
  const auto path = environment.get_or("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (const char* name : {"podman", "docker"}) {
    for (const auto& folder : split(path, ':')) {
      fs::path program = fs::path(folder) / name;
      if (folder.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return not_found(fmt::format("there is neither podman nor docker in PATH ({})", path));
}

supervisor::Spec in_container(supervisor::Spec spec, const std::string& image,
                              const fs::path& runtime, const std::string& attempt,
                              const ContainerFolders& folders) {
  std::vector<std::string> argv{runtime.string(),
                                "run",
                                "--rm",
                                "--init",
                                "--name=gossamer-" + attempt,
                                fmt::format("--user={}:{}", ::getuid(), ::getgid()),
                                fmt::format("--workdir={}", spec.workdir)};
  // Without root's rights podman has users of its own, of which ours has to be one.
  if (runtime.filename() == "podman" && ::getuid() != 0) argv.emplace_back("--userns=keep-id");
  const std::array mounts{std::pair(folders.code, ",readonly"), std::pair(folders.attempt, "")};
  for (const auto& [folder, mode] : mounts) {
    argv.push_back(
        fmt::format("--mount=type=bind,source={0},target={0}{1}", folder.string(), mode));
  }
  // By name alone: the value comes out of the environment of whoever runs the container.
  for (const std::string& entry : spec.environment) {
    const auto name = entry.substr(0, entry.find('='));
    if (!is_of_the_machine(name)) argv.push_back("--env=" + name);
  }
  argv.emplace_back("--env=GOSSAMER_ATTEMPT");
  argv.push_back(image);
  argv.insert(argv.end(), spec.argv.begin(), spec.argv.end());
  spec.argv = std::move(argv);
  spec.workdir = folders.attempt.string();
  return spec;
}

}  // namespace gossamer::executors
