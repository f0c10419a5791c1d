// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/answers.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "executors/sql/rows_json.hpp"

namespace gossamer::executors {

Result<Answer> answer_of(warehouse::Session& session, const Job& job, const std::string& sql,
                         std::size_t limit) {
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  TRY_ASSIGN(auto rows, session.query(sql, parameters));
  Answer answer;
  for (const auto& column : rows.columns()) {
    answer.columns.push_back({{"name", column.name}, {"type", column.type}});
  }
  while (true) {
    TRY_ASSIGN(const auto batch, rows.next());
    if (!batch) return answer;
    const std::size_t room = limit - answer.rows.size();
    append_rows(answer.rows, batch->rows() > room ? batch->slice(0, room) : *batch);
    if (batch->rows() > room) {
      answer.truncated = true;
      return answer;
    }
  }
}

Result<std::uint64_t> write_rows(warehouse::Session& session, const Job& job,
                                 const std::string& sql, const fs::path& file) {
  TRY_ASSIGN(const auto parameters, warehouse::parameters_from_json(job.parameters));
  const auto draft = fs::path(file).concat("." + job.attempt.value());
  const auto write = [&]() -> Result<std::uint64_t> {
    const auto extension = lower_case(file.extension().string());
    if (extension == ".parquet") return session.copy_to_parquet(sql, parameters, draft);
    static const std::map<std::string, warehouse::TextFormat> formats{
        {".csv", warehouse::TextFormat::csv},
        {".json", warehouse::TextFormat::json_array},
        {".jsonl", warehouse::TextFormat::json_lines}};
    const auto format = formats.find(extension);
    if (format != formats.end()) {
      return session.copy_to_text(sql, parameters, draft, format->second);
    }
    return invalid_input(
        fmt::format("{}: the name must end in .parquet, .csv, .json or .jsonl", file.string()));
  };
  auto rows = write();
  const auto shown = rows ? rename_path(draft, file) : Result<void>();
  if (!rows || !shown) static_cast<void>(remove_tree(draft));
  TRY(shown);
  return rows;
}

}  // namespace gossamer::executors
