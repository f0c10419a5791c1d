// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/text.hpp"
#include "pipeline/grammar.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline::schema {
namespace {

constexpr std::array<std::string_view, 33> simple_types{
    "BOOLEAN",     "TINYINT",   "SMALLINT",  "INTEGER",     "BIGINT",       "HUGEINT",
    "UTINYINT",    "USMALLINT", "UINTEGER",  "UBIGINT",     "UHUGEINT",     "FLOAT",
    "DOUBLE",      "DECIMAL",   "VARCHAR",   "TEXT",        "STRING",       "BLOB",
    "DATE",        "TIME",      "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS",
    "TIMESTAMPTZ", "INTERVAL",  "UUID",      "JSON",        "BIT",          "INT",
    "REAL",        "BOOL",      "NUMERIC"};

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// DuckDB's name of a type, in capitals. Arguments and elements are left to DuckDB.
Type<std::string> column_type() {
  return refined<std::string>(
      text("a type such as DOUBLE or VARCHAR"),
      [](std::string type, const YamlNode& node, Problems& problems) -> std::optional<std::string> {
        std::string upper = upper_case(type);
        if (upper == "TIMESTAMP WITH TIME ZONE") return "TIMESTAMPTZ";
        std::string_view stem = upper;
        while (stem.ends_with("[]"))
          stem.remove_suffix(2);
        stem = trimmed(stem.substr(0, stem.find('(')));
        std::vector<std::string> known(simple_types.begin(), simple_types.end());
        known.insert(known.end(), {"STRUCT", "MAP", "ENUM", "UNION"});
        if (std::ranges::find(known, stem) != known.end()) return upper;
        problems.error(node, fmt::format("`{}` is no type of DuckDB{}", abbreviated(type, 40),
                                         did_you_mean(stem, known)));
        return std::nullopt;
      });
}

Type<std::vector<TableColumn>> columns() {
  Type<TableColumn> full = object<TableColumn>(
      "a column",
      {optional("type", &TableColumn::type, column_type(), "DuckDB's name of its type."),
       optional("private", &TableColumn::is_private, boolean(),
                "Its values are masked in evidence and samples.")});
  Type<TableColumn> type_only = refined<TableColumn>(
      column_type(),
      [](std::string type, const YamlNode&, Problems&) -> std::optional<TableColumn> {
        TableColumn column;
        column.type = std::move(type);
        return column;
      });
  Type<TableColumn> column =
      by_shape<TableColumn>({"a type, or `{ type: VARCHAR, private: true }`", std::move(type_only),
                             std::nullopt, std::move(full)});
  return map_into<std::vector<TableColumn>>(
      "a mapping of columns", column_name(), std::move(column),
      [](std::vector<TableColumn>& into, const YamlEntry& entry, TableColumn value) {
        value.name = entry.key.text;
        into.push_back(std::move(value));
      });
}

struct Keep {
  std::optional<int> versions;
  std::optional<Duration> duration;
};

Type<Keep> keep() {
  Type<Keep> mapping = object<Keep>(
      "a mapping with `versions` and `for`",
      {optional("versions", &Keep::versions, small_number(1, 100'000),
                "How many former contents of a partition are kept."),
       optional("for", &Keep::duration, duration(), "How long they are kept at least.")});
  Type<Keep> scalar = {Json{{"anyOf", {{{"type", "integer"}, {"minimum", 1}}, duration().schema}}},
                       [](const YamlNode& node, Problems& problems) -> std::optional<Keep> {
                         if (node.kind == YamlNode::Kind::integer) {
                           const auto versions = small_number(1, 100'000).read(node, problems);
                           return versions ? std::optional(Keep{versions, std::nullopt})
                                           : std::nullopt;
                         }
                         const auto length = duration().read(node, problems);
                         return length ? std::optional(Keep{std::nullopt, length}) : std::nullopt;
                       }};
  return by_shape<Keep>({"a number of versions, a duration, or both as a mapping",
                         std::move(scalar), std::nullopt, std::move(mapping)});
}

template <class M>
Field<TableDraft> part(Presence presence, const std::string& key, M Table::* member, Type<M> type,
                       const std::string& description) {
  return field_by<TableDraft>(presence, key, std::move(type), description,
                              [member](TableDraft& into, M value, const YamlNode&) {
                                into.table.*member = std::move(value);
                              });
}

std::vector<Field<TableDraft>> table_fields() {
  constexpr Presence may = Presence::optional;
  NameRule reader = person_name("a user or group");
  reader.pattern = "^(group:)?[A-Za-z0-9._@+-]+$";
  reader.hint = "a user's name or `group:` and a group's";
  reader.accepts = [](std::string_view name) {
    if (name.starts_with("group:")) name.remove_prefix(6);
    return person_name("").accepts(name);
  };
  return {
      part(Presence::required, "table", &Table::name, name(table_name()), "Its name."),
      part(may, "partition_by", &Table::partition_by,
           one_or_many("a key column or a list", name(identifier("a key column"))),
           "Key columns: hour, day, week or month, and categories."),
      part(may, "unique", &Table::unique, one_or_many("a column or a list", name(column_name())),
           "Columns that together name a row of a partition."),
      part(may, "columns", &Table::columns, columns(), "Columns that are known beforehand."),
      field_by<TableDraft>(may, "keep", keep(), "What of former contents is kept.",
                           [](TableDraft& into, Keep value, const YamlNode&) {
                             if (value.versions) into.table.keep_versions = *value.versions;
                             if (value.duration) into.table.keep_for = *value.duration;
                           }),
      part(may, "owner", &Table::owner, text(), "The person or team who answers for it."),
      part(may, "readers", &Table::readers,
           one_or_many("a user, a group or a list", name(std::move(reader))), "Who may read it."),
      part(may, "description", &Table::description, text(), "What a row of it is."),
      part(may, "schema_may_change", &Table::schema_may_change, boolean(),
           "Columns may change their type or go away."),
  };
}

}  // namespace

const Type<TableDraft>& table_grammar() {
  static const Type<TableDraft> grammar = object<TableDraft>("a table", table_fields());
  return grammar;
}

const Type<Calendar>& calendar_grammar() {
  static const Type<Calendar> grammar = object<Calendar>(
      "a calendar",
      {required("calendar", &Calendar::name, name(label("a calendar's name")), "Its name."),
       optional("weekend", &Calendar::weekend,
                list_of("a list of days",
                        choice<std::string>({{"mon", "mon"},
                                             {"tue", "tue"},
                                             {"wed", "wed"},
                                             {"thu", "thu"},
                                             {"fri", "fri"},
                                             {"sat", "sat"},
                                             {"sun", "sun"}}),
                        {.least = 0, .most = 7}),
                "Days of the week without business, [sat, sun] unless said."),
       optional("holidays", &Calendar::holidays, list_of("a list of days", date()),
                "Other days without business."),
       optional("roll", &Calendar::roll,
                choice<std::string>({{"next", "next"}, {"previous", "previous"}, {"skip", "skip"}}),
                "Where a start on such a day moves.")});
  return grammar;
}

}  // namespace gossamer::pipeline::schema
