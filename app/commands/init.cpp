// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cctype>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/demo/example_files.hpp"

namespace gossamer::app {

namespace {

constexpr std::string_view first_workspace = R"(workspace: {}
timezone: UTC
groups:
  owners: []
)";

// A name that a workspace may have (small letters, digits, _ and -, not - or _ first, 63 at most),
// made from the name of its folder.
std::string workspace_name(const fs::path& folder) {
  const fs::path place = (fs::absolute(folder) / "").lexically_normal().parent_path();
  std::string name;
  for (const char letter : place.filename().string()) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = byte < 0x80 && std::isalnum(byte) != 0;
    if (name.empty() && !is_plain) continue;
    name += is_plain ? static_cast<char>(std::tolower(byte)) : letter == '-' ? '-' : '_';
  }
  return name.empty() ? "workspace" : name.substr(0, 63);
}

Result<void> make_workspace(const fs::path& folder) {
  const auto file = folder / "gossamer.yaml";
  TRY_ASSIGN(const bool exists, path_exists(file));
  if (exists) return conflict(fmt::format("{} is a workspace already", folder.string()));
  for (const auto* name : {"pipelines", "sql", "tables", "calendars"}) {
    TRY(make_folders(folder / name));
  }
  TRY(write_file_durably(folder / ".gitignore", ".gossamer/\nwarehouse/\n"));
  return write_file_durably(file,
                            fmt::format(fmt::runtime(first_workspace), workspace_name(folder)));
}

}  // namespace

void add_init(const Registration& to) {
  struct InitOptions {
    std::string folder = ".";
    std::string example;
  };
  auto options = std::make_shared<InitOptions>();
  auto* command = to.root.add_subcommand("init", "Make a folder a workspace");
  command->add_option("DIR", options->folder, "The folder (made where it is missing)");
  command->add_option("--example", options->example, "Start from an example")
      ->check(CLI::IsMember(example_names()));
  command->footer("Example:\n  gossamer init shop --example demand");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      const fs::path folder = fs::path(session.options().folder) / options->folder;
      if (options->example.empty()) {
        TRY(make_workspace(folder.lexically_normal()));
      } else {
        TRY(write_example(options->example, folder.lexically_normal()));
      }
      session.console().err() << fmt::format(
          "{} is a workspace; next: write pipelines/NAME.yaml, then gossamer validate\n",
          folder.lexically_normal().string());
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
