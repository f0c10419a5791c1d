// SPDX-License-Identifier: Apache-2.0
#include "orchestration/fakes/definitions.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "orchestration/transition.hpp"
#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"

namespace gossamer::orchestration::fakes {

std::shared_ptr<const pipeline::Definition> definition_of(
    const std::vector<std::string>& pipelines) {
  std::map<std::string, std::string> files{{"gossamer.yaml", "workspace: test\ntimezone: UTC\n"}};
  for (const auto& text : pipelines) {
    files[fmt::format("pipelines/p{}.yaml", files.size())] = text;
  }
  const pipeline::Known known{{"raw.rentals"}, {}};
  auto loaded = pipeline::load_files(std::move(files), pipeline::parse_naively, known);
  if (loaded.definition) return loaded.definition;
  std::string all;
  for (const auto& error : loaded.errors)
    all += error.describe() + "\n";
  throw std::invalid_argument(all);
}

RunState run_of(const std::shared_ptr<const pipeline::Definition>& definition, IdSource& ids,
                Instant now) {
  RunState fresh;
  fresh.id = RunId::make(ids);
  fresh.definition = definition;
  fresh.pipeline = {definition, &definition->pipelines.begin()->second};
  fresh.starter = Actor{"sam", true, "cli"};
  fresh.cause.kind = "command";
  return apply(RunState{}, create_run(std::move(fresh), now));
}

}  // namespace gossamer::orchestration::fakes
