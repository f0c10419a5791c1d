// SPDX-License-Identifier: Apache-2.0
// What reading the files gives, before names are resolved: the types of definition.hpp beside the
// nodes that they came from, so that later passes can say where something stood.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/load.hpp"
#include "pipeline/problems.hpp"

namespace gossamer::pipeline {

// `after: { confirm: approved }`
struct After {
  std::string step;
  std::optional<Condition> condition;  // nothing: plain `after: confirm`
  Position position;
};

struct StepDraft {
  Step step;
  std::vector<After> after;
  std::optional<Retries> retries;
  bool has_body = false;           // exactly one kind was given, and its declaration could be read
  const YamlNode* node = nullptr;  // the step's mapping
  const YamlNode* body = nullptr;  // what stands under its kind
  Position name_position;
};

struct PipelineDraft {
  Pipeline pipeline;
  std::optional<Duration> lag;
  Retries retries;
  std::vector<StepDraft> steps;
  std::vector<std::string> unreadable_steps;  // declared, but wrong in themselves
  std::string timezone;                       // empty: the workspace's
  const YamlNode* node = nullptr;

  [[nodiscard]] const StepDraft* find(std::string_view step) const;
  [[nodiscard]] std::vector<std::string> step_names() const;
  [[nodiscard]] bool is_unreadable(std::string_view step) const;
};

struct TableDraft {
  Table table;
  const YamlNode* node = nullptr;
};

struct WorkspaceDraft {
  Workspace workspace;
  const YamlNode* node = nullptr;  // null: gossamer.yaml is missing or no mapping
  std::deque<PipelineDraft> pipelines;
  std::deque<TableDraft> tables;
  std::map<std::string, Calendar> calendars;

  [[nodiscard]] const PipelineDraft* find(std::string_view pipeline) const;
};

}  // namespace gossamer::pipeline
