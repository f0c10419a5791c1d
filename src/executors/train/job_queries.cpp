// SPDX-License-Identifier: Apache-2.0
#include "executors/train/job_queries.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "executors/predict/functions.hpp"
#include "warehouse/duckdb/views.hpp"

namespace gossamer::executors {
namespace {

warehouse::TableView view_of(const InputView& input) {
  warehouse::TableView view;
  view.name = input.name;
  for (const InputFile& file : input.files)
    view.files.push_back({file.path, file.keys});
  view.columns = input.columns;
  view.key_columns = input.key_columns;
  view.time_column = input.time_column;
  view.from = input.from;
  view.until = input.until;
  return view;
}

// The table that a file of the warehouse belongs to: `.../.data/<table>/<attempt>/...`. Null where
// the file lies elsewhere.
Json table_of(const fs::path& file) {
  auto part = std::ranges::find(file, ".data");
  if (part == file.end() || ++part == file.end()) return nullptr;
  return part->string();
}

}  // namespace

Result<warehouse::Session> open_session(const Job& job, JobChannel& context,
                                        std::shared_ptr<const JobModels> models,
                                        const SessionExtras& extras) {
  std::vector<warehouse::TableView> views;
  for (const InputView& input : job.views)
    views.push_back(view_of(input));
  warehouse::Watch watch;
  warehouse::SessionOptions options;
  options.readable_files = warehouse::files_of(views);
  if (job.output) options.writable_folders.emplace_back(job.output->folder);
  if (!job.folder.empty()) options.temporary_folder = fs::path(job.folder) / "temporary";
  if (const auto limit = job.spec.find("seconds"); limit != job.spec.end()) {
    if (limit->is_number_integer()) watch.time_limit = std::chrono::seconds(limit->get<int>());
  }
  options.timezone = job.timezone;
  options.memory_bytes = job.limits.memory_bytes;
  options.threads = job.limits.threads;
  options.functions = predict_functions(std::move(models));
  options.functions.insert(options.functions.end(), extras.functions.begin(),
                           extras.functions.end());
  options.readable_files.insert(options.readable_files.end(), extras.readable_files.begin(),
                                extras.readable_files.end());
  options.writable_folders.insert(options.writable_folders.end(), extras.writable_folders.begin(),
                                  extras.writable_folders.end());
  options.spares = extras.spares;
  watch.is_cancelled = [&context] { return context.is_cancelled(); };
  watch.progress = [&context](std::uint64_t done, std::uint64_t total) {
    context.progress(done, total);
  };
  TRY_ASSIGN(auto session, warehouse::Session::open(options, std::move(watch)));
  for (const warehouse::TableView& view : views)
    TRY(warehouse::add_view(session, view));
  return session;
}

Result<Batch> fetch_rows(warehouse::Session& session, const Job& job, const std::string& query) {
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  return session.fetch(query, parameters);
}

Json data_of(const Job& job) {
  Json views = Json::array();
  for (const InputView& view : job.views) {
    Json files = Json::array();
    for (const InputFile& file : view.files) {
      files.push_back(fs::path(file.path).filename().string());
    }
    Json entry{{"view", view.name}, {"files", std::move(files)}};
    if (!view.files.empty()) entry["table"] = table_of(view.files.front().path);
    views.push_back(std::move(entry));
  }
  return views;
}

}  // namespace gossamer::executors
