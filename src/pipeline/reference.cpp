// SPDX-License-Identifier: Apache-2.0
#include "pipeline/reference.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::pipeline {
namespace {

constexpr std::array scopes{Scope::steps,    Scope::run,     Scope::params,
                            Scope::settings, Scope::secrets, Scope::each};

bool is_path_part(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Result<Reference> parse_reference(std::string_view inside, const Position& position) {
  std::vector<std::string> parts = split(inside, '.');
  const std::string written = fmt::format("`${{{}}}`", abbreviated(inside, 60));
  const auto scope = std::ranges::find(scopes, parts.front(), [](Scope s) { return name_of(s); });
  if (scope == scopes.end()) {
    std::vector<std::string> names;
    for (const Scope known : scopes)
      names.emplace_back(name_of(known));
    return invalid_input(
        fmt::format("{} begins with none of steps, run, params, settings, secrets, each{}; to mean "
                    "the text itself, write `$${{`",
                    written, did_you_mean(parts.front(), names)),
        position);
  }
  parts.erase(parts.begin());
  if (parts.empty() || !std::ranges::all_of(parts, is_path_part)) {
    return invalid_input(fmt::format("{} must be names with dots between, such as "
                                     "`${{steps.train.version}}`; there are no expressions",
                                     written),
                         position);
  }
  return Reference{*scope, std::move(parts)};
}

// Follows YAML just far enough to know what is quoted, a comment, or inside of brackets.
class FlowScanner {
 public:
  explicit FlowScanner(std::string_view text) : text_(text) {}

  std::vector<UnquotedReference> run() {
    while (at_ < text_.size())
      step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_];
    const char before = at_ > 0 ? text_[at_ - 1] : '\n';
    const bool starts_token = before == ' ' || before == '\n' || before == '\t' || before == '[' ||
                              before == '{' || before == ',' || before == ':';
    if (c == '#' && (before == ' ' || before == '\n' || before == '\t')) return skip_line();
    if ((c == '"' || c == '\'') && starts_token) return skip_quoted(c);
    if ((c == '|' || c == '>') && depth_ == 0 && before == ' ' && ends_line_soon()) {
      return skip_block();
    }
    if (c == '$' && depth_ > 0 && text_.substr(at_).starts_with("${")) return take_reference();
    if (depth_ == 0 && starts_token && begins_plain(c)) return skip_plain();
    if (c == '{' || c == '[') open(starts_token);
    if ((c == '}' || c == ']') && depth_ > 0) --depth_;
    advance();
  }

  // In block context a bracket opens only where a value begins; `a{b` is plain text.
  void open(bool starts_token) {
    if (depth_ > 0 || starts_token) ++depth_;
  }

  void advance() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }
  // In block context, plain text goes to the end of its line, a comment, or the colon of a key.
  static bool begins_plain(char c) {
    return std::string_view(" \t\n{}[],\"'|>#-?:&*!").find(c) == std::string_view::npos;
  }
  void skip_plain() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with(" #") || rest.starts_with(": ") || rest.starts_with(":\n")) return;
      advance();
    }
  }
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n')
      advance();
  }
  void skip_quoted(char quote) {
    advance();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quote == '"' && c == '\\' && at_ + 1 < text_.size()) advance();
      advance();
      if (c == quote) return;
    }
  }
  [[nodiscard]] bool ends_line_soon() const {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view rest = trimmed(text_.substr(at_ + 1, end - at_ - 1));
    return rest.empty() || rest.front() == '#' ||
           rest.find_first_not_of("+-0123456789") == std::string_view::npos;
  }
  [[nodiscard]] std::size_t indent_at(std::size_t from) const {
    const std::size_t first = text_.find_first_not_of(' ', from);
    return first == text_.npos ? text_.size() - from : first - from;
  }
  // A block scalar goes on while lines are empty or deeper than the line that began it.
  void skip_block() {
    const std::size_t outer = indent_at(line_start_);
    skip_line();
    while (at_ < text_.size()) {
      const std::size_t begin = at_ + 1;
      if (begin >= text_.size()) return advance();
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      const bool blank = trimmed(text_.substr(begin, end - begin)).empty();
      if (!blank && indent_at(begin) <= outer) return advance();
      advance();
      skip_line();
    }
  }
  void take_reference() {
    const std::size_t close = text_.find('}', at_);
    const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
    if (close == text_.npos || close > line_end) return advance();
    found_.push_back({at_, close + 1, line_, static_cast<int>(at_ - line_start_) + 1});
    while (at_ <= close)
      advance();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  int depth_ = 0;
  std::vector<UnquotedReference> found_;
};

}  // namespace

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::steps:
      return "steps";
    case Scope::run:
      return "run";
    case Scope::params:
      return "params";
    case Scope::settings:
      return "settings";
    case Scope::secrets:
      return "secrets";
    case Scope::each:
      return "each";
  }
  return "";
}

std::string to_string(const Reference& reference) {
  return fmt::format("${{{}.{}}}", name_of(reference.scope), join(reference.path, "."));
}

Result<Text> parse_text(std::string_view text, Position position) {
  Text result;
  result.position = position;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) result.pieces.emplace_back(std::move(plain));
    plain.clear();
  };
  while (!text.empty()) {
    if (text.starts_with("$${")) {
      plain += "${";
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      const std::size_t close = text.find('}');
      if (close == text.npos) {
        return invalid_input(fmt::format("`{}` lacks the closing brace; to mean the text itself, "
                                         "write `$${{`",
                                         abbreviated(text, 40)),
                             std::move(position));
      }
      TRY_ASSIGN(Reference reference, parse_reference(text.substr(2, close - 2), position));
      flush();
      result.pieces.emplace_back(std::move(reference));
      text.remove_prefix(close + 1);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  flush();
  return result;
}

std::string to_source(const Text& text) {
  std::string source;
  for (const auto& piece : text.pieces) {
    if (const auto* reference = std::get_if<Reference>(&piece)) {
      source += to_string(*reference);
      continue;
    }
    const std::string& plain = std::get<std::string>(piece);
    for (std::size_t at = 0; at < plain.size(); ++at) {
      if (plain.compare(at, 2, "${") == 0) source += "$";
      source += plain[at];
    }
  }
  return source;
}

std::string reference_text_pattern() {
  return R"(^([^$]|\$\$\{|\$(?!\{|\$\{)|\$\{(steps|run|params|settings|secrets|each))"
         R"((\.[A-Za-z0-9_-]+)+\})*$)";
}

std::vector<Reference> references_in(const Text& text) {
  std::vector<Reference> references;
  for (const auto& piece : text.pieces) {
    if (const auto* reference = std::get_if<Reference>(&piece)) references.push_back(*reference);
  }
  return references;
}

std::optional<Reference> sole_reference(const Text& text) {
  if (text.pieces.size() != 1) return std::nullopt;
  const auto* reference = std::get_if<Reference>(&text.pieces.front());
  if (reference == nullptr) return std::nullopt;
  return *reference;
}

std::vector<UnquotedReference> unquoted_references(std::string_view yaml) {
  return FlowScanner(yaml).run();
}

}  // namespace gossamer::pipeline
