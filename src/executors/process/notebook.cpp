// SPDX-License-Identifier: Apache-2.0
#include "executors/process/notebook.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "executors/process/code.hpp"
#include "executors/state_folder.hpp"

namespace gossamer::executors {
namespace {

// Runs in the user's Python. The kernel is reached by sockets in a private folder, not by ports
// that others could see. What each cell has done is kept at once, so that a cancel keeps it too.
constexpr std::string_view execute_script = R"python(
import os, re, sys, tempfile
source, name, folder, said = sys.argv[1:]
def fail(why):
    with open(said, "w") as file:
        file.write(why)
    sys.exit(why)
try:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    import ipykernel
except ImportError as missing:
    fail(f"a notebook step needs the packages nbclient and ipykernel: {missing}; "
         f"install them: {sys.executable} -m pip install nbclient ipykernel")
from traitlets.config import Config
def number(index):
    cells = book.cells[:index + 1]
    return sum("injected-parameters" not in cell.metadata.get("tags", []) for cell in cells)
def save():
    nbformat.write(book, source + ".new")
    os.replace(source + ".new", source)
def begun(cell, cell_index):
    if cell.cell_type == "code":
        print(f"cell {number(cell_index)}", flush=True)
def where(error):
    for index, cell in enumerate(book.cells):
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            trace = re.sub("\x1b\\[[0-9;]*m", "", "\n".join(output.traceback))
            print(trace, flush=True)
            line = re.search(r"Cell In ?\[\d+\], line (\d+)|^-+> (\d+)", trace, re.M)
            line = f", line {line[1] or line[2]}" if line else ""
            return f"{name}: cell {number(index)}{line}: {output.ename}: {output.evalue}"
    return f"{name}: {error}"
failure = None
with tempfile.TemporaryDirectory(prefix="gossamer-") as runtime:
    os.environ["JUPYTER_RUNTIME_DIR"] = runtime
    os.environ["IPYTHONDIR"] = runtime
    book = nbformat.read(source, as_version=4)
    config = {"transport": "ipc", "connection_file": runtime + "/kernel.json"}
    client = NotebookClient(book, timeout=None, resources={"metadata": {"path": folder}},
                            config=Config({"KernelManager": config}))
    client.on_cell_start = begun
    client.on_cell_executed = lambda **_: save()
    try:
        client.execute()
    except CellExecutionError as error:
        failure = where(error)
    except NoSuchKernel as error:
        known = ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
        failure = (f"{name} asks for the kernel '{error.name}', which {sys.executable} does not "
                   f"have (it has {known}): choose another in Jupyter, or install it")
    except (DeadKernelError, RuntimeError) as error:
        failure = f"{name}: the kernel ended or did not start: {error}"
    save()
if failure:
    fail(failure)
)python";

Result<std::string> python_literal(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_number()) return canonical(value);
  // Python reads every escape that JSON has.
  if (value.is_string()) return canonical(value);
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const auto& part : value) {
      TRY_ASSIGN(auto text, python_literal(part));
      parts.push_back(std::move(text));
    }
    return "[" + join(parts, ", ") + "]";
  }
  for (const auto& [key, part] : value.items()) {
    TRY_ASSIGN(const auto name, canonical(key));
    TRY_ASSIGN(const auto text, python_literal(part));
    parts.push_back(fmt::format("{}: {}", name, text));
  }
  return "{" + join(parts, ", ") + "}";
}

std::string language_of(const Json& book) {
  const auto metadata = book.value("metadata", Json::object());
  for (const auto& [section, member] :
       {std::pair("kernelspec", "language"), std::pair("language_info", "name")}) {
    const auto found = metadata.find(section);
    if (found == metadata.end() || !found->is_object()) continue;
    const auto language = found->find(member);
    if (language != found->end() && language->is_string()) return language->get<std::string>();
  }
  return "python";
}

bool has_tag(const Json& cell, std::string_view tag) {
  if (!cell.is_object()) return false;
  const auto metadata = cell.find("metadata");
  if (metadata == cell.end() || !metadata->is_object()) return false;
  const auto tags = metadata->find("tags");
  return tags != metadata->end() && tags->is_array() &&
         std::ranges::find(*tags, Json(tag)) != tags->end();
}

// A source is a text, or a list of its lines.
std::string source_of(const Json& cell) {
  const auto source = cell.find("source");
  if (source == cell.end()) return "";
  if (source->is_string()) return source->get<std::string>();
  std::string text;
  for (const auto& line : *source)
    if (line.is_string()) text += line.get<std::string>();
  return text;
}

// The names that a cell assigns at its top level.
std::vector<std::string> names_set_by(const Json& cell) {
  std::vector<std::string> names;
  const auto source = source_of(cell);
  for (const auto& line : split(source, '\n')) {
    const auto stop = line.find('=');
    if (stop == std::string::npos || line.starts_with(' ') || line.starts_with('#')) continue;
    for (const auto& name : split(line.substr(0, stop), ','))
      names.emplace_back(trimmed(name.substr(0, name.find(':'))));
  }
  return names;
}

Result<void> check_declared(const Json& cell, const Json& params, const std::string& file) {
  const auto names = names_set_by(cell);
  for (const auto& [name, value] : params.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    return invalid_input(fmt::format(
        "the cell of {} that is tagged `parameters` sets no `{}`{}: give it a default there", file,
        name, did_you_mean(name, names)));
  }
  return {};
}

Result<Json> parameters_cell(const Json& params, bool has_ids) {
  std::string source = "# Parameters\n";
  for (const auto& [name, value] : params.items()) {
    TRY_ASSIGN(const auto literal, python_literal(value));
    source += fmt::format("{} = {}\n", name, literal);
  }
  Json cell{{"cell_type", "code"},
            {"execution_count", nullptr},
            {"metadata", {{"tags", {"injected-parameters"}}}},
            {"outputs", Json::array()},
            {"source", source}};
  if (has_ids) cell["id"] = "injected-parameters";
  return cell;
}

// As the step declares them: a literal that is JSON (a number, true, a list) is that value and not
// its text, a reference has kept the type of what it refers to.
Json typed(const Json& params, const pipeline::Step& step) {
  Json values = params;
  const auto* declared = std::get_if<pipeline::NotebookStep>(&step.body);
  if (declared == nullptr) return values;
  for (const auto& [name, text] : declared->params) {
    if (!text.is_literal() || !values.contains(name)) continue;
    if (auto json = parse_json(text.literal(), name)) values[name] = *std::move(json);
  }
  return values;
}

Result<void> inject(Json& book, const Json& params, const std::string& file) {
  if (params.empty()) return {};
  if (const auto language = language_of(book); language != "python") {
    return invalid_input(fmt::format(
        "{} is written in {}: parameters can be set in a notebook of Python only", file, language));
  }
  auto& cells = book["cells"];
  // Those of an execution that was saved as the notebook would come after ours.
  std::erase_if(cells.get_ref<Json::array_t&>(),
                [](const Json& cell) { return has_tag(cell, "injected-parameters"); });
  const bool has_ids = book.value("nbformat_minor", 0) >= 5;
  TRY_ASSIGN(auto cell, parameters_cell(params, has_ids));
  const auto declared =
      std::ranges::find_if(cells, [](const Json& one) { return has_tag(one, "parameters"); });
  if (declared != cells.end()) TRY(check_declared(*declared, params, file));
  cells.insert(declared == cells.end() ? cells.begin() : declared + 1, std::move(cell));
  return {};
}

}  // namespace

Result<Job> notebook_command(const orchestration::AttemptOrder& order, const Job& job,
                             const CommandPlaces& places) {
  TRY_ASSIGN(const auto file, require<std::string>(job.spec, "file", "notebook"));
  TRY_ASSIGN(const auto params, optional<Json>(job.spec, "params", "notebook"));
  const StateFolder state{places.state};
  TRY_ASSIGN(const auto pinned,
             pinned_code({file}, places.workspace, state.code(), state.run(order.run) / "code"));
  TRY_ASSIGN(const auto text, read_file(pinned / file));
  TRY_ASSIGN(auto book, parse_json(text, file));
  const bool is_notebook = book.is_object() && book.value("nbformat", Json()) == 4 &&
                           book.contains("cells") && book["cells"].is_array();
  if (!is_notebook) {
    return invalid_input(fmt::format(
        "{} is not a notebook of nbformat 4: open it in Jupyter and save it again", file));
  }
  TRY(inject(book, typed(params.value_or(Json::object()), order.declaration()), file));
  const fs::path placed = fs::path(job.folder) / notebook_file;
  TRY(write_for_the_living(placed, book.dump(1)));
  Job command = job;
  // Relative paths in its cells are those of its own folder, as in an editor.
  const auto folder = (places.workspace / file).parent_path().string();
  command.spec = {{"argv",
                   {"python3", "-c", execute_script, placed.string(), file, folder,
                    (fs::path(job.folder) / notebook_failure_file).string()}}};
  return command;
}

Result<supervisor::Spec> prepare_program(const orchestration::AttemptOrder& order, const Job& job,
                                         const CommandPlaces& places) {
  if (order.declaration().kind != pipeline::StepKind::notebook) {
    return prepare_command(order, job, places);
  }
  TRY_ASSIGN(const auto command, notebook_command(order, job, places));
  TRY_ASSIGN(auto spec, prepare_command(order, command, places));
  spec.sync.push_back((fs::path(job.folder) / notebook_file).string());
  return spec;
}

}  // namespace gossamer::executors
