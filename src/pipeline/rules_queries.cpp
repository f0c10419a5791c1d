// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

// What reads anything but tables, or runs text as SQL.
bool is_refused_function(std::string_view function) {
  constexpr std::array<std::string_view, 14> names{"query",
                                                   "query_table",
                                                   "glob",
                                                   "sniff_csv",
                                                   "getenv",
                                                   "which_secret",
                                                   "duckdb_secrets",
                                                   "arrow_scan",
                                                   "arrow_scan_dumb",
                                                   "pandas_scan",
                                                   "python_map_function",
                                                   "checkpoint",
                                                   "force_checkpoint",
                                                   "st_read"};
  if (std::ranges::find(names, function) != names.end()) return true;
  for (const std::string_view prefix : {"read_", "parquet_", "iceberg_", "delta_", "sqlite_",
                                        "postgres_", "mysql_", "http_", "st_read_"}) {
    if (function.starts_with(prefix)) return true;
  }
  return function.ends_with("_scan");
}

bool looks_like_file(std::string_view table) {
  if (table.find('/') != table.npos || table.find('*') != table.npos) return true;
  for (const std::string_view suffix :
       {".parquet", ".csv", ".json", ".ndjson", ".jsonl", ".arrow", ".gz", ".zst", ".tsv"}) {
    if (table.ends_with(suffix)) return true;
  }
  return false;
}

// Where a parser's position inside of a query lies in the file that the query stands in.
Position place_in_file(const Query& query, const std::optional<Position>& inside,
                       std::string& message) {
  if (!query.file.empty()) {
    return inside ? Position{query.file, inside->line, inside->column} : Position{query.file, 0, 0};
  }
  if (inside && inside->line > 0) {
    message += fmt::format(" (line {}, column {} of the query)", inside->line, inside->column);
  }
  return query.position;
}

// The parser says which names there are, not where: the first place of the word is shown.
Position place_of(const Query& query, std::string_view word) {
  if (query.file.empty()) return query.position;
  const std::string lower = lower_case(query.text);
  const std::size_t at = lower.find(lower_case(word));
  if (at == lower.npos) return {query.file, 1, 1};
  const auto line =
      std::count(lower.begin(), lower.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const std::size_t line_begin = at == 0 ? lower.npos : lower.rfind('\n', at - 1);
  const std::size_t column = line_begin == lower.npos ? at : at - line_begin - 1;
  return {query.file, static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

class QueryReader {
 public:
  explicit QueryReader(Rules rules) : rules_(rules) {}

  void read(Query& query) {
    if (!query.file.empty()) {
      Result<std::string> text = rules_.files.content(query.file);
      if (!text) {
        rules_.problems.error(query.position,
                              text.error().message + rules_.files.suggestion(query.file));
        return;
      }
      query.text = std::move(*text);
    }
    query.text = normalised(std::move(query.text));
    query.digest = digest_of(query.text);
    if (trimmed(query.text).empty()) {
      std::string message = "the query is empty";
      const Position at = place_in_file(query, std::nullopt, message);
      rules_.problems.error(at, message);
      return;
    }
    const Result<ParsedQuery>& parsed = parse(query.text);
    if (!parsed) {
      std::string message = parsed.error().message;
      const Position at = place_in_file(query, parsed.error().position, message);
      // A parser that cannot be reached is nobody's mistake in the file.
      rules_.problems.error(Error{parsed.error().kind, std::move(message), at, nullptr});
      return;
    }
    query.tables = parsed->tables;
    query.parameters = parsed->parameters;
    query.models = parsed->predict_models;
    query.is_volatile = parsed->is_volatile;
    check_functions(query, *parsed);
  }

  void read_check(const Check& check) {
    if (check.kind != "query") return;
    const auto sql = check.arguments.find("sql");
    if (sql == check.arguments.end()) return;
    Query query;
    query.text = sql->get<std::string>();
    query.position = check.position;
    read(query);
  }

 private:
  const Result<ParsedQuery>& parse(const std::string& text) {
    const auto known = parsed_.find(text);
    if (known != parsed_.end()) return known->second;
    return parsed_.emplace(text, rules_.parse_sql(text)).first->second;
  }

  void check_functions(const Query& query, const ParsedQuery& parsed) const {
    for (const std::string& function : parsed.functions) {
      if (!is_refused_function(lower_case(function))) continue;
      rules_.problems.error(place_of(query, function),
                            fmt::format("`{}()` is refused: SQL reads tables only; import "
                                        "files with `gossamer tables import`",
                                        function));
    }
    for (const std::string& table : parsed.tables) {
      if (!looks_like_file(table)) continue;
      rules_.problems.error(place_of(query, table),
                            fmt::format("`{}` is a file or URL: SQL reads tables only; import "
                                        "it with `gossamer tables import`",
                                        abbreviated(table, 80)));
    }
  }

  Rules rules_;
  std::map<std::string, Result<ParsedQuery>> parsed_;
};

// Names that a query of this step may use, for suggestions.
std::vector<std::string> readable_names(const PipelineDraft& pipeline, const Tables& tables) {
  std::vector<std::string> names = pipeline.step_names();
  for (const auto& [input, declaration] : pipeline.pipeline.inputs)
    names.push_back(input);
  const std::vector<std::string> known = tables.names();
  names.insert(names.end(), known.begin(), known.end());
  return names;
}

std::vector<std::string> known_parameters(const PipelineDraft& pipeline, const Step& step) {
  std::vector<std::string> names;
  const PartitionScheme& scheme = pipeline.pipeline.partitions;
  if (scheme.calendar) names.insert(names.end(), {"window_start", "window_end"});
  if (scheme.calendar || !scheme.categories.empty()) names.emplace_back("partition");
  for (const CategoryDimension& category : scheme.categories)
    names.push_back(category.key);
  for (const auto& [parameter, declaration] : pipeline.pipeline.parameters) {
    names.push_back(parameter);
  }
  if (step.foreach) names.push_back(step.foreach->key);
  return names;
}

void check_table(const Rules& rules, const PipelineDraft& pipeline, const StepDraft& draft,
                 const Position& place, const std::string& table, const Tables& tables) {
  const std::string name = lower_case(table);
  if (looks_like_file(name) || pipeline.pipeline.inputs.contains(name)) return;
  if (const StepDraft* step = pipeline.find(name)) {
    if (step == &draft) {
      rules.problems.error(place,
                           fmt::format("step `{}` reads itself; to read what it wrote before, "
                                       "declare an input with `partition: previous`",
                                       name));
    } else if (step->has_body && !step->step.output) {
      rules.problems.error(place, fmt::format("step `{}` reads `{}`, which is a step that "
                                              "writes no rows",
                                              draft.step.name, name));
    }
    return;
  }
  if (tables.contains(name) || pipeline.is_unreadable(name)) return;
  rules.problems.error(
      place,
      fmt::format("step `{}` reads `{}`: no step writes it, no file declares it, and there is no "
                  "such table{}",
                  draft.step.name, abbreviated(table, 80),
                  did_you_mean(name, readable_names(pipeline, tables))));
}

}  // namespace

std::optional<std::string> referred_table(const Check& check) {
  if (check.kind != "foreign_key" || !check.arguments.is_object()) return std::nullopt;
  const auto table = check.arguments.find("table");
  if (table == check.arguments.end() || !table->is_string()) return std::nullopt;
  return table->get<std::string>();
}

void read_queries(Rules rules) {
  QueryReader reader(rules);
  for (PipelineDraft& pipeline : rules.workspace.pipelines) {
    for (StepDraft& draft : pipeline.steps) {
      for (Query* query : queries_of(draft)) {
        if (!query->file.empty() || !query->text.empty()) reader.read(*query);
      }
      for (const Check& check : draft.step.checks)
        reader.read_check(check);
    }
  }
}

void check_queries(Rules rules, PipelineDraft& pipeline, const Tables& tables) {
  for (StepDraft& draft : pipeline.steps) {
    for (const Check& check : draft.step.checks) {
      if (const auto table = referred_table(check)) {
        check_table(rules, pipeline, draft, check.position, *table, tables);
      }
    }
    const std::vector<std::string> parameters = known_parameters(pipeline, draft.step);
    for (const Query* query : queries_of(draft)) {
      for (const std::string& table : query->tables) {
        check_table(rules, pipeline, draft, place_of(*query, lower_case(table)), table, tables);
      }
      for (const std::string& parameter : query->parameters) {
        if (std::ranges::find(parameters, parameter) != parameters.end()) continue;
        std::string hint = did_you_mean(parameter, parameters);
        if (hint.empty() && parameter.starts_with("window_")) {
          hint = "; without partitions of time there is no window";
        }
        if (hint.empty()) hint = "; declare it under `parameters`";
        rules.problems.error(place_of(*query, "$" + parameter),
                             fmt::format("step `{}` uses `${}`, which nothing gives a value{}",
                                         draft.step.name, parameter, hint));
      }
    }
  }
}

}  // namespace gossamer::pipeline
