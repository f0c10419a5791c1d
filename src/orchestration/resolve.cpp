// SPDX-License-Identifier: Apache-2.0
#include "orchestration/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "orchestration/calendar.hpp"
#include "pipeline/reference.hpp"

namespace gossamer::orchestration {
namespace {

using pipeline::Reference;
using pipeline::Scope;
using pipeline::Text;

const Json* values_of(Scope scope, const References& references) {
  switch (scope) {
    case Scope::run:
      return &references.run;
    case Scope::params:
      return &references.params;
    case Scope::settings:
      return &references.settings;
    case Scope::each:
      return &references.each;
    case Scope::steps:
    case Scope::secrets:
      return nullptr;
  }
  return nullptr;
}

std::vector<std::string> keys_of(const Json* object) {
  std::vector<std::string> keys;
  if (object == nullptr || !object->is_object()) return keys;
  for (const auto& [key, value] : object->items())
    keys.push_back(key);
  return keys;
}

std::unexpected<Error> names_nothing(const Reference& reference, const std::string& walked,
                                     const std::string& missing,
                                     const std::vector<std::string>& known,
                                     const Position& position) {
  return invalid_input(
      fmt::format("${{{}.{}}} names nothing: {} has no '{}'{}{}",
                  pipeline::name_of(reference.scope), fmt::join(reference.path, "."), walked,
                  missing, did_you_mean(missing, known),
                  known.empty() ? std::string() : fmt::format(", it has {}", join(known, ", "))),
      position);
}

// Setting names have dots of their own (`demand.horizon_days`), so the longest name that fits wins.
Result<Json> look_up(const Reference& reference, const References& references,
                     const Position& position) {
  const Json* value = values_of(reference.scope, references);
  std::string walked(pipeline::name_of(reference.scope));
  std::size_t next = 0;
  if (reference.scope == Scope::steps) {
    const std::string& name = reference.path.front();
    const auto found = references.steps.find(name);
    if (found == references.steps.end()) {
      std::vector<std::string> known;
      for (const auto& [step, values] : references.steps)
        known.push_back(step);
      return names_nothing(reference, walked, name, known, position);
    }
    value = found->second.get();
    walked += "." + name;
    next = 1;
  }
  while (next < reference.path.size()) {
    bool is_found = false;
    for (std::size_t end = reference.path.size(); end > next && !is_found; --end) {
      const std::vector<std::string> words(
          reference.path.begin() + static_cast<std::ptrdiff_t>(next),
          reference.path.begin() + static_cast<std::ptrdiff_t>(end));
      const std::string name = join(words, ".");
      if (!value->is_object() || !value->contains(name)) continue;
      value = &value->at(name);
      walked += "." + name;
      next = end;
      is_found = true;
    }
    if (is_found) continue;
    return names_nothing(reference, walked, reference.path[next], keys_of(value), position);
  }
  return *value;
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool is_secret(const std::variant<std::string, Reference>& piece) {
  const auto* reference = std::get_if<Reference>(&piece);
  return reference != nullptr && reference->scope == Scope::secrets;
}

}  // namespace

Result<Json> resolve(const Text& text, const References& references) {
  if (text.pieces.size() == 1 && !is_secret(text.pieces.front())) {
    const auto& piece = text.pieces.front();
    if (const auto* literal = std::get_if<std::string>(&piece)) return Json(*literal);
    return look_up(std::get<Reference>(piece), references, text.position);
  }
  Json pieces = Json::array();
  std::string joined;
  for (const auto& piece : text.pieces) {
    if (is_secret(piece)) {
      if (!joined.empty()) pieces.push_back(std::exchange(joined, {}));
      pieces.push_back({{"secret", join(std::get<Reference>(piece).path, ".")}});
    } else if (const auto* literal = std::get_if<std::string>(&piece)) {
      joined += *literal;
    } else {
      TRY_ASSIGN(const Json value, look_up(std::get<Reference>(piece), references, text.position));
      joined += as_text(value);
    }
  }
  if (pieces.empty()) return Json(joined);
  if (!joined.empty()) pieces.push_back(joined);
  return Json{{"pieces", std::move(pieces)}};
}

// --- What may be named -------------------------------------------------------------------------

Result<References> references_of(const RunState& run, const pipeline::Step& step,
                                 const Json& each) {
  return references_of(run, step, each,
                       [&run](std::size_t upstream) { return summary_of(run, upstream); });
}

Result<References> references_of(const RunHeader& run, const pipeline::Step& step, const Json& each,
                                 const Summaries& summaries) {
  References references;
  const pipeline::Pipeline& pipeline = *run.pipeline;
  for (const auto& dependency : step.dependencies) {
    const auto summary = summaries(dependency.step);
    references.steps[pipeline.steps[dependency.step].name] = {summary, &summary->values};
  }
  TRY_ASSIGN(const Partitions partitions, Partitions::make(pipeline.partitions));
  references.run = {{"id", run.id.value()},
                    {"pipeline", pipeline.name},
                    {"partition", partitions.short_name(run.partition)},
                    {"starter", run.starter.name}};
  TRY_ASSIGN(const auto slice, partitions.slice(run.partition));
  if (slice) {
    const Window window = window_of(*slice, pipeline.window_lag, partitions.zone());
    references.run["slice_start"] = format_instant(slice->start);
    references.run["slice_end"] = format_instant(slice->end);
    references.run["window_start"] = format_instant(window.start);
    references.run["window_end"] = format_instant(window.end);
  }
  for (const auto& [key, value] : run.partition.pairs)
    references.run[key] = value;
  references.params = run.params;
  references.settings = run.pins.settings;
  if (step.foreach && !each.is_null()) references.each[step.foreach->key] = each;
  return references;
}

std::vector<std::string> aliases_of(const pipeline::Step& step, const Json& spec) {
  std::vector<std::string> aliases;
  const auto add = [&](const Json& name) {
    if (!name.is_string()) return;
    const auto text = name.get<std::string>();
    if (text.find('@') == std::string::npos) return;
    if (std::ranges::find(aliases, text) == aliases.end()) aliases.push_back(text);
  };
  for (const char* key : {"model", "against"}) {
    if (spec.contains(key)) add(spec[key]);
  }
  if (spec.contains("models")) {
    for (const auto& model : spec["models"])
      add(model);
  }
  for (const char* key : {"query", "data"}) {
    if (!spec.contains(key) || !spec[key].is_object()) continue;
    for (const auto& model : spec[key]["models"])
      add(model);
  }
  if (step.kind == pipeline::StepKind::approval) {
    for (const char* key : {"on_approved", "on_rejected"}) {
      for (const auto& alias : spec[key]["aliases"]) {
        add(alias["model"].get<std::string>() + "@" + alias["alias"].get<std::string>());
      }
    }
  }
  return aliases;
}

Result<int> version_number(const Json& version, const std::string& model) {
  if (version.is_number_integer()) return version.get<int>();
  if (version.is_string()) {
    std::string text = version.get<std::string>();
    if (const std::string prefix = model + "/"; text.starts_with(prefix)) {
      text.erase(0, prefix.size());
    }
    if (const auto number = parse_integer(text, 1, 1'000'000'000)) return static_cast<int>(*number);
  }
  return invalid_input(
      fmt::format("{} is not a version of {}: write {}/7 or 7", version.dump(), model, model));
}

}  // namespace gossamer::orchestration
