// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "base/json.hpp"
#include "executors/prepare.hpp"

namespace gossamer::executors {
namespace {

enum class Missing { is_error, is_left_out };

struct Wanted {
  std::string reference;
  Missing missing = Missing::is_error;
};

void want(std::vector<Wanted>& wanted, const Json& spec, std::string_view key, Missing missing) {
  const auto found = spec.find(key);
  if (found != spec.end() && found->is_string() && !found->get_ref<const std::string&>().empty()) {
    wanted.push_back({found->get<std::string>(), missing});
  }
}

// Literal names in predict() calls of the step's queries.
void want_of_queries(std::vector<Wanted>& wanted, const Json& spec) {
  for (const std::string_view key : {"query", "data"}) {
    const auto query = spec.find(key);
    if (query == spec.end() || !query->is_object() || !query->contains("models")) continue;
    for (const Json& model : (*query)["models"]) {
      wanted.push_back({model.get<std::string>(), Missing::is_error});
    }
  }
}

std::vector<Wanted> wanted_by(const orchestration::AttemptOrder& order) {
  using pipeline::StepKind;
  std::vector<Wanted> wanted;
  if (!order.spec.is_object()) return wanted;
  want_of_queries(wanted, order.spec);
  const StepKind kind = order.declaration().kind;
  if (kind == StepKind::evaluate || kind == StepKind::predict) {
    want(wanted, order.spec, "model", Missing::is_error);
  }
  if (kind == StepKind::evaluate) want(wanted, order.spec, "against", Missing::is_left_out);
  if (const auto several = order.spec.find("models"); several != order.spec.end()) {
    for (const auto& [name, model] : several->items())
      want(wanted, *several, name, Missing::is_error);
  }
  return wanted;
}

}  // namespace

Result<std::vector<ModelBinding>> models_of(const orchestration::AttemptOrder& order,
                                            const models::ModelStore& models,
                                            const fs::path& state) {
  std::vector<ModelBinding> out;
  std::set<std::string> seen;
  for (const Wanted& wanted : wanted_by(order)) {
    if (!seen.insert(wanted.reference).second) continue;
    TRY_ASSIGN(const auto name, models::Name::parse(wanted.reference));
    std::optional<int> version = name.version;
    const auto pin = order.step_pins.find(wanted.reference);
    if (pin != order.step_pins.end() && pin->is_number_integer()) version = pin->get<int>();
    if (pin != order.step_pins.end() && pin->is_null()) {
      if (wanted.missing == Missing::is_left_out) continue;
      // The registry's own words say which aliases there are.
      const auto resolved = models.resolve(name);
      if (!resolved) return std::unexpected(resolved.error());
      return not_found(
          fmt::format("there was no '{}' when this step first ran; retry the run with "
                      "--data latest to use what it names now",
                      wanted.reference));
    }
    auto found = version ? models.find(name.model, *version) : models.resolve(name);
    if (!found && found.error().kind == ErrorKind::not_found &&
        wanted.missing == Missing::is_left_out) {
      continue;
    }
    if (!found) return std::unexpected(found.error());
    const release::ModelRegistration& model = found->registration;
    out.push_back({wanted.reference, model.model, model.version, (state / model.folder).string(),
                   model.digest});
  }
  return out;
}

}  // namespace gossamer::executors
