// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

// The outcome that a step which only reads another one waits for.
Condition plain_condition(const Step& upstream) {
  if (upstream.kind == StepKind::evaluate) return Condition::passed;
  return Condition::succeeded;
}

std::optional<std::string> why_not(Condition condition, const Step& upstream) {
  const bool of_gate = condition == Condition::approved || condition == Condition::rejected ||
                       condition == Condition::decided;
  const bool of_evaluate =
      condition == Condition::passed || condition == Condition::failed_criteria;
  if (of_gate && upstream.kind != StepKind::approval) {
    return fmt::format("step `{}` is no approval: it ends as `succeeded` or `any`", upstream.name);
  }
  if (of_evaluate && upstream.kind != StepKind::evaluate) {
    return fmt::format("step `{}` evaluates nothing: it ends as {}", upstream.name,
                       upstream.kind == StepKind::approval
                           ? "`approved`, `rejected`, `decided` or `any`"
                           : "`succeeded` or `any`");
  }
  return std::nullopt;
}

class DependencyFinder {
 public:
  DependencyFinder(Rules rules, PipelineDraft& pipeline, const Tables& tables)
      : rules_(rules), pipeline_(pipeline), tables_(tables) {}

  void run() {
    for (StepDraft& draft : pipeline_.steps) {
      draft.step.dependencies.clear();
      add_declared(draft);
      if (draft.has_body) {
        add_evidence(draft);
        add_read(draft);
      }
      if (draft.step.foreach && draft.step.foreach->list) {
        add_reference(draft, *draft.step.foreach->list);
      }
    }
  }

 private:
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const {
    const StepDraft* step = pipeline_.find(name);
    if (step == nullptr) return std::nullopt;
    return static_cast<std::size_t>(step - pipeline_.steps.data());
  }

  // The first condition stays: declared ones come before evidence, evidence before what is read.
  void add(StepDraft& draft, std::size_t upstream, Condition condition) {
    if (&pipeline_.steps[upstream] == &draft) return;
    auto& known = draft.step.dependencies;
    if (std::ranges::find(known, upstream, &Dependency::step) != known.end()) return;
    known.push_back({upstream, condition});
  }

  void add_plain(StepDraft& draft, std::string_view name) {
    if (const auto upstream = index_of(name)) {
      add(draft, *upstream, plain_condition(pipeline_.steps[*upstream].step));
    }
  }

  void add_declared(StepDraft& draft) {
    for (const After& after : draft.after) {
      const auto upstream = index_of(after.step);
      if (!upstream) {
        if (pipeline_.is_unreadable(after.step)) continue;
        rules_.problems.error(after.position,
                              fmt::format("there is no step `{}`{}", after.step,
                                          did_you_mean(after.step, pipeline_.step_names())));
        continue;
      }
      const Step& step = pipeline_.steps[*upstream].step;
      if (step.name == draft.step.name) {
        rules_.problems.error(after.position, "a step cannot come after itself");
        continue;
      }
      if (!after.condition) {
        if (step.kind == StepKind::approval) {
          rules_.problems.warning(
              after.position,
              fmt::format("`after: {0}` goes on after either answer; say `after: {{ {0}: approved "
                          "}}` or `decided`",
                          step.name));
        }
        add(draft, *upstream, plain_condition(step));
        continue;
      }
      if (pipeline_.steps[*upstream].has_body) {
        if (const auto why = why_not(*after.condition, step)) {
          rules_.problems.error(after.position, *why);
          continue;
        }
      }
      add(draft, *upstream, *after.condition);
    }
  }

  void add_evidence(StepDraft& draft) {
    const auto* gate = std::get_if<ApprovalStep>(&draft.step.body);
    if (gate == nullptr) return;
    for (const YamlNode* name : items_of(draft.body->find("evidence"))) {
      const auto upstream = index_of(name->text);
      if (upstream && &pipeline_.steps[*upstream] == &draft) {
        rules_.problems.error(*name, "a gate cannot be its own evidence");
      } else if (upstream) {
        add(draft, *upstream, Condition::evidence);
      } else if (!pipeline_.is_unreadable(name->text)) {
        rules_.problems.error(*name, fmt::format("there is no step `{}`{}", name->text,
                                                 did_you_mean(name->text, pipeline_.step_names())));
      }
    }
    for (const SwitchProposal* change : {&gate->on_approved, &gate->on_rejected}) {
      for (const std::string& step : change->publish)
        add_plain(draft, step);
    }
  }

  void add_reference(StepDraft& draft, const Reference& reference) {
    if (reference.scope == Scope::steps) add_plain(draft, reference.path.front());
  }

  void add_read(StepDraft& draft) {
    for (const Text* text : texts_of(draft)) {
      for (const Reference& reference : references_in(*text))
        add_reference(draft, reference);
    }
    for (const Query* query : queries_of(draft)) {
      for (const std::string& table : query->tables)
        add_table(draft, lower_case(table));
    }
    for (const Check& check : draft.step.checks) {
      if (const auto table = referred_table(check)) add_table(draft, lower_case(*table));
    }
    if (const auto* profile = std::get_if<ProfileStep>(&draft.step.body)) {
      if (profile->table.is_literal()) add_table(draft, profile->table.literal());
    }
  }

  void add_table(StepDraft& draft, const std::string& name) {
    if (index_of(name)) return add_plain(draft, name);
    const auto input = pipeline_.pipeline.inputs.find(name);
    const bool is_input = input != pipeline_.pipeline.inputs.end();
    // Former partitions of an own table are there already; only the same one is made by this run.
    if (is_input && (std::holds_alternative<PreviousPartition>(input->second.partition) ||
                     std::holds_alternative<LastPartitions>(input->second.partition))) {
      return;
    }
    const std::string& table = is_input ? input->second.table : name;
    if (const std::string* writer = tables_.writer_in(pipeline_.pipeline.name, table)) {
      add_plain(draft, *writer);
    }
  }

  Rules rules_;
  PipelineDraft& pipeline_;
  const Tables& tables_;
};

// Depth first over dependencies; what is on the path twice closes a cycle.
class CycleFinder {
 public:
  CycleFinder(const PipelineDraft& pipeline, Problems& problems)
      : pipeline_(pipeline), problems_(problems), marks_(pipeline.steps.size(), Mark::fresh) {}

  bool run() {
    for (std::size_t step = 0; step < marks_.size(); ++step)
      visit(step);
    return found_ == 0;
  }

 private:
  enum class Mark { fresh, on_path, done };

  // An explicit stack: a chain of 10,000 steps must not need as many frames.
  void visit(std::size_t root) {
    if (marks_[root] != Mark::fresh) return;
    std::vector<std::size_t> next{0};
    path_ = {root};
    marks_[root] = Mark::on_path;
    while (!path_.empty()) {
      const auto& dependencies = pipeline_.steps[path_.back()].step.dependencies;
      if (next.back() == dependencies.size()) {
        marks_[path_.back()] = Mark::done;
        path_.pop_back();
        next.pop_back();
        continue;
      }
      const std::size_t upstream = dependencies[next.back()++].step;
      if (marks_[upstream] == Mark::on_path) report(upstream);
      if (marks_[upstream] != Mark::fresh) continue;
      marks_[upstream] = Mark::on_path;
      path_.push_back(upstream);
      next.push_back(0);
    }
  }

  void report(std::size_t start) {
    ++found_;
    std::vector<std::string> names;
    const auto first = std::ranges::find(path_, start);
    for (auto step = first; step != path_.end(); ++step) {
      names.push_back(pipeline_.steps[*step].step.name);
    }
    names.push_back(names.front());
    problems_.error(pipeline_.steps[*std::min_element(first, path_.end())].step.position,
                    fmt::format("steps wait for each other: {} (each waits for the next)",
                                join(names, " -> ")));
  }

  const PipelineDraft& pipeline_;
  Problems& problems_;
  std::vector<Mark> marks_;
  std::vector<std::size_t> path_;
  int found_ = 0;
};

}  // namespace

void find_dependencies(Rules rules, PipelineDraft& pipeline, const Tables& tables) {
  DependencyFinder(rules, pipeline, tables).run();
}

bool check_cycles(const PipelineDraft& pipeline, Problems& problems) {
  return CycleFinder(pipeline, problems).run();
}

void put_in_order(PipelineDraft& pipeline) {
  const std::size_t size = pipeline.steps.size();
  std::vector<std::size_t> open(size);
  std::vector<std::vector<std::size_t>> downstream(size);
  std::set<std::size_t> ready;
  for (std::size_t step = 0; step < size; ++step) {
    const auto& dependencies = pipeline.steps[step].step.dependencies;
    open[step] = dependencies.size();
    for (const Dependency& dependency : dependencies)
      downstream[dependency.step].push_back(step);
    if (open[step] == 0) ready.insert(step);
  }
  std::vector<std::size_t> place(size);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t step = *ready.begin();
    ready.erase(ready.begin());
    place[step] = order.size();
    order.push_back(step);
    for (const std::size_t next : downstream[step]) {
      if (--open[next] == 0) ready.insert(next);
    }
  }
  std::vector<StepDraft> sorted;
  for (const std::size_t step : order)
    sorted.push_back(std::move(pipeline.steps[step]));
  for (StepDraft& draft : sorted) {
    for (Dependency& dependency : draft.step.dependencies)
      dependency.step = place[dependency.step];
    std::ranges::sort(draft.step.dependencies, {}, &Dependency::step);
  }
  pipeline.steps = std::move(sorted);
}

}  // namespace gossamer::pipeline
