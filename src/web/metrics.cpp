// SPDX-License-Identifier: Apache-2.0
#include "web/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gossamer::web {

namespace {

enum class Kind : std::uint8_t { counter, histogram };
struct Described {
  std::string_view name;
  Kind kind;
  std::string_view help;
};

constexpr std::array<Described, 10> described{{
    {"gossamer_attempts_total", Kind::counter, "Attempts of steps that ended, by how."},
    {"gossamer_attempt_seconds", Kind::histogram, "From an attempt's start to its end."},
    {"gossamer_commit_seconds", Kind::histogram,
     "One transaction of the engine's loop: while it lasts, nothing else moves."},
    {"gossamer_gate_wait_seconds", Kind::histogram, "From a gate's opening to its decision."},
    {"gossamer_gates_closed_total", Kind::counter, "Gates that closed, by how."},
    {"gossamer_http_request_seconds", Kind::histogram, "From a request to its answer."},
    {"gossamer_http_requests_total", Kind::counter, "Requests that were answered."},
    {"gossamer_run_seconds", Kind::histogram, "From a run's start to its end."},
    {"gossamer_runs_finished_total", Kind::counter, "Runs that ended, by how."},
    {"gossamer_step_queue_seconds", Kind::histogram,
     "From the moment a step could start to its attempt's start."},
}};

// Backslash, quote and line feed are the characters that the format escapes.
std::string rendered(const Metrics::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    fmt::format_to(std::back_inserter(text), "{}{}=\"", text.empty() ? "" : ",", name);
    for (const char letter : value) {
      if (letter == '\n') {
        text += "\\n";
        continue;
      }
      if (letter == '\\' || letter == '"') text += '\\';
      text += letter;
    }
    text += '"';
  }
  return text;
}

std::string braced(const std::string& labels) { return labels.empty() ? "" : "{" + labels + "}"; }

}  // namespace

template <class Change>
void Metrics::change(std::string_view name, const Labels& labels, Change change) {
  if (std::ranges::find(described, name, &Described::name) == described.end()) return;
  const auto key = rendered(labels);
  state_.with([&](State& state) {
    auto& series = state.metrics[std::string(name)];
    if (series.size() >= series_max && !series.contains(key)) {
      ++state.left_out;
      return;
    }
    change(series[key]);
  });
}

void Metrics::count(std::string_view name, const Labels& labels) {
  change(name, labels, [](Series& series) { ++series.count; });
}

void Metrics::observe(std::string_view name, const Labels& labels, Duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  change(name, labels, [seconds](Series& series) {
    ++series.count;
    series.sum_s += seconds;
    const auto bucket = std::ranges::lower_bound(bounds_s, seconds) - bounds_s.begin();
    ++series.buckets.at(static_cast<std::size_t>(bucket));
  });
}

std::string Metrics::text() const {
  std::string text;
  auto out = std::back_inserter(text);
  state_.with([&](const State& state) {
    for (const auto& metric : described) {
      const auto found = state.metrics.find(metric.name);
      if (found == state.metrics.end()) continue;
      const bool is_counter = metric.kind == Kind::counter;
      fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} {2}\n", metric.name, metric.help,
                     is_counter ? "counter" : "histogram");
      for (const auto& [labels, series] : found->second) {
        if (is_counter) {
          fmt::format_to(out, "{}{} {}\n", metric.name, braced(labels), series.count);
          continue;
        }
        std::uint64_t below = 0;
        const auto* comma = labels.empty() ? "" : ",";
        for (std::size_t at = 0; at < bounds_s.size(); ++at) {
          below += series.buckets.at(at);
          fmt::format_to(out, "{}_bucket{{{}{}le=\"{}\"}} {}\n", metric.name, labels, comma,
                         bounds_s.at(at), below);
        }
        fmt::format_to(out, "{0}_bucket{{{1}{2}le=\"+Inf\"}} {3}\n", metric.name, labels, comma,
                       series.count);
        fmt::format_to(out, "{0}_sum{1} {2}\n{0}_count{1} {3}\n", metric.name, braced(labels),
                       series.sum_s, series.count);
      }
    }
    fmt::format_to(out,
                   "# HELP gossamer_series_left_out_total Values of label sets beyond {} a "
                   "metric.\n# TYPE gossamer_series_left_out_total counter\n"
                   "gossamer_series_left_out_total {}\n",
                   series_max, state.left_out);
  });
  return text;
}

}  // namespace gossamer::web
