// SPDX-License-Identifier: Apache-2.0
#include "executors/process/cut.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/json.hpp"

namespace gossamer::executors {
namespace {

bool has_bounds(const InputView& view) {
  return !view.time_column.empty() && (view.from || view.until);
}

fs::path folder_of(const Job& job, const InputView& view) {
  return fs::path(job.folder) / "cut" / view.name;
}

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char character : name) {
    if (character == '"') out += '"';
    out += character;
  }
  return out + '"';
}

}  // namespace

std::vector<Job> cuts_of(const Job& job) {
  std::vector<Job> cuts;
  for (const InputView& view : job.views) {
    if (!has_bounds(view)) continue;
    Job cut;
    cut.attempt = job.attempt;
    cut.run = job.run;
    cut.pipeline = job.pipeline;
    cut.step = job.step;
    cut.kind = "sql";
    cut.folder = job.folder;
    cut.timezone = job.timezone;
    cut.limits = job.limits;
    const std::string text = fmt::format("select * from {}", identifier(view.name));
    cut.spec = {{"query",
                 {{"file", ""},
                  {"text", text},
                  {"digest", digest_of(text).text()},
                  {"tables", {view.name}},
                  {"parameters", Json::array()},
                  {"models", Json::array()},
                  {"is_volatile", false}}}};
    cut.views.push_back(view);
    cut.output.emplace();
    cut.output->table = view.name;
    cut.output->folder = folder_of(job, view).string();
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

Result<Job> with_cuts(Job job) {
  for (InputView& view : job.views) {
    if (!has_bounds(view)) continue;
    const fs::path folder = folder_of(job, view);
    TRY_ASSIGN(const auto names, list_folder(folder));
    view.files.clear();
    for (const std::string& name : names)
      view.files.push_back({(folder / name).string(), {}});
    view.time_column.clear();
    view.from.reset();
    view.until.reset();
    view.key_columns.clear();  // the query has written them as columns
  }
  return job;
}

}  // namespace gossamer::executors
