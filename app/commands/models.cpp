// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <string_view>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace gossamer::app {

namespace {

struct ModelComparison {
  std::string from;
  std::string to;
  std::string sql;
  std::string file;
  std::string label;
  std::string weight;
  std::vector<std::string> metrics;
  std::vector<std::string> by;
  std::string time;
  std::string matured_after;
};

constexpr std::array<std::string_view, 6> periods{"hour",  "day",     "week",
                                                  "month", "quarter", "year"};

// The period among what is measured, taken out of it; empty where there is none.
Result<std::string> take_period(ModelComparison& comparison) {
  const auto found = std::ranges::find_if(comparison.by, [](const std::string& column) {
    return std::ranges::find(periods, column) != periods.end();
  });
  const bool has_period = found != comparison.by.end();
  if (comparison.time.empty() && comparison.matured_after.empty()) return std::string();
  if (comparison.time.empty()) return invalid_input("--matured-after needs --time COLUMN");
  if (!has_period) return std::string();
  std::string period = *found;
  comparison.by.erase(found);
  return period;
}

// Both versions over time, side by side: a row per period and metric.
Listing periods_listing(const Json& report, const std::string& period) {
  Json rows = Json::array();
  for (const Json& by : report.at("by")) {
    if (by.at("column") != period) continue;
    for (const Json& group : by.at("groups")) {
      for (const Json& metric : group.at("metrics")) {
        rows.push_back({{"period", group.at("value")},
                        {"rows", group.at("rows")},
                        {"metric", metric.at("name")},
                        {"old", metric.at("old")},
                        {"new", metric.at("new")},
                        {"difference", metric.at("difference")}});
      }
    }
  }
  return {{{"PERIOD", "period"},
           {"ROWS", "rows", Alignment::right},
           {"METRIC", "metric"},
           {report.at("against").get<std::string>(), "old", Alignment::right},
           {report.at("model").get<std::string>(), "new", Alignment::right},
           {"DIFFERENCE", "difference", Alignment::right}},
          "period",
          std::move(rows),
          ""};
}

// Which data each version has seen: in those periods a figure flatters it.
void print_windows(Console& console, const Json& report) {
  for (const Json& version : report.at("versions")) {
    const Json window = version.value("window", Json());
    if (!window.is_object()) continue;
    console.out() << fmt::format(
        "{} learned from rows of {} to {}\n", version.at("version").get<std::string>(),
        window.at("start").get<std::string>(), window.at("end").get<std::string>());
  }
}

Listing figures_listing(const Json& report) {
  return {{{"METRIC", "name"},
           {report.at("against").get<std::string>(), "old", Alignment::right},
           {report.at("model").get<std::string>(), "new", Alignment::right},
           {"DIFFERENCE", "difference", Alignment::right},
           {"BETTER", "better"}},
          "name",
          report.at("metrics"),
          ""};
}

Listing swaps_listing(Json rows) {
  return {{{"CUT-OFF", "cut_off", Alignment::right},
           {"ROWS", "rows", Alignment::right},
           {"UP", "up", Alignment::right},
           {"OF THEM POSITIVE", "up_positive", Alignment::right},
           {"DOWN", "down", Alignment::right},
           {"OF THEM POSITIVE", "down_positive", Alignment::right}},
          "cut_off",
          std::move(rows),
          ""};
}

// What a person reads below the figures.
void print_judgement(Console& console, const Json& report, OutputFormat format) {
  const Json& auc = report.at("auc_comparison");
  if (!auc.is_null()) {
    console.out() << fmt::format(
        "\nAUC differs by {:.4f}, 95 % interval {:.4f} to {:.4f}, p = {:.3g} (DeLong)\n",
        auc.at("difference").get<double>(), auc.at("interval").at(0).get<double>(),
        auc.at("interval").at(1).get<double>(), auc.at("p_value").get<double>());
  }
  if (report.at("swaps").empty()) return;
  console.out() << "\nRows that change sides at a cut-off:\n";
  console.print(swaps_listing(report.at("swaps")), format);
}

Result<ExitCode> compare(Session& session, ModelComparison comparison) {
  TRY_ASSIGN(const auto format, session.format());
  TRY_ASSIGN(const std::string period, take_period(comparison));
  std::string matured;
  if (!comparison.matured_after.empty()) {
    TRY_ASSIGN(const Duration after, parse_duration(comparison.matured_after));
    matured =
        fmt::format("{} seconds", std::chrono::duration_cast<std::chrono::seconds>(after).count());
  }
  std::string sql = comparison.sql;
  if (sql.empty() == comparison.file.empty()) {
    return invalid_input("give the rows either as SQL with --data or as a file of it with --file");
  }
  if (!comparison.file.empty()) {
    TRY_ASSIGN(sql, read_file(comparison.file));
  }
  TRY_ASSIGN(const auto report,
             session.get("/api/v1/model-comparison", {{"from", comparison.from},
                                                      {"to", comparison.to},
                                                      {"sql", sql},
                                                      {"label", comparison.label},
                                                      {"weight", comparison.weight},
                                                      {"metrics", join(comparison.metrics, ",")},
                                                      {"by", join(comparison.by, ",")},
                                                      {"time", comparison.time},
                                                      {"period", period},
                                                      {"matured_after", matured}}));
  session.console().print_object(report, figures_listing(report), format);
  if (format == OutputFormat::table || format == OutputFormat::wide) {
    print_judgement(session.console(), report, format);
    print_windows(session.console(), report);
    if (!period.empty()) {
      session.console().out() << "\n";
      session.console().print(periods_listing(report, period), format);
    }
  }
  return ExitCode::done;
}

void add_compare(CLI::App& models, const Registration& to) {
  auto options = std::make_shared<ModelComparison>();
  auto* command = models.add_subcommand("compare", "Two versions on the same rows");
  command->add_option("OLD", options->from, "credit/7 or credit@champion")->required();
  command->add_option("NEW", options->to, "credit/8 or credit@challenger")->required();
  command->add_option("--data", options->sql, "The rows: features, label, columns of --by")
      ->type_name("SQL");
  command->add_option("--file", options->file, "Read the SQL from a file")->type_name("FILE");
  command->add_option("--label", options->label, "The column of what really happened")
      ->type_name("COLUMN")
      ->required();
  command->add_option("--weight", options->weight, "A column of weights")->type_name("COLUMN");
  command->add_option("--metric", options->metrics, "Measure these; else what fits the model")
      ->type_name("NAME")
      ->delimiter(',');
  command->add_option("--by", options->by, "Measure each value of these columns, too")
      ->type_name("COLUMN")
      ->delimiter(',');
  command
      ->add_option("--time", options->time,
                   "A column of time: then --by may be hour, day, week, month, quarter or year")
      ->type_name("COLUMN");
  command
      ->add_option("--matured-after", options->matured_after,
                   "Leave out rows newer than this before the newest: their label may still change")
      ->type_name("DURATION");
  command->footer(
      "Examples:\n"
      "  gossamer models compare credit/7 credit/8 --data 'from mart.labelled' --label repaid\n"
      "  gossamer models compare credit/7 credit/8 --data 'from mart.labelled' --label repaid "
      "--by week --time asked_at --matured-after 28d\n"
      "  gossamer models compare credit@champion credit/9 --file holdout.sql --label y --by region "
      "-o json");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options] { return compare(session, *options); };
  });
}

Listing explanation_listing(const Json& explained) {
  Json rows = Json::array();
  for (const auto& [name, value] : explained.items()) {
    if (value.is_null() || value == Json::array()) continue;
    if (name == "shape") {
      for (const auto& [part, count] : value.items())
        rows.push_back({{"fact", part}, {"value", count}});
    } else if (name == "features") {
      rows.push_back({{"fact", name}, {"value", value.size()}});
    } else if (name == "importance") {
      for (const Json& feature : value)
        rows.push_back({{"fact", "gain of " + feature.at("feature").get<std::string>()},
                        {"value", feature.at("gain")}});
    } else {
      rows.push_back({{"fact", name}, {"value", value}});
    }
  }
  return {{{"FACT", "fact"}, {"VALUE", "value"}}, "fact", std::move(rows), ""};
}

void add_explain(CLI::App& models, const Registration& to) {
  auto name = std::make_shared<std::string>();
  auto* command = models.add_subcommand(
      "explain", "What a version is made of: its trees, which code scores it, importance");
  command->add_option("NAME", *name, "credit/7 or credit@champion")->required();
  command->footer(
      "Example:\n"
      "  gossamer models explain credit@champion\n"
      "Why one row got its score: a predict step with `output_type: contributions`.");
  command->callback([&session = to.session, &chosen = to.chosen, name] {
    chosen = [&session, name]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/model-explanation", {{"name", *name}}));
      session.console().print_object(found, explanation_listing(found), format);
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_models(const Registration& to) {
  auto* models = to.root.add_subcommand("models", "Model versions and their aliases");
  models->require_subcommand(1);
  models->footer(
      "Examples:\n"
      "  gossamer models list bike_demand\n"
      "  gossamer models compare bike_demand/3 bike_demand/4 --data 'from mart.labelled' --label "
      "cnt\n"
      "  gossamer models explain bike_demand@champion");
  auto model = std::make_shared<std::string>();
  auto* list = models->add_subcommand("list", "Versions, newest first");
  list->add_option("MODEL", *model, "Only of this model");
  auto table = std::make_shared<std::string>();
  list->add_option("--trained-on", *table, "Only versions that learned from rows of this table")
      ->type_name("TABLE");
  print_list_on(*list, to, [model, table] {
    std::map<std::string, std::string> query;
    if (!model->empty()) query["model"] = *model;
    if (!table->empty()) query["trained_on"] = *table;
    return ListSource{"/api/v1/models", query, &models_listing};
  });
  auto name = std::make_shared<std::string>();
  auto* show = models->add_subcommand("show", "One version: where it came from, its figures");
  show->add_option("NAME", *name, "credit/7 or credit@champion")->required();
  show->callback([&session = to.session, &chosen = to.chosen, name] {
    chosen = [&session, name]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/model", {{"name", *name}}));
      session.console().print_object(found, models_listing(Json::array({found})), format);
      return ExitCode::done;
    };
  });
  add_model_verbs(*models, to);
  add_compare(*models, to);
  add_explain(*models, to);
}

}  // namespace gossamer::app
