// SPDX-License-Identifier: Apache-2.0
// What a gate shows, for people: rendered from the pinned bundle's `evidence.json` (schema 1, see
// docs/evidence.md) and the gate's own row; nothing is added that is not in one of them.
#pragma once

#include <cstdint>
#include <string>

#include "approval/gate.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::web {

// For a terminal, at most about 100 columns wide.
std::string evidence_text(const approval::Gate& gate, const Json& evidence);

// One self-contained HTML file: no script, no request to anywhere, light and dark, fit for print.
// Inside of a page that shows question, votes and digest itself, these are left out.
enum class Framing : std::uint8_t { alone, inside };
std::string evidence_html(const approval::Gate& gate, const Json& evidence,
                          Framing framing = Framing::alone);

// "4 of 4 criteria met", "1 of 4 criteria NOT met: ...", "first version: nothing to compare with".
struct CriteriaLine {
  enum class Mark { good, bad, neutral };
  Mark mark = Mark::neutral;
  std::string text;
};
CriteriaLine criteria_line(const Json& evidence);

}  // namespace gossamer::web
