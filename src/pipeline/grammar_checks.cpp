// SPDX-License-Identifier: Apache-2.0
// The checks that a step may declare, as the warehouse carries them out.
#include "pipeline/grammar.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline::schema {
namespace {

Type<Severity> severity() {
  return choice<Severity>({{"error", Severity::error}, {"warn", Severity::warn}});
}

// Arguments in the form that is stored, with the severity that may stand among them.
struct Arguments {
  Json json = Json::object();
  std::optional<Severity> severity;
};

template <class V>
Field<Arguments> argument(Presence presence, const std::string& key, Type<V> type,
                          const std::string& description) {
  return field_by<Arguments>(
      presence, key, std::move(type), description,
      [key](Arguments& into, V value, const YamlNode&) { into.json[key] = std::move(value); });
}

Field<Arguments> severity_argument() {
  return optional("severity", &Arguments::severity, severity(), "`warn` reports and goes on.");
}

// Bounds of a single figure; at least one must be there.
std::vector<Field<Arguments>> bound_fields(Type<double> figure) {
  std::vector<Field<Arguments>> fields;
  for (const char* key : {"equals", "at_least", "at_most"}) {
    fields.push_back(argument(Presence::optional, key, figure, ""));
  }
  fields.push_back(severity_argument());
  return fields;
}

Type<Arguments> bounded(const std::string& what, std::vector<Field<Arguments>> fields) {
  Type<Arguments> type = object<Arguments>(what, std::move(fields));
  Json any = Json::array();
  for (const char* key : {"equals", "at_least", "at_most"})
    any.push_back({{"required", {key}}});
  type.schema["anyOf"] = std::move(any);
  return refined<Arguments>(std::move(type),
                            [](Arguments arguments, const YamlNode& node,
                               Problems& problems) -> std::optional<Arguments> {
                              for (const char* key : {"equals", "at_least", "at_most"}) {
                                if (node.find(key) != nullptr) return arguments;
                              }
                              // A misspelt bound has been reported already.
                              if (has_unknown_key(node, {"sql", "severity"})) return arguments;
                              problems.error(node, "give `equals`, `at_least` or `at_most`");
                              return arguments;
                            });
}

template <class V>
Type<Arguments> plain(Type<V> type) {
  return refined<Arguments>(std::move(type),
                            [](V value, const YamlNode&, Problems&) -> std::optional<Arguments> {
                              return Arguments{Json(std::move(value)), std::nullopt};
                            });
}

Type<Arguments> columns() {
  return plain(one_or_many("a column or a list of columns", name(column_name())));
}

// `[0, 1]`, `[0, null]`: both ends belong to the range, null leaves one open.
Type<Json> ends() {
  auto read = [](const YamlNode& node, Problems& problems) -> std::optional<Json> {
    const bool two = node.kind == YamlNode::Kind::sequence && node.items.size() == 2;
    if (!two) {
      problems.mismatch(node, "the least and the largest value, such as [0, 1]");
      return std::nullopt;
    }
    Json values = Json::array();
    for (const YamlNode& item : node.items) {
      if (item.kind == YamlNode::Kind::null) {
        values.push_back(nullptr);
        continue;
      }
      std::optional<Json> value = scalar().read(item, problems);
      if (!value) return std::nullopt;
      values.push_back(std::move(*value));
    }
    const bool both = !values[0].is_null() && !values[1].is_null();
    if (values[0].is_null() && values[1].is_null()) {
      problems.error(node, "one end at least must be there");
    } else if (both && values[0].is_string() != values[1].is_string()) {
      problems.error(node, "both ends must be numbers or both texts");
    } else if (both && values[1] < values[0]) {
      problems.error(node, "the range begins after its end");
    }
    return values;
  };
  Json end{{"type", {"number", "string", "null"}}};
  Json schema{{"type", "array"}, {"items", std::move(end)}, {"minItems", 2}, {"maxItems", 2}};
  return {std::move(schema), std::move(read)};
}

template <class V>
Type<Arguments> by_column(const std::string& what, Type<V> value) {
  Type<std::map<std::string, V>> type = map_of(what, column_name(), std::move(value));
  type.schema["minProperties"] = 1;
  return plain(std::move(type));
}

Type<Arguments> freshness() {
  Type<std::int64_t> within = refined<std::int64_t>(
      duration(), [](Duration value, const YamlNode&, Problems&) -> std::optional<std::int64_t> {
        return value.count();
      });
  return object<Arguments>(
      "a freshness check",
      {argument(Presence::required, "column", name(column_name()), "A column of times."),
       field_by<Arguments>(Presence::required, "within", std::move(within),
                           "How old its newest time may be at the slice's end.",
                           [](Arguments& into, std::int64_t value, const YamlNode&) {
                             into.json["within_us"] = value;
                           }),
       severity_argument()});
}

Type<Arguments> foreign_key() {
  return object<Arguments>(
      "a foreign key check",
      {argument(Presence::required, "column", name(column_name()), "The column that refers."),
       argument(Presence::required, "table", name(table_name()), "The table it refers to."),
       argument(Presence::required, "references", name(column_name()), "The column there."),
       severity_argument()});
}

Type<Arguments> query_check() {
  std::vector<Field<Arguments>> fields = bound_fields(number());
  fields.insert(fields.begin(),
                argument(Presence::required, "sql", text("a query that returns one figure"),
                         "A query that returns one figure; the rows are called `output`."));
  return bounded("a query check", std::move(fields));
}

struct CheckKind {
  std::string name;
  Type<Arguments> arguments;
  std::string description;
};

std::vector<CheckKind> kinds() {
  return {
      {"row_count", bounded("a row count check", bound_fields(number({.least = 0}))),
       "How many rows there are."},
      {"not_null", columns(), "Columns without a missing value."},
      {"unique", columns(), "Columns that together name a row."},
      {"range", by_column("a mapping from columns to [least, largest]", ends()),
       "The least and the largest value of columns; null leaves an end open."},
      {"accepted_values",
       by_column("a mapping from columns to lists",
                 list_of("a list of values", scalar(), {.least = 1})),
       "The only values that columns may have."},
      {"matches",
       by_column("a mapping from columns to regular expressions", text("a regular expression")),
       "Regular expressions that whole values of columns match."},
      {"freshness", freshness(), "How old the newest row may be."},
      {"foreign_key", foreign_key(), "Values that another table knows."},
      {"query", query_check(), "Any figure of the rows, by a query."},
  };
}

struct CheckDraft {
  std::vector<Check> checks;
  std::optional<Severity> severity;
};

}  // namespace

Type<std::vector<Check>> checks() {
  std::vector<Field<CheckDraft>> fields;
  Json one = Json::array();
  std::string known;
  for (auto& [kind, type, description] : kinds()) {
    one.push_back({{"required", {kind}}});
    known += (known.empty() ? "" : ", ") + kind;
    fields.push_back(field_by<CheckDraft>(
        Presence::optional, kind, std::move(type), description,
        [which = kind](CheckDraft& into, Arguments value, const YamlNode& node) {
          Check check{which, std::move(value.json), Severity::error, node.position()};
          if (value.severity) check.severity = *value.severity;
          into.checks.push_back(std::move(check));
        }));
  }
  fields.push_back(
      optional("severity", &CheckDraft::severity, severity(), "`warn` reports and goes on."));
  Type<CheckDraft> type = object<CheckDraft>("a check", std::move(fields));
  type.schema["oneOf"] = std::move(one);
  Type<Check> single = refined<Check>(
      std::move(type),
      [known](CheckDraft draft, const YamlNode& node, Problems& problems) -> std::optional<Check> {
        const std::size_t severities = node.find("severity") == nullptr ? 0 : 1;
        if (node.entries.size() == severities) {
          problems.error(node, fmt::format("the check says nothing; give one of {}", known));
        } else if (node.entries.size() > severities + 1) {
          problems.error(node, "one item of the list is one check; begin each with `- `");
        }
        if (draft.checks.size() != 1) return std::nullopt;
        Check check = std::move(draft.checks.front());
        if (draft.severity) check.severity = *draft.severity;
        return check;
      });
  return list_of("a list of checks", std::move(single));
}

}  // namespace gossamer::pipeline::schema
