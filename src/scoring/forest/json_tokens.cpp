// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/tokens.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

namespace gossamer::scoring::forest {
namespace {

constexpr double integer_limit = 9007199254740992.0;  // 2^53

bool is_number_character(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6U));
    put(0x80 | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12U));
    put(0x80 | ((point >> 6U) & 0x3FU));
    put(0x80 | (point & 0x3FU));
  } else {
    put(0xF0 | (point >> 18U));
    put(0x80 | ((point >> 12U) & 0x3FU));
    put(0x80 | ((point >> 6U) & 0x3FU));
    put(0x80 | (point & 0x3FU));
  }
}

// A fraction as XGBoost reads it: the float32 nearest to the text.
std::optional<float> parse_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  float value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  // Beyond the range: infinity or zero, as strtof says it.
  if (status == std::errc::result_out_of_range)
    value = std::strtof(std::string(text).c_str(), {});
  else if (status != std::errc())
    return std::nullopt;
  return value;
}

class JsonTokens final : public Tokens {
 public:
  explicit JsonTokens(std::string_view text) : text_(text) {}

  std::size_t offset() const override { return at_; }

  Result<TokenKind> peek() override {
    skip_blanks();
    switch (current()) {
      case '{':
        return TokenKind::object;
      case '[':
        return TokenKind::array;
      case '"':
        return TokenKind::string;
      case 't':
      case 'f':
        return TokenKind::boolean;
      case 'n':
        return TokenKind::null;
      default:
        break;
    }
    const char c = current();
    if (is_number_character(c) || c == 'N' || c == 'I') return TokenKind::number;
    if (at_ >= text_.size()) return error("the file ends within a value");
    return error("no JSON value begins here");
  }

  Result<void> enter(TokenKind container) override {
    TRY_ASSIGN(const TokenKind kind, peek());
    if (kind != container) {
      return error(fmt::format("{} where {} belongs", name_of(kind), name_of(container)));
    }
    if (open_.size() >= depth_max) return error("nested too deeply for a model");
    open_.push_back({kind == TokenKind::object ? '}' : ']', true});
    ++at_;
    return {};
  }

  Result<bool> more() override {
    skip_blanks();
    Open& innermost = open_.back();
    if (current() == innermost.close) {
      ++at_;
      open_.pop_back();
      return false;
    }
    if (innermost.first) {
      innermost.first = false;
      return true;
    }
    TRY(expect(","));
    return true;
  }

  Result<std::string> key() override {
    TRY_ASSIGN(std::string name, string());
    skip_blanks();
    TRY(expect(":"));
    return name;
  }

  Result<std::string> string() override {
    skip_blanks();
    TRY(expect("\""));
    std::string value;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return value;
      }
      if (c == '\\') {
        TRY(escaped(value));
      } else {
        value += c;
        ++at_;
      }
    }
    return error("the file ends within a string");
  }

  Result<double> number() override {
    TRY_ASSIGN(const TokenKind kind, peek());
    if (kind == TokenKind::boolean) {
      const bool value = current() == 't';
      TRY(expect(value ? "true" : "false"));
      return value ? 1 : 0;
    }
    if (kind != TokenKind::number) {
      return error(fmt::format("{} where a number belongs", name_of(kind)));
    }
    return plain_number();
  }

  Result<void> null() override {
    skip_blanks();
    return expect("null");
  }

 private:
  struct Open {
    char close = '}';
    bool first = true;  // no element was taken yet
  };

  char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  Result<void> expect(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) {
      return error(at_ >= text_.size() ? fmt::format("the file ends where `{}` belongs", word)
                                       : fmt::format("`{}` belongs here", word));
    }
    at_ += word.size();
    return {};
  }

  Result<std::uint32_t> hexadecimal() {
    std::uint32_t value = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() < 4 || status != std::errc() || end != digits.data() + 4) {
      return error("four hexadecimal digits belong here");
    }
    at_ += 4;
    return value;
  }

  Result<void> escaped(std::string& value) {
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    const char c = current();
    if (const auto index = names.find(c); index != names.npos && at_ < text_.size()) {
      value += meanings[index];
      ++at_;
      return {};
    }
    TRY(expect("u"));
    TRY_ASSIGN(std::uint32_t point, hexadecimal());
    if (point >= 0xD800 && point < 0xDC00) {
      TRY(expect("\\u"));
      TRY_ASSIGN(const std::uint32_t low, hexadecimal());
      if (low < 0xDC00 || low > 0xDFFF) return error("half of a character");
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(value, point);
    return {};
  }

  Result<double> plain_number() {
    const std::size_t begin = at_;
    if (current() == 'N') {
      TRY(expect("NaN"));
      return std::numeric_limits<double>::quiet_NaN();
    }
    const bool negative = current() == '-';
    if (current() == 'I' || text_.substr(at_ + 1).starts_with('I')) {
      at_ += current() == 'I' ? 0 : 1;
      TRY(expect("Infinity"));
      const double infinity = std::numeric_limits<double>::infinity();
      return negative ? -infinity : infinity;
    }
    while (is_number_character(current()))
      ++at_;
    const std::string_view token = text_.substr(begin, at_ - begin);
    std::int64_t whole = 0;
    const auto [end, status] = std::from_chars(token.data(), token.data() + token.size(), whole);
    if (status == std::errc() && end == token.data() + token.size() &&
        std::abs(static_cast<double>(whole)) <= integer_limit) {
      return static_cast<double>(whole);
    }
    const auto value = parse_float(token);
    if (!value) {
      at_ = begin;
      return error("this is no number");
    }
    return *value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
};

}  // namespace

std::unique_ptr<Tokens> json_tokens(std::string_view text) {
  return std::make_unique<JsonTokens>(text);
}

}  // namespace gossamer::scoring::forest
