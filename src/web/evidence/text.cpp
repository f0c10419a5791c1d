// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>

#include "web/evidence/evidence.hpp"
#include "web/evidence/values.hpp"

namespace gossamer::web {

namespace {

void append_figures(std::string& text, const Json& evidence) {
  auto out = std::back_inserter(text);
  for (const auto& part : list_at(evidence, "figures")) {
    fmt::format_to(out, "\n{} against {}, {} rows\n", text_at(part, "model"),
                   is_empty_at(part, "against") ? "nothing" : text_at(part, "against"),
                   number_text(part.value("rows", Json())));
    fmt::format_to(out, "  {:<14} {:>12} {:>12}  {:<22} {}\n", "measure", "old", "new",
                   "difference", "criteria");
    for (const auto& metric : list_at(part, "metrics")) {
      fmt::format_to(out, "  {:<14} {:>12} {:>12}  {:<22} {}\n", text_at(metric, "name"),
                     number_text(metric.value("old", Json())),
                     number_text(metric.value("new", Json())), difference_text(metric),
                     criteria_of(part, text_at(metric, "name")));
    }
  }
}

void append_data(std::string& text, const Json& evidence) {
  auto out = std::back_inserter(text);
  for (const auto& part : list_at(evidence, "data")) {
    fmt::format_to(out, "\n{}: {} rows\n", text_at(part, "step"),
                   number_text(part.value("rows", Json())));
    for (const auto& check : list_at(part, "checks")) {
      fmt::format_to(out, "  {} {}\n", check.value("passed", false) ? "passed" : "FAILED",
                     check_text(check));
    }
  }
}

}  // namespace

std::string evidence_text(const approval::Gate& gate, const Json& evidence) {
  std::string text = fmt::format("{}\n{} for {}, step {}: {}", gate.question, gate.pipeline,
                                 gate.partition, gate.step, approval::name_of(gate.status));
  auto out = std::back_inserter(text);
  if (gate.due_at) fmt::format_to(out, ", due {}", moment_text(*gate.due_at));
  fmt::format_to(out, "\n\n{}\n", criteria_line(evidence).text);
  append_figures(text, evidence);
  append_data(text, evidence);
  text += "\nan approval changes\n";
  for (const auto& change : list_at(evidence, "configuration")) {
    fmt::format_to(out, "  {}: {} -> {}\n", text_at(change, "what"),
                   any_text(change.value("old", Json())), any_text(change.value("new", Json())));
  }
  if (list_at(evidence, "configuration").empty()) text += "  nothing but the run's way\n";
  for (const auto& vote : gate.votes) {
    fmt::format_to(out, "vote of {}: {}{}\n", vote.by, approval::name_of(vote.answer),
                   vote.comment.empty() ? "" : ", \"" + vote.comment + "\"");
  }
  fmt::format_to(out, "\nevidence {}\n", gate.evidence.text());
  return text;
}

}  // namespace gossamer::web
