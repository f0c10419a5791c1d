// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "web/embedded.hpp"
#include "web/evidence/evidence.hpp"
#include "web/evidence/picture.hpp"
#include "web/evidence/values.hpp"

namespace gossamer::web {

namespace {

void append_head(std::string& page, const approval::Gate& gate) {
  auto out = std::back_inserter(page);
  fmt::format_to(out, "<h1>{}</h1><p class=\"soft\">{} for {}, step {} &middot; {}",
                 escaped(gate.question), escaped(gate.pipeline), escaped(gate.partition),
                 escaped(gate.step), escaped(approval::name_of(gate.status)));
  if (gate.due_at) fmt::format_to(out, " &middot; due {}", moment_text(*gate.due_at));
  const auto approvals =
      std::ranges::count(gate.votes, approval::Answer::approve, &approval::Vote::answer);
  fmt::format_to(out, " &middot; {} of {} approvals</p>", approvals, gate.policy.count);
}

void append_verdict(std::string& page, const Json& evidence) {
  const auto line = criteria_line(evidence);
  const char* mark = line.mark == CriteriaLine::Mark::good  ? "good"
                     : line.mark == CriteriaLine::Mark::bad ? "bad"
                                                            : "";
  fmt::format_to(std::back_inserter(page), "<p class=\"verdict {}\">{}</p>", mark,
                 escaped(line.text));
}

// How far a figure moved, in hundredths of its old value.
double moved_percent(const Json& metric) {
  const auto old = metric.value("old", Json());
  const auto fresh = metric.value("new", Json());
  if (!old.is_number() || !fresh.is_number() || old.get<double>() == 0) return 0;
  return 100 * (fresh.get<double>() - old.get<double>()) / std::abs(old.get<double>());
}

// To the right of the middle for more, to the left for less; the widest move fills its half.
std::string move_bar(const Json& metric, double widest) {
  if (widest <= 0) return "";
  const double length = 50 * moved_percent(metric) / widest;
  return fmt::format(
      R"(<svg class="bar {}" viewBox="0 0 100 10" aria-hidden="true"><line class="grid" x1="50" )"
      R"(x2="50" y1="0" y2="10"/><rect x="{:.1f}" y="2" width="{:.1f}" height="6"/></svg>)",
      better_word(metric), length < 0 ? 50 + length : 50, std::abs(length));
}

void append_criteria(std::string& page, const Json& part, const std::string& metric) {
  page += "<td>";
  for (const auto& criterion : list_at(part, "criteria")) {
    if (text_at(criterion, "metric") != metric) continue;
    const auto verdict = text_at(criterion, "verdict");
    const bool is_met = verdict == "met";
    const bool has_failed = verdict == "failed";
    fmt::format_to(std::back_inserter(page), "<div class=\"{}\">{}{}: {}</div>",
                   is_met       ? "good"
                   : has_failed ? "bad"
                                : "soft",
                   is_met       ? "&#10003; "
                   : has_failed ? "&#10005; "
                                : "",
                   escaped(verdict), escaped(text_at(criterion, "text")));
  }
  page += "</td>";
}

void append_metrics(std::string& page, const Json& part) {
  double widest = 0;
  for (const auto& metric : list_at(part, "metrics"))
    widest = std::max(widest, std::abs(moved_percent(metric)));
  for (const auto& metric : list_at(part, "metrics")) {
    fmt::format_to(std::back_inserter(page),
                   "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                   "<td class=\"n {}\">{}{}</td>",
                   escaped(text_at(metric, "name")), number_text(metric.value("old", Json())),
                   number_text(metric.value("new", Json())), better_word(metric),
                   difference_text(metric), move_bar(metric, widest));
    append_criteria(page, part, text_at(metric, "name"));
    page += "</tr>";
  }
}

void append_figures(std::string& page, const Json& evidence) {
  for (const auto& part : list_at(evidence, "figures")) {
    fmt::format_to(std::back_inserter(page), "<h2>Figures: {} against {}, {} rows</h2>",
                   escaped(text_at(part, "model")),
                   escaped(is_empty_at(part, "against") ? "nothing" : text_at(part, "against")),
                   number_text(part.value("rows", Json())));
    page +=
        "<div class=\"scroll\"><table class=\"figures\"><tr><th>Measure</th><th "
        "class=\"n\">Old</th>"
        "<th class=\"n\">New</th><th class=\"n\">Difference</th><th "
        "class=\"long\">Criteria</th></tr>";
    append_metrics(page, part);
    page += "</table></div>";
  }
}

void append_swaps(std::string& page, const Json& evidence) {
  if (list_at(evidence, "swaps").empty()) return;
  auto out = std::back_inserter(page);
  page +=
      "<h2>What changes for people</h2><div class=\"scroll\"><table><tr><th>Cut-off</th>"
      "<th class=\"n\">Rows</th><th class=\"n\">Move up</th><th class=\"n\">Move down</th></tr>";
  for (const auto& swap : list_at(evidence, "swaps")) {
    fmt::format_to(out,
                   "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                   "<td class=\"n\">{}</td></tr>",
                   number_text(swap.value("cut_off", Json())),
                   number_text(swap.value("rows", Json())), number_text(swap.value("up", Json())),
                   number_text(swap.value("down", Json())));
  }
  page += "</table></div>";
}

void append_distributions(std::string& page, const Json& evidence) {
  if (list_at(evidence, "distributions").empty()) return;
  page +=
      "<h2>Distributions</h2><p class=\"soft\"><span class=\"key\">old</span>"
      "<span class=\"key fresh\">new</span></p><div class=\"pictures\">";
  for (const auto& distribution : list_at(evidence, "distributions")) {
    const auto picture = histogram_svg(distribution);
    if (picture.empty()) continue;
    fmt::format_to(std::back_inserter(page), "<figure><figcaption>{}</figcaption>{}</figure>",
                   escaped(text_at(distribution, "title")), picture);
  }
  page += "</div>";
}

void append_curves(std::string& page, const Json& evidence) {
  if (list_at(evidence, "curves").empty()) return;
  page +=
      "<h2>Curves</h2><p class=\"soft\"><span class=\"key\">old</span>"
      "<span class=\"key fresh\">new</span><span class=\"key chance\">what chance, or a perfect "
      "calibration, gives</span></p><div class=\"pictures\">";
  for (const auto& curve : list_at(evidence, "curves")) {
    const auto picture = curve_svg(curve);
    if (picture.empty()) continue;
    fmt::format_to(std::back_inserter(page), "<figure><figcaption>{}: {}</figcaption>{}</figure>",
                   escaped(text_at(curve, "step")), escaped(text_at(curve, "title")), picture);
  }
  page += "</div>";
}

void append_drivers(std::string& page, const Json& evidence) {
  auto out = std::back_inserter(page);
  for (const auto& part : list_at(evidence, "drivers")) {
    const auto& features = list_at(part, "features");
    if (features.empty()) continue;
    fmt::format_to(out,
                   "<h2>What drives the predictions of {}</h2><p class=\"soft\">Mean absolute SHAP "
                   "value on the scale of the margin, over {} of the rows</p>"
                   "<div class=\"scroll\"><table><tr><th>Feature</th><th class=\"n\">Old</th>"
                   "<th class=\"n\">New</th></tr>",
                   escaped(text_at(part, "model")),
                   number_text(features.front().value("rows", Json())));
    for (const auto& feature : features) {
      fmt::format_to(out, "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                     escaped(text_at(feature, "feature")),
                     number_text(feature.value("old", Json())),
                     number_text(feature.value("new", Json())));
    }
    page += "</table></div>";
  }
}

void append_sample(std::string& page, const Json& sample) {
  if (!sample.is_object() || list_at(sample, "rows").empty()) return;
  page += "<h3>Sample rows</h3><div class=\"scroll\"><table><tr>";
  auto out = std::back_inserter(page);
  const auto& first = list_at(sample, "rows").front();
  for (std::size_t at = 0; at < list_at(sample, "columns").size(); ++at) {
    fmt::format_to(out, "<th{}>{}</th>", first.at(at).is_number() ? " class=\"n\"" : "",
                   escaped(any_text(list_at(sample, "columns")[at])));
  }
  page += "</tr>";
  for (const auto& row : list_at(sample, "rows")) {
    page += "<tr>";
    for (const auto& cell : row) {
      fmt::format_to(out, "<td{}>{}</td>", cell.is_number() ? " class=\"n\"" : "",
                     escaped(cell_text(cell)));
    }
    page += "</tr>";
  }
  page += "</table></div>";
}

void append_data(std::string& page, const Json& evidence) {
  if (list_at(evidence, "data").empty()) return;
  auto out = std::back_inserter(page);
  page += "<h2>Data</h2>";
  for (const auto& part : list_at(evidence, "data")) {
    fmt::format_to(out, "<h3>{}</h3><p>{} rows{}</p>", escaped(text_at(part, "step")),
                   number_text(part.value("rows", Json())),
                   is_empty_at(part, "table") ? "" : " in " + escaped(text_at(part, "table")));
    if (!list_at(part, "checks").empty()) page += "<ul>";
    for (const auto& check : list_at(part, "checks")) {
      const bool passed = check.value("passed", false);
      fmt::format_to(out, "<li class=\"{}\">{} {}</li>", passed ? "good" : "bad",
                     passed ? "passed:" : "FAILED:", escaped(check_text(check)));
    }
    if (!list_at(part, "checks").empty()) page += "</ul>";
    append_sample(page, part.value("sample", Json()));
  }
}

void append_configuration(std::string& page, const Json& evidence) {
  page += "<h2>What an approval changes</h2>";
  if (list_at(evidence, "configuration").empty()) {
    page += "<p>Nothing but the run's way.</p>";
    return;
  }
  page += "<div class=\"scroll\"><table><tr><th>What</th><th>Old</th><th>New</th></tr>";
  for (const auto& change : list_at(evidence, "configuration")) {
    const auto old = any_text(change.value("old", Json()));
    const auto fresh = any_text(change.value("new", Json()));
    fmt::format_to(std::back_inserter(page), "<tr{}><td>{}</td><td>{}</td><td>{}{}</td></tr>",
                   old == fresh ? " class=\"soft\"" : "", escaped(text_at(change, "what")),
                   escaped(old), escaped(fresh), old == fresh ? " (as it is)" : "");
  }
  page += "</table></div>";
}

void append_versions(std::string& page, const Json& evidence) {
  if (list_at(evidence, "history_before").empty()) return;
  page +=
      "<h2>Versions so far</h2><div class=\"scroll\"><table><tr><th>Version</th>"
      "<th>Figures</th></tr>";
  for (const auto& version : list_at(evidence, "history_before")) {
    fmt::format_to(std::back_inserter(page), "<tr><td>{}</td><td>{}</td></tr>",
                   escaped(text_at(version, "version")),
                   escaped(any_text(version.value("metrics", Json()))));
  }
  page += "</table></div>";
}

void append_history(std::string& page, const approval::Gate& gate) {
  auto out = std::back_inserter(page);
  fmt::format_to(out, "<h2>History</h2><p>opened {}</p><ul>", moment_text(gate.opened_at));
  for (const auto& vote : gate.votes) {
    fmt::format_to(out, "<li>{} {}: {} ({}{}) {}</li>", moment_text(vote.at), escaped(vote.by),
                   escaped(approval::name_of(vote.answer)), escaped(vote.channel),
                   vote.verified ? "" : ", unverified", escaped(vote.comment));
  }
  fmt::format_to(out, "</ul><p class=\"soft mono digest\">evidence {}</p>", gate.evidence.text());
}

}  // namespace

std::string evidence_html(const approval::Gate& gate, const Json& evidence, Framing framing) {
  const bool is_alone = framing == Framing::alone;
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
      "<title>{}</title><style>{}</style></head><body{}>",
      escaped(gate.question), embedded_text("evidence/style.css"),
      is_alone ? "" : " class=\"inside\"");
  if (is_alone) append_head(page, gate);
  append_verdict(page, evidence);
  append_figures(page, evidence);
  append_swaps(page, evidence);
  append_distributions(page, evidence);
  append_curves(page, evidence);
  append_drivers(page, evidence);
  append_data(page, evidence);
  append_configuration(page, evidence);
  append_versions(page, evidence);
  if (is_alone) append_history(page, gate);
  return page + "</body></html>\n";
}

}  // namespace gossamer::web
