// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

void add_models(const Registration& to) {
  auto* models = to.root.add_subcommand("models", "Model versions and their aliases");
  models->require_subcommand(1);
  models->footer("Example:\n  gossamer models list bike_demand");
  auto model = std::make_shared<std::string>();
  auto* list = models->add_subcommand("list", "Versions, newest first");
  list->add_option("MODEL", *model, "Only of this model");
  print_list_on(*list, to, [model] {
    std::map<std::string, std::string> query;
    if (!model->empty()) query["model"] = *model;
    return ListSource{"/api/v1/models", query, &models_listing};
  });
  auto name = std::make_shared<std::string>();
  auto* show = models->add_subcommand("show", "One version: where it came from, its figures");
  show->add_option("NAME", *name, "credit/7 or credit@champion")->required();
  show->callback([&session = to.session, &chosen = to.chosen, name] {
    chosen = [&session, name]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/model", {{"name", *name}}));
      session.console().print_object(found, models_listing(Json::array({found})), format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
