// SPDX-License-Identifier: Apache-2.0
#include "executors/process/command.hpp"

#include <fmt/format.h>

#include <map>

#include "base/json.hpp"
#include "executors/process/code.hpp"
#include "executors/process/container.hpp"
#include "executors/process/secrets.hpp"
#include "executors/state_folder.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;

Json window_json(const std::optional<orchestration::Window>& window) {
  if (!window) return {};
  return {{"start", format_instant(window->start)}, {"end", format_instant(window->end)}};
}

Json run_json(const AttemptOrder& order, const Job& job) {
  Json keys = Json::object();
  for (const auto& [name, value] : order.partition.pairs)
    keys[name] = value;
  return {{"schema", 1},
          {"run", order.run.value()},
          {"attempt", order.attempt.value()},
          {"ordinal", order.ordinal},
          {"pipeline", order.pipeline->name},
          {"step", order.declaration().name},
          {"each", order.each},
          {"partition", order.partition.text()},
          {"keys", std::move(keys)},
          {"slice", window_json(order.slice)},
          {"window", window_json(order.window)},
          {"timezone", job.timezone},
          {"params", order.params},
          {"settings", order.pins.settings},
          {"output", job.output ? Json(job.output->table) : Json()}};
}

// The files of a view below `folder`, in Hive's layout, so that any reader finds the key columns.
Result<void> link_view(const InputView& view, const fs::path& folder) {
  TRY(make_folders(folder));
  for (const InputFile& file : view.files) {
    fs::path place = folder;
    if (!file.keys.empty()) {
      place /= release::PartitionKey{file.keys}.text();
      TRY(make_folders(place));
    }
    TRY(link_or_copy(file.path, place / fs::path(file.path).filename()));
  }
  return {};
}

Result<std::map<std::string, std::string>> place_inputs(const Job& job, const fs::path& folder) {
  std::map<std::string, std::string> variables;
  // What an attempt that never began has left behind.
  TRY(remove_tree(folder));
  for (const InputView& view : job.views) {
    const std::string variable = input_variable(view.name);
    if (variables.contains(variable)) {
      return invalid_input(fmt::format("inputs '{}' and another one would both be {}: rename one",
                                       view.name, variable));
    }
    TRY(link_view(view, folder / view.name));
    variables[variable] = (folder / view.name).string();
  }
  return variables;
}

// The pinned copy of what the step names under `code`, or the workspace.
Result<fs::path> code_folder(const AttemptOrder& order, const std::vector<std::string>& code,
                             const CommandPlaces& places) {
  if (code.empty()) return places.workspace;
  const StateFolder state{places.state};
  return pinned_code(code, places.workspace, state.code(), state.run(order.run) / "code");
}

Result<std::string> working_folder(const Json& spec, const fs::path& code, bool is_copy) {
  TRY_ASSIGN(const auto below, optional<std::string>(spec, "workdir", "command"));
  if (!below || below->empty()) return code.string();
  const fs::path normal = fs::path(*below).lexically_normal();
  if (normal.is_absolute() || *normal.begin() == "..") {
    return invalid_input(
        fmt::format("workdir '{}' leaves the {}", *below, is_copy ? "copied code" : "workspace"));
  }
  return (code / normal).string();
}

Result<supervisor::Spec> placed_in_image(supervisor::Spec spec, const AttemptOrder& order,
                                         const Job& job, const fs::path& code,
                                         const Environment& environment) {
  TRY_ASSIGN(const auto image, optional<std::string>(job.spec, "image", "command"));
  if (!image || image->empty()) return spec;
  const auto runtime = container_runtime(environment);
  if (!runtime) {
    return invalid_input(fmt::format(
        "step '{}' runs in the image '{}', and this machine cannot run containers: {}; install "
        "one of them, or run the program without `image`",
        order.declaration().name, *image, runtime.error().message));
  }
  return in_container(std::move(spec), *image, *runtime, order.attempt.value(), {job.folder, code});
}

}  // namespace

std::string input_variable(std::string_view view) {
  std::string out = "GOSSAMER_INPUT_";
  for (const char character : view) {
    const bool is_lower = character >= 'a' && character <= 'z';
    const bool is_kept =
        (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9');
    out += is_lower ? static_cast<char>(character - 'a' + 'A') : is_kept ? character : '_';
  }
  return out;
}

Result<supervisor::Spec> prepare_command(const AttemptOrder& order, const Job& job,
                                         const CommandPlaces& places) {
  const fs::path folder = job.folder;
  SecretReader secrets(order.definition->workspace.secrets, places.environment, places.workspace);
  supervisor::Spec spec;
  TRY_ASSIGN(const auto argv, require<Json>(job.spec, "argv", "command"));
  for (const Json& argument : argv) {
    TRY_ASSIGN(std::string text, secrets.text_of(argument));
    spec.argv.push_back(std::move(text));
  }
  if (spec.argv.empty() || spec.argv.front().empty()) {
    return invalid_input(fmt::format("step '{}' has an empty argv", order.declaration().name));
  }
  TRY_ASSIGN(const auto copied, optional<std::vector<std::string>>(job.spec, "code", "command"));
  const auto names = copied.value_or(std::vector<std::string>());
  TRY_ASSIGN(const fs::path code, code_folder(order, names, places));
  TRY_ASSIGN(spec.workdir, working_folder(job.spec, code, !names.empty()));

  std::map<std::string, std::string> variables;
  variables["PATH"] = places.environment.get_or("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (const char* name : {"HOME", "LANG"}) {
    if (const auto value = places.environment.find(name)) variables[name] = *value;
  }
  TRY_ASSIGN(const auto declared, optional<Json>(job.spec, "env", "command"));
  if (declared) {
    for (const auto& [name, value] : declared->items()) {
      TRY_ASSIGN(variables[name], secrets.text_of(value));
    }
  }
  TRY_ASSIGN(auto inputs, place_inputs(job, folder / inputs_folder));
  inputs.merge(variables);
  TRY(make_folders(folder / output_folder));
  TRY_ASSIGN(const std::string run, canonical(run_json(order, job)));
  TRY(write_for_the_living(folder / "run.json", run));
  inputs["GOSSAMER_OUTPUT"] = (folder / output_folder).string();
  inputs["GOSSAMER_OUTPUT_MODEL"] = (folder / model_folder).string();
  inputs["GOSSAMER_RESULT"] = (folder / result_file).string();
  inputs["GOSSAMER_RUN"] = (folder / "run.json").string();
  for (const auto& [name, value] : inputs)
    spec.environment.push_back(fmt::format("{}={}", name, value));
  for (const std::string_view name : {output_folder, model_folder, result_file}) {
    spec.sync.push_back((folder / name).string());
  }
  spec.secrets = secrets.values();
  return placed_in_image(std::move(spec), order, job, code, places.environment);
}

}  // namespace gossamer::executors
