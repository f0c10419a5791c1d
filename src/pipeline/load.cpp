// SPDX-License-Identifier: Apache-2.0
#include "pipeline/load.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "base/suggest.hpp"
#include "pipeline/digests.hpp"
#include "pipeline/grammar.hpp"
#include "pipeline/rules.hpp"
#include "pipeline/shipped_calendars.hpp"
#include "pipeline/source.hpp"

namespace gossamer::pipeline {
namespace {

constexpr std::string_view workspace_file = "gossamer.yaml";

// Puts what the overlay says over what the base says, mapping by mapping. A secret comes from one
// place, so it is replaced as a whole.
void lay_over(YamlNode& base, const YamlNode& overlay, std::string_view key) {
  for (const YamlEntry& entry : overlay.entries) {
    const auto same = std::ranges::find_if(
        base.entries, [&](const YamlEntry& other) { return other.key.text == entry.key.text; });
    if (same == base.entries.end()) {
      base.entries.push_back(entry);
    } else if (key != "secrets" && same->value.kind == YamlNode::Kind::mapping &&
               entry.value.kind == YamlNode::Kind::mapping) {
      lay_over(same->value, entry.value, entry.key.text);
    } else {
      same->value = entry.value;
    }
  }
}

std::string environment_of(const std::string& overlay) {
  const std::string_view name(overlay);
  return std::string(name.substr(9, name.size() - 9 - 5));
}

class Loader {
 public:
  Loader(SourceFiles files, const SqlParser& parse_sql, const Known& known)
      : files_(std::move(files)), parse_sql_(parse_sql), known_(known) {}

  Loaded run(const std::optional<std::string>& environment) {
    read_workspace(environment);
    read_files("pipelines/",
               [this](const YamlNode& node, const std::string& path) { add_pipeline(node, path); });
    read_files("tables/", [this](const YamlNode& node, const std::string&) { add_table(node); });
    read_files("calendars/",
               [this](const YamlNode& node, const std::string&) { add_calendar(node); });
    for (const std::string_view name : shipped_calendars())
      draft_.calendars.try_emplace(std::string(name), *shipped_calendar(name));
    apply_rules();
    Loaded loaded;
    if (problems_.count() == 0) loaded.definition = definition();
    loaded.errors = problems_.take_errors();
    loaded.warnings = problems_.take_warnings();
    if (!loaded.errors.empty()) loaded.definition = nullptr;
    return loaded;
  }

 private:
  std::vector<YamlNode> documents_of(const std::string& path) {
    Result<std::string> text = files_.content(path);
    if (text) return read_documents(*text, path, problems_);
    Error error = std::move(text).error();
    error.position = Position{path, 0, 0};
    problems_.error(std::move(error));
    return {};
  }

  // The one document of gossamer.yaml or an overlay; null where there is none to use.
  const YamlNode* read_single(const std::string& path) {
    std::vector<YamlNode> documents = documents_of(path);
    if (documents.size() > 1) {
      problems_.error(documents[1], fmt::format("{} is one document, without `---`", path));
    }
    if (documents.empty()) return nullptr;
    if (documents.front().kind != YamlNode::Kind::mapping) {
      problems_.mismatch(documents.front(), "a mapping such as `workspace: demo`");
      return nullptr;
    }
    documents_.push_back(std::move(documents.front()));
    return &documents_.back();
  }

  void read_workspace(const std::optional<std::string>& environment) {
    const YamlNode* base = nullptr;
    if (files_.list("", workspace_file).empty()) {
      problems_.error(Position{std::string(workspace_file), 0, 0},
                      "a workspace needs this file; `gossamer init` makes one");
    } else {
      base = read_single(std::string(workspace_file));
    }
    std::vector<std::string> overlays = files_.list("", ".yaml");
    std::erase_if(overlays, [](const std::string& path) {
      return !path.starts_with("gossamer.") || path == workspace_file;
    });
    std::string chosen;
    if (environment && !environment->empty()) chosen = "gossamer." + *environment + ".yaml";
    // A stored definition has just the overlay that it was made with.
    if (!environment && overlays.size() == 1) chosen = overlays.front();
    if (!chosen.empty() && std::ranges::find(overlays, chosen) == overlays.end()) {
      std::vector<std::string> names;
      for (const std::string& path : overlays)
        names.push_back(environment_of(path));
      problems_.error(Position{chosen, 0, 0},
                      fmt::format("there is no such file{}", did_you_mean(*environment, names)));
    }
    for (const std::string& path : overlays) {
      const YamlNode* overlay = read_single(path);
      if (path != chosen) unused_.push_back(path);
      if (base == nullptr || overlay == nullptr) continue;
      YamlNode merged = *base;
      lay_over(merged, *overlay, "");
      take_workspace(std::move(merged), path == chosen);
    }
    if (base != nullptr && chosen.empty()) take_workspace(*base, true);
  }

  // An overlay that is not used is checked all the same.
  void take_workspace(YamlNode node, bool is_used) {
    documents_.push_back(std::move(node));
    auto workspace = schema::workspace_grammar().read(documents_.back(), problems_);
    if (!workspace || !is_used) return;
    draft_.workspace = std::move(*workspace);
    draft_.node = &documents_.back();
  }

  template <class Take>
  void read_files(const std::string& folder, Take take) {
    for (const std::string& path : files_.list(folder, ".yml")) {
      problems_.error(Position{path, 0, 0}, "files of a workspace end in `.yaml`: rename it");
    }
    for (const std::string& path : files_.list(folder, ".yaml")) {
      for (YamlNode& node : documents_of(path)) {
        if (node.kind == YamlNode::Kind::null) continue;
        documents_.push_back(std::move(node));
        take(documents_.back(), path);
      }
    }
  }

  void add_pipeline(const YamlNode& node, const std::string& path) {
    std::optional<PipelineDraft> draft = schema::pipeline_grammar().read(node, problems_);
    if (!draft) return;
    draft->node = &node;
    draft->pipeline.file = path;
    draft_.pipelines.push_back(std::move(*draft));
  }

  void add_table(const YamlNode& node) {
    std::optional<TableDraft> draft = schema::table_grammar().read(node, problems_);
    if (!draft) return;
    draft->node = &node;
    draft->table.position = node.position();
    draft_.tables.push_back(std::move(*draft));
  }

  void add_calendar(const YamlNode& node) {
    std::optional<Calendar> calendar = schema::calendar_grammar().read(node, problems_);
    if (!calendar || calendar->name.empty()) return;
    if (std::set(calendar->weekend.begin(), calendar->weekend.end()).size() == 7) {
      problems_.error(
          *node.find("weekend"),
          fmt::format("calendar `{}` has no business day: its weekend is the whole week",
                      calendar->name));
    }
    if (!draft_.calendars.emplace(calendar->name, *calendar).second) {
      problems_.error(*node.find("calendar"),
                      fmt::format("calendar `{}` is declared already", calendar->name));
    }
  }

  void apply_rules() {
    const Rules rules{draft_, files_, parse_sql_, known_, problems_};
    check_names(rules);
    tables_ = find_tables(rules);
    read_queries(rules);
    for (PipelineDraft& pipeline : draft_.pipelines) {
      check_steps(rules, pipeline);
      check_inputs(rules, pipeline, tables_);
      check_references(rules, pipeline);
      check_queries(rules, pipeline, tables_);
      find_dependencies(rules, pipeline, tables_);
      if (!check_cycles(pipeline, problems_)) continue;
      put_in_order(pipeline);
      check_gates(rules, pipeline);
    }
    check_models(rules);
    check_schedules(rules, tables_);
  }

  std::shared_ptr<const Definition> definition() {
    auto result = std::make_shared<Definition>();
    for (PipelineDraft& draft : draft_.pipelines) {
      const Result<void> done = set_digests(draft);
      if (!done) problems_.error(done.error());
      Pipeline pipeline = std::move(draft.pipeline);
      for (StepDraft& step : draft.steps)
        pipeline.steps.push_back(std::move(step.step));
      result->pipelines.insert_or_assign(pipeline.name, std::move(pipeline));
    }
    result->workspace = std::move(draft_.workspace);
    result->tables = std::move(tables_.all);
    result->calendars = std::move(draft_.calendars);
    result->files = files_.used();
    for (const std::string& path : unused_)
      result->files.erase(path);
    result->digest = digest_of_files(result->files);
    return result;
  }

  SourceFiles files_;
  const SqlParser& parse_sql_;
  const Known& known_;
  Problems problems_;
  std::deque<YamlNode> documents_;  // drafts point into them
  std::vector<std::string> unused_;
  WorkspaceDraft draft_;
  Tables tables_;
};

}  // namespace

Loaded load_workspace(const std::string& folder, const SqlParser& parse_sql, const Known& known,
                      const std::string& environment) {
  Result<SourceFiles> files = SourceFiles::in_folder(folder);
  if (!files) return {nullptr, {std::move(files).error()}, {}};
  return Loader(std::move(*files), parse_sql, known).run(environment);
}

Loaded load_files(std::map<std::string, std::string> files, const SqlParser& parse_sql,
                  const Known& known, const std::string& environment) {
  const std::optional<std::string> overlay =
      environment.empty() ? std::nullopt : std::optional(environment);
  return Loader(SourceFiles::in_memory(std::move(files)), parse_sql, known).run(overlay);
}

}  // namespace gossamer::pipeline
