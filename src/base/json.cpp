// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"

namespace gossamer {
namespace {

Position position_at(std::string_view text, std::size_t offset, std::string_view source_name) {
  Position position{std::string(source_name), 1, 1};
  for (const char c : text.substr(0, std::min(offset, text.size()))) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

// Why the library's own parser gave up, without what stands before: "[json.exception...] parse
// error at line 1, column 2: ".
std::string reason_of(std::string_view what) {
  for (const std::string_view mark : {"syntax error while ", "] "}) {
    const std::size_t at = what.find(mark);
    if (at != std::string_view::npos) return std::string(what.substr(at + mark.size()));
  }
  return std::string(what);
}

// Builds the value from the parser's events, so that the limits hold before memory is spent, and a
// repeated key, which the library would let win silently, is seen.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& /*written*/) override {
    return put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return refuse("JSON has no binary values"); }
  bool start_object(std::size_t /*members*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*items*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Json& object = *open_.back();
    if (object.contains(name)) return refuse("the key `" + name + "` is given twice");
    member_ = &object[name];
    return true;
  }
  bool parse_error(std::size_t offset, const std::string& /*token*/,
                   const nlohmann::json::exception& failure) override {
    offset_ = offset > 0 ? offset - 1 : 0;
    return refuse(reason_of(failure.what()));
  }

  Json root;
  std::string reason;
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  Json* put(Json&& value, std::nullptr_t) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  template <class T>
  bool put(T&& value) {
    put(Json(std::forward<T>(value)), nullptr);
    return true;
  }
  bool open(Json&& empty) {
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) {
      return refuse(fmt::format("it is nested deeper than {} levels", limits_.depth));
    }
    open_.push_back(put(std::move(empty), nullptr));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool refuse(std::string why) {
    reason = std::move(why);
    return false;
  }

  JsonLimits limits_;
  std::vector<Json*> open_;  // a parent is not touched while a child is open, so these stay valid
  Json* member_ = nullptr;
  std::size_t offset_ = 0;
};

// Counts what the parser takes, so that a refusal of the builder has a place too.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(std::string_view text, std::size_t at, std::size_t& furthest)
      : text_(text), at_(at), furthest_(&furthest) {}
  reference operator*() const { return text_[at_]; }
  CountingIterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t* furthest_;
};

Result<void> write(const Json& value, std::string& out, std::string& path);

Result<void> write_string(std::string_view text, std::string& out, std::string_view path) {
  if (!is_utf8(text)) {
    return invalid_input(fmt::format("the text at `{}` is not UTF-8", path));
  }
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
  return {};
}

Result<void> write_double(double number, std::string& out, std::string_view path) {
  if (!std::isfinite(number)) {
    return invalid_input(
        fmt::format("the number at `{}` is not finite, and JSON has no such numbers", path));
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  const std::string_view digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
  return {};
}

Result<void> write_object(const Json& value, std::string& out, std::string& path) {
  out += '{';
  const std::size_t here = path.size();
  bool first = true;
  for (const auto& [key, member] : value.items()) {
    if (!first) out += ',';
    first = false;
    path += (here == 0 ? "" : ".") + key;
    TRY(write_string(key, out, path));
    out += ':';
    TRY(write(member, out, path));
    path.resize(here);
  }
  out += '}';
  return {};
}

Result<void> write_array(const Json& value, std::string& out, std::string& path) {
  out += '[';
  const std::size_t here = path.size();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ',';
    path += fmt::format("[{}]", i);
    TRY(write(value[i], out, path));
    path.resize(here);
  }
  out += ']';
  return {};
}

Result<void> write(const Json& value, std::string& out, std::string& path) {
  switch (value.type()) {
    case Json::value_t::null:
      out += "null";
      return {};
    case Json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return {};
    case Json::value_t::number_integer:
      out += fmt::format("{}", value.get<std::int64_t>());
      return {};
    case Json::value_t::number_unsigned:
      out += fmt::format("{}", value.get<std::uint64_t>());
      return {};
    case Json::value_t::number_float:
      return write_double(value.get<double>(), out, path);
    case Json::value_t::string:
      return write_string(value.get_ref<const std::string&>(), out, path);
    case Json::value_t::object:
      return write_object(value, out, path);
    case Json::value_t::array:
      return write_array(value, out, path);
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return bug(fmt::format("the value at `{}` is none of JSON's", path));
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view source_name,
                        const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return invalid_input(
        fmt::format("not read: {} bytes are over the limit of {}", text.size(), limits.bytes),
        Position{std::string(source_name), 0, 0});
  }
  if (const auto bad = find_not_utf8(text)) {
    return invalid_input("not JSON: this byte is not UTF-8", position_at(text, *bad, source_name));
  }
  Builder builder(limits);
  std::size_t consumed = 0;
  const CountingIterator begin(text, 0, consumed);
  const CountingIterator end(text, text.size(), consumed);
  if (Json::sax_parse(begin, end, &builder)) return std::move(builder.root);
  const std::size_t offset =
      builder.offset() > 0 ? builder.offset() : (consumed > 0 ? consumed - 1 : 0);
  return invalid_input("not JSON: " + builder.reason, position_at(text, offset, source_name));
}

Result<std::string> canonical(const Json& value) {
  std::string out;
  std::string path;
  TRY(write(value, out, path));
  return out;
}

}  // namespace gossamer
