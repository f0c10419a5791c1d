// SPDX-License-Identifier: Apache-2.0
// The verbs of `gossamer models` for versions from elsewhere, and for their way through the tables.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/views.hpp"
#include "base/columns/batch.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"

namespace gossamer::app {

namespace {

struct ModelFile {
  std::string model;
  std::string path;
  std::vector<std::string> signature;
  std::vector<std::string> metrics;
  std::string reason;
};

// age:int64 and the like, in the model's order.
Result<Json> signature_of(const std::vector<std::string>& words) {
  Json columns = Json::array();
  for (const std::string& word : words) {
    const auto colon = word.rfind(':');
    if (colon == std::string::npos || colon == 0) {
      return invalid_input(fmt::format(
          "--signature {}: write a feature, a colon and its type, e.g. age:int64", word));
    }
    TRY_ASSIGN(const auto type, parse_column_type(word.substr(colon + 1)));
    columns.push_back(
        {{"name", word.substr(0, colon)}, {"type", name_of(type)}, {"required", false}});
  }
  return columns;
}

Result<Json> metrics_of(const std::vector<std::string>& words) {
  Json metrics = Json::object();
  for (const std::string& word : words) {
    const auto mark = word.find('=');
    const auto figure = mark == std::string::npos ? Result<double>(invalid_input("no ="))
                                                  : parse_number(word.substr(mark + 1));
    if (!figure || mark == 0) {
      return invalid_input(
          fmt::format("--metric {}: write a name and a number, e.g. auc=0.78", word));
    }
    metrics[word.substr(0, mark)] = *figure;
  }
  return metrics;
}

Result<ExitCode> register_file(Session& session, const ModelFile& file) {
  TRY_ASSIGN(const auto format, session.format());
  Json body{{"model", file.model}, {"path", session.told_path(file.path)}, {"reason", file.reason}};
  if (!file.signature.empty()) {
    TRY_ASSIGN(body["signature"], signature_of(file.signature));
  }
  TRY_ASSIGN(body["metrics"], metrics_of(file.metrics));
  TRY_ASSIGN(const auto added, session.post("/api/v1/models", std::move(body)));
  session.console().print_object(added, models_listing(Json::array({added})), format);
  return ExitCode::done;
}

void add_register(CLI::App& models, const Registration& to) {
  auto file = std::make_shared<ModelFile>();
  auto* command = models.add_subcommand(
      "register", "Make a version of a model that another program left; the file is copied");
  command->add_option("MODEL", file->model, "Its name, such as credit; the number is the next one")
      ->required();
  command
      ->add_option("PATH", file->path,
                   "XGBoost's .json or .ubj, LightGBM's .txt, or a folder of MLflow's form")
      ->required();
  command
      ->add_option("--signature", file->signature,
                   "Names and types of the features in the model's order; else the file's own")
      ->type_name("NAME:TYPE")
      ->delimiter(',');
  command->add_option("--metric", file->metrics, "A figure that is kept with the version")
      ->type_name("NAME=NUMBER");
  command->add_option("--reason", file->reason, "Why, for the audit log")->type_name("TEXT");
  command->footer(
      "Examples:\n"
      "  gossamer models register credit trained/model.ubj --metric auc=0.78\n"
      "  gossamer models register demand model.txt --signature "
      "temp:float64,hum:float64,hour:int64\n"
      "  gossamer models register credit mlruns/0/models/m-1/artifacts");
  command->callback([&session = to.session, &chosen = to.chosen, file] {
    chosen = [&session, file] { return register_file(session, *file); };
  });
}

void add_delete(CLI::App& models, const Registration& to) {
  auto name = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto* command = models.add_subcommand(
      "delete", "Delete a version and its files, where no alias, gate, run or kept row needs it");
  command->add_option("VERSION", *name, "credit/7")->required();
  command->add_option("--reason", *reason, "Why, for the audit log")->type_name("TEXT");
  command->footer("Example:\n  gossamer models delete credit/7 --reason 'trained on wrong labels'");
  command->callback([&session = to.session, &chosen = to.chosen, name, reason] {
    chosen = [&session, name, reason]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto gone,
                 session.post("/api/v1/model-deletions", {{"name", *name}, {"reason", *reason}}));
      session.console().print_object(gone, models_listing(Json::array({gone})), format);
      return ExitCode::done;
    };
  });
}

Listing lineage_listing(const Json& lineage) {
  Json rows = Json::array();
  const auto add = [&](std::string fact, Json value) {
    rows.push_back({{"fact", std::move(fact)}, {"value", std::move(value)}});
  };
  for (const char* key :
       {"version", "created_at", "pipeline", "partition", "run", "step", "definition", "digest"}) {
    if (lineage.contains(key) && lineage[key] != "") add(key, lineage[key]);
  }
  for (const Json& alias : lineage.at("aliases"))
    add("alias", alias);
  for (const Json& data : lineage.at("trained_on")) {
    add("trained on", fmt::format("{} ({} files)",
                                  data.at("table").is_string() ? data.at("table").get<std::string>()
                                                               : "rows of no table",
                                  data.at("files").size()));
  }
  for (const Json& table : lineage.at("predictions")) {
    add("predictions", fmt::format("{}: {} rows in {} partitions, {} of them current",
                                   table.at("table").get<std::string>(), table.at("rows").dump(),
                                   table.at("partitions").dump(), table.at("current").dump()));
  }
  return {{{"FACT", "fact"}, {"VALUE", "value"}}, "fact", std::move(rows), ""};
}

void add_lineage(CLI::App& models, const Registration& to) {
  auto name = std::make_shared<std::string>();
  auto* command = models.add_subcommand(
      "lineage", "Where a version comes from (run, data, code), and where its predictions are");
  command->add_option("NAME", *name, "credit/7 or credit@champion")->required();
  command->footer(
      "Example:\n"
      "  gossamer models lineage credit@champion\n"
      "The other way: `gossamer models list --trained-on TABLE`; a row of predictions carries\n"
      "model_name, model_version and run_id.");
  command->callback([&session = to.session, &chosen = to.chosen, name] {
    chosen = [&session, name]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/model-lineage", {{"name", *name}}));
      session.console().print_object(found, lineage_listing(found), format);
      return ExitCode::done;
    };
  });
}

struct Scoring {
  std::string model;
  std::string rows;
  std::string output = "prediction";
  std::string to;
  std::int64_t limit = 100;
};

// What is there, or could only be meant as a file.
bool names_a_file(const std::string& model) {
  std::error_code failed;
  const std::filesystem::path path(model);
  const std::string end = path.extension().string();
  return std::filesystem::exists(path, failed) || model.starts_with(".") || path.is_absolute() ||
         end == ".json" || end == ".ubj" || end == ".txt" || end == ".onnx";
}

Result<ExitCode> score(Session& session, const Scoring& scoring) {
  TRY_ASSIGN(const auto format, session.format());
  std::map<std::string, std::string> query{{"rows", session.told_path(scoring.rows)},
                                           {"output_type", scoring.output},
                                           {"limit", std::to_string(scoring.limit)}};
  const bool is_path = names_a_file(scoring.model);
  query[is_path ? "path" : "model"] = is_path ? session.told_path(scoring.model) : scoring.model;
  if (!scoring.to.empty()) query["to"] = session.told_path(scoring.to);
  TRY_ASSIGN(const auto answer, session.get("/api/v1/model-scores", std::move(query)));
  if (!scoring.to.empty()) {
    session.console().print_object(answer, written_listing(answer), format);
    return ExitCode::done;
  }
  session.console().print(answer_listing(answer), format);
  if (answer.value("truncated", false)) {
    session.console().err() << fmt::format("only the first {} rows; --to FILE.parquet writes all\n",
                                           scoring.limit);
  }
  return ExitCode::done;
}

void add_score(CLI::App& models, const Registration& to) {
  auto scoring = std::make_shared<Scoring>();
  auto* command = models.add_subcommand(
      "score", "Score the rows of a Parquet file with a version, or with a model file");
  command
      ->add_option("MODEL", scoring->model,
                   "credit/7, credit@champion, or the path of a file or MLflow folder")
      ->required();
  command->add_option("ROWS", scoring->rows, "A Parquet file with the model's features")
      ->required();
  command->add_option("--output", scoring->output, "What is added to each row")
      ->check(CLI::IsMember({"prediction", "margin", "contributions"}))
      ->capture_default_str();
  command
      ->add_option("--to", scoring->to,
                   "Write all rows to a file (.parquet, .csv, .json, .jsonl) instead")
      ->type_name("FILE");
  command->add_option("--limit", scoring->limit, "Print at most this many rows")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}))
      ->type_name("ROWS")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  gossamer models score credit@champion rows.parquet --output margin --to margins.parquet\n"
      "  gossamer models score ./model.ubj rows.parquet -o csv");
  command->callback([&session = to.session, &chosen = to.chosen, scoring] {
    chosen = [&session, scoring] { return score(session, *scoring); };
  });
}

}  // namespace

void add_model_verbs(CLI::App& models, const Registration& to) {
  add_register(models, to);
  add_delete(models, to);
  add_lineage(models, to);
  add_score(models, to);
}

}  // namespace gossamer::app
