// SPDX-License-Identifier: Apache-2.0
#include "pipeline/scalars.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "pipeline/reference.hpp"

namespace gossamer::pipeline::schema {
namespace {

bool has_blank(std::string_view text) { return text.find_first_of(" \t\n") != text.npos; }

std::string range_of(const std::string& least, const std::string& most) {
  if (least.empty() && most.empty()) return "";
  if (most.empty()) return fmt::format(" of at least {}", least);
  if (least.empty()) return fmt::format(" of at most {}", most);
  return fmt::format(" from {} to {}", least, most);
}

std::optional<Json> scalar_json(const YamlNode& node, Problems& problems) {
  if (!node.is_scalar() || node.kind == YamlNode::Kind::null || node.looks_like_time) {
    problems.mismatch(node, "a text, number or boolean");
    return std::nullopt;
  }
  Result<Json> json = to_json(node);
  if (json) return std::move(*json);
  problems.error(node, json.error().message);
  return std::nullopt;
}

}  // namespace

Type<std::string> text(const std::string& what) {
  auto read = [what](const YamlNode& node, Problems& problems) -> std::optional<std::string> {
    if (node.kind == YamlNode::Kind::string && !node.text.empty() && !node.looks_like_time) {
      return node.text;
    }
    const bool quotes_help = node.is_scalar() && node.kind != YamlNode::Kind::null &&
                             node.kind != YamlNode::Kind::string;
    problems.mismatch(node, quotes_help ? what + " (in quotes)" : what);
    return std::nullopt;
  };
  return {Json{{"type", "string"}, {"minLength", 1}}, std::move(read)};
}

Type<Text> text_with_references(const std::string& what) {
  auto read = [what](const YamlNode& node, Problems& problems) -> std::optional<Text> {
    if (!node.is_scalar() || node.kind == YamlNode::Kind::null || node.looks_like_time) {
      problems.mismatch(node, what);
      return std::nullopt;
    }
    Result<Text> parsed = parse_text(node.text, node.position());
    if (parsed) return std::move(*parsed);
    problems.error(node, parsed.error().message);
    return std::nullopt;
  };
  Json schema{{"type", {"string", "number", "boolean"}}, {"pattern", reference_text_pattern()}};
  return {std::move(schema), std::move(read)};
}

Type<bool> boolean() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<bool> {
    if (node.kind == YamlNode::Kind::boolean) return node.boolean;
    problems.mismatch(node, "true or false");
    return std::nullopt;
  };
  return {Json{{"type", "boolean"}}, std::move(read)};
}

Type<std::int64_t> whole_number(std::int64_t least, std::int64_t most) {
  Json schema{{"type", "integer"}};
  std::string low;
  std::string high;
  if (least != std::numeric_limits<std::int64_t>::min()) {
    schema["minimum"] = least;
    low = std::to_string(least);
  }
  if (most != std::numeric_limits<std::int64_t>::max()) {
    schema["maximum"] = most;
    high = std::to_string(most);
  }
  auto read = [least, most, what = "a whole number" + range_of(low, high)](
                  const YamlNode& node, Problems& problems) -> std::optional<std::int64_t> {
    if (node.kind == YamlNode::Kind::integer && node.integer >= least && node.integer <= most) {
      return node.integer;
    }
    problems.mismatch(node, what);
    return std::nullopt;
  };
  return {std::move(schema), std::move(read)};
}

Type<int> small_number(int least, int most) {
  return refined<int>(whole_number(least, most),
                      [](std::int64_t value, const YamlNode&, Problems&) -> std::optional<int> {
                        return static_cast<int>(value);
                      });
}

Type<double> number(Bounds bounds) {
  Json schema{{"type", "number"}};
  std::string low;
  std::string high;
  if (std::isfinite(bounds.least)) {
    schema["minimum"] = bounds.least;
    low = shortest(bounds.least);
  }
  if (std::isfinite(bounds.most)) {
    schema["maximum"] = bounds.most;
    high = shortest(bounds.most);
  }
  auto read = [bounds, what = "a number" + range_of(low, high)](
                  const YamlNode& node, Problems& problems) -> std::optional<double> {
    const bool numeric =
        node.kind == YamlNode::Kind::integer || node.kind == YamlNode::Kind::floating;
    if (numeric && std::isfinite(node.floating) && node.floating >= bounds.least &&
        node.floating <= bounds.most) {
      return node.floating;
    }
    problems.mismatch(node, what);
    return std::nullopt;
  };
  return {std::move(schema), std::move(read)};
}

Type<Duration> duration() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<Duration> {
    constexpr std::string_view what = "a duration such as 30s, 10m, 6h or 2d";
    if (node.kind != YamlNode::Kind::string) {
      problems.mismatch(node, what);
      return std::nullopt;
    }
    const Result<Duration> parsed = parse_duration(node.text);
    if (!parsed || *parsed <= Duration::zero()) {
      problems.mismatch(node, parsed ? "a duration longer than nothing" : what);
      return std::nullopt;
    }
    return *parsed;
  };
  Json schema{{"type", "string"}, {"pattern", "^([0-9]+(\\.[0-9]+)?(ms|us|s|m|h|d|w))+$"}};
  return {std::move(schema), std::move(read)};
}

Type<std::string> date() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<std::string> {
    if (node.kind == YamlNode::Kind::string && parse_date(node.text)) return node.text;
    problems.mismatch(node, "a day that exists, such as 2026-11-22");
    return std::nullopt;
  };
  return {Json{{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}, std::move(read)};
}

Type<std::string> timezone() {
  return refined<std::string>(
      text("a time zone such as Asia/Tokyo"),
      [](std::string zone, const YamlNode& node, Problems& problems) -> std::optional<std::string> {
        const Result<Zone> found_zone = Zone::find(zone);
        if (found_zone) return zone;
        problems.error(node, found_zone.error().message);
        return std::nullopt;
      });
}

Type<Json> scalar() { return {Json{{"type", {"string", "number", "boolean"}}}, scalar_json}; }

Type<Json> anything() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<Json> {
    if (node.kind == YamlNode::Kind::null) {
      problems.mismatch(node, "a value");
      return std::nullopt;
    }
    Result<Json> json = to_json(node);
    if (json) return std::move(*json);
    problems.error(node, json.error().message);
    return std::nullopt;
  };
  return {Json{{"not", {{"type", "null"}}}}, std::move(read)};
}

Type<Value> or_reference(Type<Json> value) {
  Type<Text> text = text_with_references();
  Json reference{{"type", "string"}, {"pattern", "\\$\\{"}};
  Json schema{
      {"anyOf", {std::move(value.schema), {{"allOf", {std::move(reference), text.schema}}}}}};
  auto read = [plain = std::move(value.read), text = std::move(text.read)](
                  const YamlNode& node, Problems& problems) -> std::optional<Value> {
    if (node.kind == YamlNode::Kind::string && node.text.find("${") != std::string::npos) {
      std::optional<Text> parsed = text(node, problems);
      if (!parsed) return std::nullopt;
      if (parsed->is_literal()) return Value(Json(parsed->literal()));
      return Value(std::move(*parsed));
    }
    std::optional<Json> json = plain(node, problems);
    if (!json) return std::nullopt;
    return Value(std::move(*json));
  };
  return {std::move(schema), std::move(read)};
}

Type<Json> any_mapping() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<Json> {
    if (node.kind != YamlNode::Kind::mapping) {
      problems.mismatch(node, "a mapping");
      return std::nullopt;
    }
    Result<Json> json = to_json(node);
    if (json) return std::move(*json);
    problems.error(node, json.error().message);
    return std::nullopt;
  };
  return {Json{{"type", "object"}}, std::move(read)};
}

namespace {

// An address may hold secrets, and nothing that only a run knows.
std::optional<Json> webhook_address(const Text& text, const YamlNode& node, Problems& problems) {
  Json pieces = Json::array();
  for (const auto& piece : text.pieces) {
    const auto* reference = std::get_if<Reference>(&piece);
    if (reference == nullptr) {
      pieces.push_back(std::get<std::string>(piece));
    } else if (reference->scope == Scope::secrets) {
      pieces.push_back(Json{{"secret", join(reference->path, ".")}});
    } else {
      problems.error(node, fmt::format("{}: an address can name secrets only, such as "
                                       "`${{secrets.hook}}`",
                                       to_string(*reference)));
      return std::nullopt;
    }
  }
  if (!pieces.empty() && !pieces.front().is_string()) return Json{{"pieces", std::move(pieces)}};
  const auto start = pieces.empty() ? std::string() : pieces.front().get<std::string>();
  const bool is_address = start.starts_with("https://") || start.starts_with("http://");
  const bool ends_there = pieces.size() < 2 && start.ends_with("://");
  if (!is_address || ends_there) {
    problems.error(node, fmt::format("expected an address such as `https://host/path`, found `{}`",
                                     abbreviated(start, 80)));
    return std::nullopt;
  }
  if (pieces.size() == 1) return pieces.front();
  return Json{{"pieces", std::move(pieces)}};
}

}  // namespace

Type<Json> channel() {
  struct Channel {
    Json targets = Json::object();
  };
  NameRule rule{"a Slack channel or user", "^[#@]?[A-Za-z0-9._-]+$",
                "`\"#channel\"` or `\"@user\"`, in quotes", [](std::string_view text) {
                  if (text.starts_with('#') || text.starts_with('@')) text.remove_prefix(1);
                  return person_name("").accepts(text);
                }};
  Type<Json> webhook = refined<Json>(text_with_references("an address"), webhook_address);
  webhook.schema = {{"type", "string"}, {"pattern", R"(^(https?://.|\$\{secrets\.))"}};
  Type<Json> type = refined<Json>(
      object<Channel>(
          "a channel",
          {field_by<Channel>(Presence::optional, "slack", name(std::move(rule)),
                             "A Slack channel or user.",
                             [](Channel& into, std::string value, const YamlNode&) {
                               into.targets["slack"] = std::move(value);
                             }),
           field_by<Channel>(Presence::optional, "webhook", std::move(webhook),
                             "An address that gets each message as a CloudEvent, by POST.",
                             [](Channel& into, Json value, const YamlNode&) {
                               into.targets["webhook"] = std::move(value);
                             })}),
      [](Channel value, const YamlNode& node, Problems& problems) -> std::optional<Json> {
        if (node.entries.empty()) {
          problems.error(node, "a channel is `slack`, `webhook` or both");
          return std::nullopt;
        }
        return std::move(value.targets);
      });
  type.schema["minProperties"] = 1;
  return type;
}

bool is_relative_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\\') != path.npos) return false;
  return std::ranges::none_of(split(path, '/'), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

Type<std::string> relative_path(const std::string& what, const std::string& suffix) {
  auto read = [what, suffix, as_text = text(what).read](
                  const YamlNode& node, Problems& problems) -> std::optional<std::string> {
    std::optional<std::string> path = as_text(node, problems);
    if (!path) return std::nullopt;
    if (!is_relative_path(*path)) {
      problems.error(node, fmt::format("`{}` must be a path below the workspace, without `..`",
                                       abbreviated(*path, 80)));
      return std::nullopt;
    }
    if (!path->ends_with(suffix)) {
      problems.error(node, fmt::format("expected {}, whose name ends in `{}`, found `{}`", what,
                                       suffix, abbreviated(*path, 80)));
      return std::nullopt;
    }
    return path;
  };
  std::string pattern = R"(^(?!/)(?!(.*/)?\.{0,2}(/|$))[^\\]*)";
  for (const char c : suffix)
    pattern += c == '.' ? std::string("\\.") : std::string(1, c);
  return {Json{{"type", "string"}, {"minLength", 1}, {"pattern", pattern + "$"}}, std::move(read)};
}

Type<Query> query() {
  auto read = [as_text = text("a file below the workspace such as `sql/x.sql`, or a query").read,
               as_path = relative_path("a file", ".sql").read](
                  const YamlNode& node, Problems& problems) -> std::optional<Query> {
    std::optional<std::string> value = as_text(node, problems);
    if (!value) return std::nullopt;
    Query query;
    query.position = node.position();
    if (has_blank(std::string(trimmed(*value)))) {
      query.text = std::move(*value);
      return query;
    }
    std::optional<std::string> path = as_path(node, problems);
    if (!path) return std::nullopt;
    query.file = std::move(*path);
    return query;
  };
  Json file = relative_path("a file", ".sql").schema;
  Json schema{{"anyOf", {std::move(file), {{"type", "string"}, {"pattern", "\\S\\s+\\S"}}}}};
  return {std::move(schema), std::move(read)};
}

}  // namespace gossamer::pipeline::schema
