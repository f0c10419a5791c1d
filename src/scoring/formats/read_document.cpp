// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

namespace gossamer::scoring::formats {
namespace {

constexpr int depth_max = 32;
// Values that are not numbers in a list: a model of 100,000 trees has two million.
constexpr std::size_t values_max = 20'000'000;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// A list under construction: numbers as long as all entries are.
class ListBuilder {
 public:
  void add(Node node) {
    if (list_.empty()) {
      if (const auto* number = std::get_if<double>(&node.value)) return numbers_.push_back(*number);
      if (const auto* boolean = std::get_if<bool>(&node.value)) {
        return numbers_.push_back(*boolean ? 1 : 0);
      }
      for (const double number : numbers_)
        list_.emplace_back().value = number;
      numbers_.clear();
    }
    list_.push_back(std::move(node));
  }
  Node finish() && {
    if (list_.empty()) return Node{std::move(numbers_)};
    return Node{std::move(list_)};
  }

 private:
  Node::Numbers numbers_;
  Node::List list_;
};

// What both notations share: the place in the bytes and the limits.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] bool next_is(char c) const { return left() > 0 && bytes_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!bytes_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // As many as there are.
  std::string_view take_bytes(std::size_t count) {
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += taken.size();
    return taken;
  }
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(at_); }
  void skip_spaces() {
    while (left() > 0 && is_space(bytes_[at_]))
      ++at_;
  }
  [[nodiscard]] std::unexpected<Error> fail(std::string_view what) const {
    return invalid_input(
        fmt::format("byte {}: {}", at_, left() == 0 ? "the file ends here" : what));
  }
  Result<void> count_value() {
    if (++values_ > values_max) return fail("there are too many values");
    return {};
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

Result<Node> finish_object(Node::Members members) {
  std::ranges::sort(members, {},
                    [](const auto& member) -> std::string_view { return member.name; });
  const auto twice = std::ranges::adjacent_find(members, {}, &Member::name);
  if (twice != members.end()) return invalid_input(fmt::format("`{}` is there twice", twice->name));
  return Node{std::move(members)};
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view bytes) : in_(bytes) {}

  Result<Node> read() {
    TRY_ASSIGN(Node node, value(0));
    in_.skip_spaces();
    if (in_.left() > 0) return in_.fail("there is something behind the model");
    return node;
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as depth_max at most.
  Result<Node> value(int depth) {
    in_.skip_spaces();
    if (depth > depth_max) return in_.fail("values are nested too deeply");
    if (in_.take('{')) return object(depth);
    if (in_.take('[')) return list(depth);
    if (in_.take('"')) {
      TRY(in_.count_value());
      TRY_ASSIGN(std::string read, text());
      return Node{std::move(read)};
    }
    if (in_.take("true")) return Node{true};
    if (in_.take("false")) return Node{false};
    if (in_.take("null")) return Node{};
    return number();
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> object(int depth) {
    TRY(in_.count_value());
    Node::Members members;
    in_.skip_spaces();
    if (in_.take('}')) return Node{std::move(members)};
    while (true) {
      in_.skip_spaces();
      if (!in_.take('"')) return in_.fail("a name in quotes is expected");
      TRY_ASSIGN(std::string name, text());
      in_.skip_spaces();
      if (!in_.take(':')) return in_.fail("`:` is expected");
      TRY_ASSIGN(Node node, value(depth + 1));
      members.push_back({std::move(name), std::move(node)});
      in_.skip_spaces();
      if (in_.take('}')) return finish_object(std::move(members));
      if (!in_.take(',')) return in_.fail("`,` or `}` is expected");
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> list(int depth) {
    TRY(in_.count_value());
    ListBuilder builder;
    in_.skip_spaces();
    if (in_.take(']')) return std::move(builder).finish();
    while (true) {
      TRY_ASSIGN(Node node, value(depth + 1));
      builder.add(std::move(node));
      in_.skip_spaces();
      if (in_.take(']')) return std::move(builder).finish();
      if (!in_.take(',')) return in_.fail("`,` or `]` is expected");
    }
  }

  // Behind the opening quote. XGBoost knows these escapes alone, and keeps \u as it stands.
  Result<std::string> text() {
    std::string text;
    while (in_.left() > 0) {
      const char c = in_.take_bytes(1).front();
      if (c == '"') return text;
      if (c == '\n' || c == '\r') return in_.fail("a text ends at the end of its line");
      text += c;
      if (c != '\\') continue;
      const std::string_view escaped = in_.take_bytes(1);
      constexpr std::string_view known = "rnt\\\"";
      constexpr std::string_view meant = "\r\n\t\\\"";
      const auto which = escaped.empty() ? std::string_view::npos : known.find(escaped.front());
      if (which != std::string_view::npos) {
        text.back() = meant[which];
      } else if (escaped == "u") {
        text += 'u';
      } else {
        return in_.fail("the escape is unknown");
      }
    }
    return in_.fail("a text has no end");
  }

  Result<Node> number() {
    const double sign = in_.take('-') ? -1 : 1;
    if (in_.take("NaN")) return Node{std::numeric_limits<double>::quiet_NaN()};
    if (in_.take("Infinity")) return Node{sign * std::numeric_limits<double>::infinity()};
    const std::string_view rest = in_.rest();
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
      return in_.fail("no value begins so");
    }
    // XGBoost reads a fraction as the float32 nearest to its text.
    const std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789.eE+-"));
    const bool is_fraction = digits.find_first_of(".eE") != std::string_view::npos;
    TRY_ASSIGN(const double number, is_fraction ? parse<float>(digits) : parse<double>(digits));
    return Node{sign * number};
  }

  template <class T>
  Result<double> parse(std::string_view digits) {
    T number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc()) return in_.fail("the number is out of range");
    in_.take_bytes(static_cast<std::size_t>(end - digits.data()));
    return static_cast<double>(number);
  }

  Reader in_;
};

template <class T>
double from_big_endian(std::string_view bytes) {
  std::array<char, sizeof(T)> raw{};
  std::ranges::copy(bytes, raw.rbegin());
  return static_cast<double>(std::bit_cast<T>(raw));
}

struct NumberType {
  char mark = 0;
  std::size_t bytes = 0;
  double (*read)(std::string_view) = nullptr;
};
constexpr auto number_types = std::to_array<NumberType>({{'d', 4, from_big_endian<float>},
                                                         {'D', 8, from_big_endian<double>},
                                                         {'i', 1, from_big_endian<std::int8_t>},
                                                         {'U', 1, from_big_endian<std::uint8_t>},
                                                         {'I', 2, from_big_endian<std::int16_t>},
                                                         {'l', 4, from_big_endian<std::int32_t>},
                                                         {'L', 8, from_big_endian<std::int64_t>},
                                                         {'C', 1, from_big_endian<std::int8_t>}});

class UbjsonReader {
 public:
  explicit UbjsonReader(std::string_view bytes) : in_(bytes) {}

  Result<Node> read() {
    TRY_ASSIGN(Node node, value(0));
    if (in_.left() > 0) return in_.fail("there is something behind the model");
    return node;
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as depth_max at most.
  Result<Node> value(int depth) {
    if (depth > depth_max) return in_.fail("values are nested too deeply");
    if (in_.take('{')) return object(depth);
    if (in_.take('[')) return list(depth);
    if (in_.take('T')) return Node{true};
    if (in_.take('F')) return Node{false};
    if (in_.left() > 0) {
      const auto type = std::ranges::find(number_types, in_.rest().front(), &NumberType::mark);
      if (type != number_types.end()) return number(*type);
    }
    TRY(in_.count_value());
    if (in_.take('Z')) return Node{};
    if (!in_.take('S')) return in_.fail("no value begins so");
    TRY_ASSIGN(std::string read, text());
    return Node{std::move(read)};
  }

  Result<Node> number(const NumberType& type) {
    in_.take_bytes(1);
    if (in_.left() < type.bytes) return in_.fail("a number is cut off");
    return Node{type.read(in_.take_bytes(type.bytes))};
  }

  // A length, in units of so many bytes of which there are enough.
  Result<std::size_t> length(std::size_t unit) {
    if (!in_.take('L')) return in_.fail("a length is expected");
    if (in_.left() < sizeof(std::int64_t)) return in_.fail("a length is cut off");
    const double claimed = from_big_endian<std::int64_t>(in_.take_bytes(sizeof(std::int64_t)));
    const std::size_t most = in_.left() / unit;
    if (!(claimed >= 0 && claimed <= static_cast<double>(most))) {
      return in_.fail(fmt::format("a length of {} is more than the file holds", claimed));
    }
    return static_cast<std::size_t>(claimed);
  }

  Result<std::string> text() {
    TRY_ASSIGN(const std::size_t size, length(1));
    return std::string(in_.take_bytes(size));
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> object(int depth) {
    TRY(in_.count_value());
    Node::Members members;
    while (!in_.take('}')) {
      TRY_ASSIGN(std::string name, text());
      TRY_ASSIGN(Node node, value(depth + 1));
      members.push_back({std::move(name), std::move(node)});
    }
    return finish_object(std::move(members));
  }

  Result<Node> typed_list() {
    const std::string_view mark = in_.take_bytes(1);
    const auto type = mark.empty()
                          ? number_types.end()
                          : std::ranges::find(number_types, mark.front(), &NumberType::mark);
    if (type == number_types.end()) return in_.fail("a list has no known type");
    if (!in_.take('#')) return in_.fail("a list of a type needs a length");
    TRY_ASSIGN(const std::size_t size, length(type->bytes));
    Node::Numbers numbers(size);
    for (double& number : numbers)
      number = type->read(in_.take_bytes(type->bytes));
    return Node{std::move(numbers)};
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> list(int depth) {
    TRY(in_.count_value());
    if (in_.take('$')) return typed_list();
    ListBuilder builder;
    if (in_.take('#')) {
      TRY_ASSIGN(const std::size_t size, length(1));
      for (std::size_t i = 0; i < size; ++i) {
        TRY_ASSIGN(Node node, value(depth + 1));
        builder.add(std::move(node));
      }
      return std::move(builder).finish();
    }
    while (!in_.take(']')) {
      TRY_ASSIGN(Node node, value(depth + 1));
      builder.add(std::move(node));
    }
    return std::move(builder).finish();
  }

  Reader in_;
};

}  // namespace

Result<Node> read_document(std::string_view bytes) {
  if (!bytes.starts_with('{')) return invalid_input("byte 0: a model begins with `{`");
  Reader behind(bytes.substr(1));
  behind.skip_spaces();
  if (behind.next_is('"')) return JsonReader(bytes).read();
  return UbjsonReader(bytes).read();
}

}  // namespace gossamer::scoring::formats
