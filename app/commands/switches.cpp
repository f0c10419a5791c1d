// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

namespace {

void add_undo(CLI::App& switches, const Registration& to) {
  auto id = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto* command = switches.add_subcommand(
      "undo", "Put back what a switch replaced; refused where something moved since");
  command->add_option("SWITCH", *id, "The switch's id")->required();
  command->add_option("--reason", *reason, "Kept with the switch");
  command->callback([&session = to.session, &chosen = to.chosen, id, reason] {
    chosen = [&session, id, reason]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto undone,
                 session.post("/api/v1/switches/" + *id + "/undo", {{"reason", *reason}}));
      session.console().print_object(undone, switches_listing(Json::array({undone})), format);
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_switches(const Registration& to) {
  auto* switches = to.root.add_subcommand(
      "switches", "What decisions changed: aliases, settings, published candidates");
  switches->require_subcommand(1);
  switches->footer("Example:\n  gossamer switches undo switch_0190... --reason 'wrong week'");
  auto* list = switches->add_subcommand("list", "Switches, newest first");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/switches", {}, &switches_listing}; });
  auto id = std::make_shared<std::string>();
  auto* show = switches->add_subcommand("show", "One switch with every change");
  show->add_option("SWITCH", *id, "The switch's id")->required();
  show->callback([&session = to.session, &chosen = to.chosen, id] {
    chosen = [&session, id]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/switches/" + *id));
      session.console().print_object(found, switches_listing(Json::array({found})), format);
      return ExitCode::done;
    };
  });
  add_undo(*switches, to);
}

}  // namespace gossamer::app
