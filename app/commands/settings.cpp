// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

void add_settings(const Registration& to) {
  auto* settings =
      to.root.add_subcommand("settings", "Named values that steps read and only a switch changes");
  settings->require_subcommand(1);
  settings->footer("Example:\n  gossamer settings list -o json");
  auto* list = settings->add_subcommand("list", "Settings with their present values");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/settings", {}, &settings_listing}; });
}

}  // namespace gossamer::app
