// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "pipeline/diff.hpp"
#include "pipeline/version.hpp"
#include "web/handlers/verbs.hpp"

namespace gossamer::web {

namespace {

Result<std::shared_ptr<const pipeline::Definition>> checked(const pipeline::Loaded& loaded,
                                                            const EventSink& events) {
  auto errors = loaded.errors;
  if (errors.empty()) errors = pipeline::not_in_this_version(*loaded.definition);
  for (const auto& warning : loaded.warnings) {
    events({{"event", "note"}, {"message", warning.describe() + " (warning)"}});
  }
  for (const auto& error : errors) {
    events({{"event", "note"}, {"message", error.describe()}});
  }
  if (errors.empty()) return loaded.definition;
  return invalid_input(fmt::format("{} error{} in the workspace; nothing was applied",
                                   errors.size(), errors.size() == 1 ? "" : "s"));
}

}  // namespace

Result<Json> Applier::apply(const orchestration::Actor& actor, Mode mode,
                            const EventSink& events) const {
  TRY_ASSIGN(const auto loaded, load_());
  TRY_ASSIGN(const auto definition, checked(loaded, events));
  std::shared_ptr<const pipeline::Definition> before;
  const auto active = definitions_.active();
  if (active) {
    before = active->definition;
  } else if (active.error().kind != ErrorKind::not_found) {
    return std::unexpected(active.error());
  }
  Json changes = Json::array();
  for (const auto& change : pipeline::diff(before.get(), *definition)) {
    changes.push_back({{"change", pipeline::name_of(change.kind)},
                       {"what", change.subject},
                       {"detail", change.lines}});
  }
  const bool is_new = !before || before->digest != definition->digest;
  if (mode == Mode::activate && is_new) {
    TRY_ASSIGN(auto parsed, parsed_(*definition));
    const Instant now = clock_.now();
    TRY(store_.activate(
        {definition->digest, definition->files, std::move(parsed), actor.name, now},
        {actor, "definition.apply", definition->digest.text(), {{"changes", changes.size()}}}));
  }
  return Json{{"digest", definition->digest.text()},
              {"changes", std::move(changes)},
              {"activated", mode == Mode::activate}};
}

std::vector<Route> definition_verbs(const Applier& applier) {
  return {{"POST", "/api/v1/definitions", "Validate the workspace and make it active",
           [&applier](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto dry_run, optional<bool>(call.request.body, "dry_run"));
             return applier.apply(
                 call.request.actor,
                 dry_run.value_or(false) ? Applier::Mode::dry_run : Applier::Mode::activate,
                 call.events);
           }}};
}

}  // namespace gossamer::web
