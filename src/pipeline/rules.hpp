// SPDX-License-Identifier: Apache-2.0
// The rules between declarations, one function each, in the order in which load.cpp applies them.
// They report into Problems and never stop early; what is wrong in itself is left out by the later.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/draft.hpp"
#include "pipeline/load.hpp"
#include "pipeline/problems.hpp"
#include "pipeline/source.hpp"

namespace gossamer::pipeline {

// Every table that is declared, written or known, by name.
struct Tables {
  std::map<std::string, Table> all;  // declared or written
  std::set<std::string> in_catalog;  // known from outside of the files
  [[nodiscard]] bool contains(const std::string& table) const;
  [[nodiscard]] std::vector<std::string> names() const;
  // The step of this pipeline that writes the table; nothing where another or none does.
  [[nodiscard]] const std::string* writer_in(const std::string& pipeline,
                                             const std::string& table) const;
};

struct Rules {
  WorkspaceDraft& workspace;
  SourceFiles& files;
  const SqlParser& parse_sql;
  const Known& known;
  Problems& problems;
};

// Names that must be given once: pipelines, steps beside inputs and tables.
void check_names(Rules rules);
// Gives each step that writes rows its output, finds the writer and the keys of every table.
Tables find_tables(Rules rules);
// Reads and parses every query; refuses functions that read anything but tables.
void read_queries(Rules rules);
// `${...}` names what exists, from where it may be named.
void check_references(Rules rules, PipelineDraft& pipeline);
// Names of models in texts and queries.
void check_models(Rules rules);
// Tables of queries exist; parameters of queries are known.
void check_queries(Rules rules, PipelineDraft& pipeline, const Tables& tables);
// Inputs, windows, schedules, pools.
void check_inputs(Rules rules, PipelineDraft& pipeline, const Tables& tables);
void check_schedules(Rules rules, const Tables& tables);
void check_steps(Rules rules, PipelineDraft& pipeline);

// Fills Step::dependencies with indexes into the draft's order.
void find_dependencies(Rules rules, PipelineDraft& pipeline, const Tables& tables);
// Reports cycles with their path. True where there is none.
bool check_cycles(const PipelineDraft& pipeline, Problems& problems);
// Puts steps into an order that no dependency contradicts, the declared one where there is a
// choice.
void put_in_order(PipelineDraft& pipeline);
// A step that reads what a gate switches or publishes comes before or after that gate, surely.
void check_gates(Rules rules, PipelineDraft& pipeline);

// Every query of a step, those of its checks left out.
std::vector<Query*> queries_of(StepDraft& draft);
// The table that a check reads beside the rows that it is about.
std::optional<std::string> referred_table(const Check& check);
// Every text of a step in which references may stand.
std::vector<const Text*> texts_of(const StepDraft& draft);

// Items of a list, or the one that stands there without.
std::vector<const YamlNode*> items_of(const YamlNode* node);

}  // namespace gossamer::pipeline
