// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

void add_steps(const Registration& to) {
  auto run = std::make_shared<std::string>();
  auto* command = to.root.add_subcommand("steps", "The steps of a run");
  command->add_option("RUN", *run, "The run's id")->required();
  command->footer("Example:\n  gossamer steps run_0190... -o wide");
  print_list_on(*command, to, [run] {
    return ListSource{"/api/v1/runs/" + *run + "/steps", {}, &steps_listing};
  });
}

}  // namespace gossamer::app
