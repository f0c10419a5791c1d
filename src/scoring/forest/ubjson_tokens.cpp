// SPDX-License-Identifier: Apache-2.0
// UBJSON (ubjson.org, draft 12) as XGBoost writes it: big-endian, lengths as `L`, arrays of numbers
// typed and counted, other arrays counted, objects open.
#include "scoring/forest/tokens.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <optional>

namespace gossamer::scoring::forest {
namespace {

constexpr double integer_limit = 9007199254740992.0;  // 2^53

// Bytes of a number of that type; 0: none.
std::size_t size_of(char type) {
  switch (type) {
    case 'i':
    case 'U':
    case 'C':
      return 1;
    case 'I':
      return 2;
    case 'l':
    case 'd':
      return 4;
    case 'L':
    case 'D':
      return 8;
    default:
      return 0;
  }
}

class UbjsonTokens final : public Tokens {
 public:
  explicit UbjsonTokens(std::string_view bytes) : bytes_(bytes) {}

  std::size_t offset() const override { return at_; }

  Result<TokenKind> peek() override {
    if (inside_typed()) return TokenKind::number;
    if (at_ >= bytes_.size()) return error("the file ends within a value");
    const char marker = bytes_[at_];
    switch (marker) {
      case '{':
        return TokenKind::object;
      case '[':
        return TokenKind::array;
      case 'S':
        return TokenKind::string;
      case 'T':
      case 'F':
        return TokenKind::boolean;
      case 'Z':
        return TokenKind::null;
      default:
        break;
    }
    if (size_of(marker) > 0) return TokenKind::number;
    return error("no UBJSON value begins here");
  }

  Result<void> enter(TokenKind container) override {
    TRY_ASSIGN(const TokenKind kind, peek());
    if (kind != container) {
      return error(fmt::format("{} where {} belongs", name_of(kind), name_of(container)));
    }
    if (open_.size() >= depth_max) return error("nested too deeply for a model");
    ++at_;
    Open inner{kind == TokenKind::object ? '}' : ']', '\0', std::nullopt};
    if (kind == TokenKind::array) {
      if (take('$')) {
        if (at_ >= bytes_.size() || size_of(bytes_[at_]) == 0) {
          return error("an array of numbers has no such type");
        }
        inner.type = bytes_[at_++];
        if (current() != '#') return error("`#` belongs here");
      }
      if (take('#')) {
        TRY_ASSIGN(inner.left, length(inner.type == '\0' ? 1 : size_of(inner.type)));
      }
    }
    open_.push_back(inner);
    return {};
  }

  Result<bool> more() override {
    Open& innermost = open_.back();
    if (innermost.left) {
      if (*innermost.left == 0) {
        open_.pop_back();
        return false;
      }
      --*innermost.left;
      return true;
    }
    if (at_ >= bytes_.size()) return error("the file ends within an object or array");
    if (!take(innermost.close)) return true;
    open_.pop_back();
    return false;
  }

  Result<std::string> key() override { return text(); }

  Result<std::string> string() override {
    if (inside_typed() || !take('S')) return error("a string belongs here");
    return text();
  }

  Result<double> number() override {
    TRY_ASSIGN(const TokenKind kind, peek());
    if (kind == TokenKind::boolean) return bytes_[at_++] == 'T' ? 1 : 0;
    if (kind != TokenKind::number) {
      return error(fmt::format("{} where a number belongs", name_of(kind)));
    }
    const char type = inside_typed() ? open_.back().type : bytes_[at_++];
    return value_of(type);
  }

  Result<void> null() override {
    if (inside_typed() || !take('Z')) return error("null belongs here");
    return {};
  }

 private:
  struct Open {
    char close = '}';
    char type = '\0';  // of an array's elements, where all have one
    std::optional<std::uint64_t> left;
  };

  char current() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }
  bool inside_typed() const { return !open_.empty() && open_.back().type != '\0'; }

  bool take(char marker) {
    if (at_ >= bytes_.size() || bytes_[at_] != marker) return false;
    ++at_;
    return true;
  }

  template <class T>
  Result<T> read() {
    if (bytes_.size() - at_ < sizeof(T)) return error("the file ends within a number");
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bits = (bits << 8U) | static_cast<unsigned char>(bytes_[at_ + i]);
    at_ += sizeof(T);
    if constexpr (std::same_as<T, float>) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } else if constexpr (std::same_as<T, double>) {
      return std::bit_cast<double>(bits);
    } else {
      return static_cast<T>(bits);
    }
  }

  template <class T>
  Result<double> widened() {
    TRY_ASSIGN(const T value, read<T>());
    return static_cast<double>(value);
  }

  Result<double> value_of(char type) {
    switch (type) {
      case 'i':
      case 'C':
        return widened<std::int8_t>();
      case 'U':
        return widened<std::uint8_t>();
      case 'I':
        return widened<std::int16_t>();
      case 'l':
        return widened<std::int32_t>();
      case 'd':
        return widened<float>();
      case 'D':
        return widened<double>();
      default:
        break;
    }
    TRY_ASSIGN(const double value, widened<std::int64_t>());
    if (std::abs(value) > integer_limit) return error("a whole number beyond 2^53");
    return value;
  }

  // A count of things of at least so many bytes each: more than the file can hold is an error, so
  // that nothing is reserved for what is not there.
  Result<std::uint64_t> length(std::size_t bytes_each) {
    if (!take('L')) return error("a length of type `L` belongs here");
    TRY_ASSIGN(const auto count, read<std::int64_t>());
    if (count < 0 || static_cast<std::uint64_t>(count) > (bytes_.size() - at_) / bytes_each) {
      return error(fmt::format("a length of {} goes beyond the end of the file", count));
    }
    return static_cast<std::uint64_t>(count);
  }

  Result<std::string> text() {
    TRY_ASSIGN(const auto size, length(1));
    std::string value(bytes_.substr(at_, size));
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
};

}  // namespace

std::unique_ptr<Tokens> ubjson_tokens(std::string_view bytes) {
  return std::make_unique<UbjsonTokens>(bytes);
}

}  // namespace gossamer::scoring::forest
