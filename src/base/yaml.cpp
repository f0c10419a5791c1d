// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/yaml_scalar.hpp"

namespace gossamer {
namespace {

// libyaml counts characters, without a byte order mark; the tree counts bytes.
class ByteOffsets {
 public:
  ByteOffsets(std::string_view text, std::size_t mark) : mark_(mark), size_(text.size() - mark) {
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    if (std::ranges::none_of(text, continues)) return;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!continues(text[mark + i])) starts_.push_back(static_cast<std::uint32_t>(i));
    }
  }
  [[nodiscard]] std::size_t of(std::size_t character) const {
    if (starts_.empty()) return mark_ + std::min(character, size_);
    return mark_ + (character < starts_.size() ? starts_[character] : size_);
  }

 private:
  std::size_t mark_;
  std::size_t size_;
  std::vector<std::uint32_t> starts_;  // empty where all is ASCII
};

std::size_t mark_bytes(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

struct Event {
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw); }
  yaml_event_t raw{};
};

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// What to do about libyaml's commonest complaints.
std::string_view advice_for(std::string_view problem, char at) {
  if (problem.find("cannot start any token") != std::string_view::npos) {
    return at == '\t' ? "; a tab cannot indent, use spaces" : "; put the text in quotes";
  }
  if (problem.find("tab character") != std::string_view::npos) return "; use spaces";
  if (problem.find("mapping values are not allowed") != std::string_view::npos) {
    return "; check the indentation, or put a text that contains `: ` in quotes";
  }
  if (problem.find("did not find expected key") != std::string_view::npos) {
    return "; check the indentation of this line and the ones above";
  }
  return "";
}

class Composer {
 public:
  Composer(std::string_view text, std::string_view source_name, const YamlLimits& limits)
      : text_(text),
        offsets_(text, mark_bytes(text)),
        limits_(limits),
        file_(std::make_shared<const std::string>(source_name)) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    text.remove_prefix(mark_bytes(text));
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Composer(const Composer&) = delete;
  Composer& operator=(const Composer&) = delete;
  ~Composer() { yaml_parser_delete(&parser_); }

  // What can be read up to the first error that leaves no way on; that one comes last.
  YamlReading compose() {
    note(compose_documents());
    return std::move(reading_);
  }

 private:
  Result<void> compose_documents() {
    for (;;) {
      Event event;
      TRY(next(event));
      if (event.raw.type == YAML_STREAM_END_EVENT) return {};
      // The start and end of the stream and of documents carry nothing else.
      if (event.raw.type != YAML_DOCUMENT_START_EVENT) continue;
      anchors_.clear();
      Event first;
      TRY(next(first));
      TRY_ASSIGN(auto root, node(first.raw, 0));
      reading_.documents.push_back(std::move(root));
    }
  }

  // A mistake that says nothing about what follows: it is noted, and reading goes on.
  void note(Result<void> result) {
    if (!result) reading_.errors.push_back(std::move(result).error());
  }

  Result<void> next(Event& event) {
    if (yaml_parser_parse(&parser_, &event.raw) != 0) return {};
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const std::string_view problem =
        parser_.problem == nullptr ? "it cannot be read" : parser_.problem;
    if (parser_.error == YAML_READER_ERROR) {
      const auto before = text_.substr(0, std::min(parser_.problem_offset, text_.size()));
      const int line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
      return invalid_input(fmt::format("not YAML: {}", problem), Position{*file_, line, 0});
    }
    const yaml_mark_t& mark = parser_.problem_mark;
    const std::size_t at = offsets_.of(mark.index);
    std::string message = fmt::format("not YAML: {}", problem);
    if (parser_.context != nullptr) {
      message += fmt::format(" {}", parser_.context);
      const auto line = parser_.context_mark.line + 1;
      if (line != mark.line + 1) message += fmt::format(" that began in line {}", line);
    }
    message += advice_for(problem, at < text_.size() ? text_[at] : '\0');
    return invalid_input(std::move(message), position_of(mark));
  }

  [[nodiscard]] Position position_of(const yaml_mark_t& mark) const {
    return Position{*file_, static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
  }

  Result<YamlNode> node(const yaml_event_t& event, int depth) {
    if (event.type == YAML_ALIAS_EVENT) return alias(event);
    const Position place = position_of(event.start_mark);
    if (depth > limits_.depth) {
      return invalid_input(fmt::format("it is nested deeper than {} levels", limits_.depth), place);
    }
    YamlNode made;
    made.file = file_;
    made.line = place.line;
    made.column = place.column;
    made.begin = offsets_.of(event.start_mark.index);
    made.end = offsets_.of(event.end_mark.index);
    std::string_view anchor;
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        anchor = view_of(event.data.scalar.anchor);
        note(refuse_tag(event.data.scalar.tag, place));
        note(scalar(event, made));
        break;
      case YAML_SEQUENCE_START_EVENT:
        anchor = view_of(event.data.sequence_start.anchor);
        note(refuse_tag(event.data.sequence_start.tag, place));
        TRY(sequence(event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, made, depth));
        break;
      case YAML_MAPPING_START_EVENT:
        anchor = view_of(event.data.mapping_start.anchor);
        note(refuse_tag(event.data.mapping_start.tag, place));
        TRY(mapping(event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, made, depth));
        break;
      default:
        return bug("libyaml gave an event where a node must stand");
    }
    TRY(charge(1, made.text.size(), place));
    if (!anchor.empty()) {
      TRY(charge_copy(made, place));
      anchors_.insert_or_assign(std::string(anchor), made);
    }
    return made;
  }

  static Result<void> refuse_tag(const yaml_char_t* tag, const Position& place) {
    if (tag == nullptr) return {};
    return invalid_input(fmt::format("tags such as `{}` are not supported; leave it out, and put "
                                     "what must be a text in quotes",
                                     view_of(tag)),
                         place);
  }

  static Result<void> scalar(const yaml_event_t& event, YamlNode& made) {
    made.text = std::string(reinterpret_cast<const char*>(event.data.scalar.value),
                            event.data.scalar.length);
    made.quoted = event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return resolve_scalar(made);
  }

  // A block ends where its last child does; libyaml says where the next token begins.
  void set_end(YamlNode& made, bool is_flow, const Event& last, std::size_t children_end) const {
    made.end = is_flow ? offsets_.of(last.raw.end_mark.index) : std::max(children_end, made.begin);
  }

  Result<void> sequence(bool is_flow, YamlNode& made, int depth) {
    made.kind = YamlNode::Kind::sequence;
    for (;;) {
      Event event;
      TRY(next(event));
      if (event.raw.type == YAML_SEQUENCE_END_EVENT) {
        set_end(made, is_flow, event, made.items.empty() ? 0 : made.items.back().end);
        return {};
      }
      TRY_ASSIGN(auto item, node(event.raw, depth + 1));
      made.items.push_back(std::move(item));
    }
  }

  Result<void> mapping(bool is_flow, YamlNode& made, int depth) {
    made.kind = YamlNode::Kind::mapping;
    std::unordered_map<std::string, Position> seen;
    for (;;) {
      Event event;
      TRY(next(event));
      if (event.raw.type == YAML_MAPPING_END_EVENT) {
        set_end(made, is_flow, event, made.entries.empty() ? 0 : made.entries.back().value.end);
        return {};
      }
      TRY_ASSIGN(auto key, mapping_key(event.raw, depth));
      const auto [first, is_new] = seen.emplace(key.text, key.position());
      if (!is_new) {
        note(invalid_input(fmt::format("the key `{}` is given twice, first in line {}", key.text,
                                       first->second.line),
                           key.position()));
      }
      Event value_event;
      TRY(next(value_event));
      TRY_ASSIGN(auto value, node(value_event.raw, depth + 1));
      // A value left out stands at the next token, perhaps on another line.
      if (value.kind == YamlNode::Kind::null && value.text.empty()) value.end = value.begin;
      if (is_new) made.entries.push_back({std::move(key), std::move(value)});
    }
  }

  Result<YamlNode> mapping_key(const yaml_event_t& event, int depth) {
    TRY_ASSIGN(auto key, node(event, depth + 1));
    if (!key.is_scalar() || (key.kind == YamlNode::Kind::null && key.text.empty())) {
      return invalid_input(fmt::format("a key must be a text, not {}", name_of(key.kind)),
                           position_of(event.start_mark));
    }
    if (key.text == "<<" && !key.quoted) {
      return invalid_input("merge keys (`<<`) are not supported; write the keys out",
                           key.position());
    }
    key.kind = YamlNode::Kind::string;
    return key;
  }

  Result<YamlNode> alias(const yaml_event_t& event) {
    const std::string name(view_of(event.data.alias.anchor));
    const auto found = anchors_.find(name);
    const Position place = position_of(event.start_mark);
    if (found == anchors_.end()) {
      return invalid_input(
          fmt::format("the alias `*{}` has no anchor `&{}` that ends before it", name, name),
          place);
    }
    TRY(charge_copy(found->second, place));
    return found->second;
  }

  Result<void> charge_copy(const YamlNode& original, const Position& place) {
    TRY(charge(1, original.text.size(), place));
    for (const YamlNode& item : original.items)
      TRY(charge_copy(item, place));
    for (const YamlEntry& entry : original.entries) {
      TRY(charge_copy(entry.key, place));
      TRY(charge_copy(entry.value, place));
    }
    return {};
  }

  // Aliases of aliases grow without end, so what they expand to is counted like what is written.
  Result<void> charge(std::size_t nodes, std::size_t bytes, const Position& place) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > limits_.nodes) {
      return invalid_input(
          fmt::format("it has more than {} values, aliases expanded", limits_.nodes), place);
    }
    if (bytes_ > limits_.bytes * 4) {
      return invalid_input(
          fmt::format("it has more than {} bytes of text, aliases expanded", limits_.bytes * 4),
          place);
    }
    return {};
  }

  std::string_view text_;
  ByteOffsets offsets_;
  YamlLimits limits_;
  std::shared_ptr<const std::string> file_;
  yaml_parser_t parser_{};
  std::map<std::string, YamlNode> anchors_;
  YamlReading reading_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

YamlReading read_yaml_stream(std::string_view text, std::string_view source_name,
                             const YamlLimits& limits) {
  const auto refused = [&](std::string message, std::ptrdiff_t line) {
    const Position place{std::string(source_name), static_cast<int>(line), 0};
    return YamlReading{{}, {invalid_input(std::move(message), place).error()}};
  };
  if (text.size() > limits.bytes) {
    return refused(
        fmt::format("not read: {} bytes are over the limit of {}", text.size(), limits.bytes), 0);
  }
  if (const auto bad = find_not_utf8(text)) {
    return refused("not YAML: this line has a byte that is not UTF-8",
                   std::ranges::count(text.substr(0, *bad), '\n') + 1);
  }
  return Composer(text, source_name, limits).compose();
}

Result<std::vector<YamlNode>> parse_yaml_stream(std::string_view text, std::string_view source_name,
                                                const YamlLimits& limits) {
  YamlReading reading = read_yaml_stream(text, source_name, limits);
  if (!reading.errors.empty()) return std::unexpected(std::move(reading.errors.front()));
  return std::move(reading.documents);
}

Result<YamlNode> parse_yaml(std::string_view text, std::string_view source_name,
                            const YamlLimits& limits) {
  TRY_ASSIGN(auto documents, parse_yaml_stream(text, source_name, limits));
  if (documents.size() > 1) {
    return invalid_input("there must be one document, but a second one begins here",
                         documents[1].position());
  }
  if (!documents.empty()) return std::move(documents.front());
  YamlNode nothing;
  nothing.file = std::make_shared<const std::string>(source_name);
  nothing.line = 1;
  nothing.column = 1;
  return nothing;
}

}  // namespace gossamer
