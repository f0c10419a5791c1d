// SPDX-License-Identifier: Apache-2.0
#include "pipeline/cron.hpp"
#include "pipeline/grammar.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline::schema {
namespace {

Type<std::string> cron_text() {
  return refined<std::string>(
      text("five cron fields, in quotes"),
      [](std::string cron, const YamlNode& node, Problems& problems) -> std::optional<std::string> {
        const Result<Cron> parsed = parse_cron(cron);
        if (parsed) return cron;
        problems.error(node, parsed.error().message);
        return std::nullopt;
      });
}

struct Within {
  Duration within{};
};

Type<CatchUp> catch_up() {
  using Mode = CatchUp::Mode;
  Type<CatchUp> word = refined<CatchUp>(
      choice<Mode>({{"none", Mode::none}, {"last", Mode::last}, {"all", Mode::all}}),
      [](Mode mode, const YamlNode&, Problems&) -> std::optional<CatchUp> {
        return CatchUp{mode, {}};
      });
  Type<CatchUp> within = refined<CatchUp>(
      object<Within>("a mapping with `within`",
                     {required("within", &Within::within, duration(), "How far back.")}),
      [](Within value, const YamlNode&, Problems&) -> std::optional<CatchUp> {
        return CatchUp{Mode::within, value.within};
      });
  return by_shape<CatchUp>({"`none`, `last`, `all` or `{ within: 7d }`", std::move(word),
                            std::nullopt, std::move(within)});
}

struct LastKey {
  int last = 1;
};

Type<PartitionMapping> partition_mapping() {
  Type<PartitionMapping> word = choice<PartitionMapping>(
      {{"same", SamePartition{}}, {"previous", PreviousPartition{}}, {"all", AllPartitions{}}});
  Type<PartitionMapping> last = refined<PartitionMapping>(
      object<LastKey>("a mapping with `last`",
                      {required("last", &LastKey::last, small_number(1, 100'000), "How many.")}),
      [](LastKey value, const YamlNode&, Problems&) -> std::optional<PartitionMapping> {
        return PartitionMapping(LastPartitions{value.last});
      });
  return by_shape<PartitionMapping>({"`same`, `previous`, `all` or `{ last: 30 }`", std::move(word),
                                     std::nullopt, std::move(last)});
}

using Dimension = std::variant<CalendarDimension, CategoryDimension>;

// A first day that no slice begins with would make partitions that nobody expects.
std::optional<std::string> why_no_start(const CalendarDimension& dimension) {
  if (dimension.start.empty()) return std::nullopt;
  const bool hourly = dimension.every == Every::hour;
  const Result<Date> day = parse_date(dimension.start);
  if (!day) {
    if (hourly && parse_local_time(dimension.start)) return std::nullopt;
    return fmt::format("expected a day that exists, such as 2026-11-22{}",
                       hourly ? ", or a time, such as \"2026-11-22T04:00\"" : "");
  }
  if (dimension.every == Every::month && day->day() != std::chrono::day{1}) {
    return "partitions of months start on the first day of a month";
  }
  const std::chrono::weekday weekday{std::chrono::sys_days{*day}};
  if (dimension.every == Every::week && weekday != std::chrono::Monday) {
    const auto back = weekday - std::chrono::Monday;
    return fmt::format("weeks start on Mondays; the one before is {}",
                       format_date(Date{std::chrono::sys_days{*day} - back}));
  }
  return std::nullopt;
}

Type<Dimension> calendar_dimension() {
  Type<CalendarDimension> type = object<CalendarDimension>(
      "partitions of time",
      {required("every", &CalendarDimension::every,
                choice<Every>({{"hour", Every::hour},
                               {"day", Every::day},
                               {"week", Every::week},
                               {"month", Every::month}}),
                "The length of a slice."),
       optional("timezone", &CalendarDimension::timezone, timezone(),
                "The zone whose days these are; the workspace's unless said."),
       required("start", &CalendarDimension::start, text("a day such as 2026-11-22"),
                "The first slice.")});
  return refined<Dimension>(std::move(type),
                            [](CalendarDimension value, const YamlNode& node,
                               Problems& problems) -> std::optional<Dimension> {
                              if (const auto why = why_no_start(value)) {
                                problems.error(*node.find("start"), *why);
                              }
                              return Dimension(std::move(value));
                            });
}

Type<Dimension> category_dimension() {
  Type<CategoryDimension> type = object<CategoryDimension>(
      "partitions by category",
      {required("by", &CategoryDimension::key, name(identifier("a key column")), "The key column."),
       required("values", &CategoryDimension::values,
                list_of("a list of values", text(), {.least = 1, .most = 10'000}), "Its values.")});
  return refined<Dimension>(std::move(type),
                            [](CategoryDimension value, const YamlNode& node,
                               Problems& problems) -> std::optional<Dimension> {
                              std::vector<std::string> sorted = value.values;
                              std::ranges::sort(sorted);
                              const auto twice = std::ranges::adjacent_find(sorted);
                              if (twice != sorted.end()) {
                                problems.error(*node.find("values"),
                                               fmt::format("`{}` is listed twice", *twice));
                              }
                              return Dimension(std::move(value));
                            });
}

Type<Dimension> dimension() {
  Type<Dimension> calendar = calendar_dimension();
  Type<Dimension> category = category_dimension();
  Json schema{{"anyOf", {calendar.schema, category.schema}}};
  auto read = [calendar = std::move(calendar.read), category = std::move(category.read)](
                  const YamlNode& node, Problems& problems) -> std::optional<Dimension> {
    return node.find("by") != nullptr ? category(node, problems) : calendar(node, problems);
  };
  return {std::move(schema), std::move(read)};
}

std::optional<PartitionScheme> scheme_of(std::vector<Dimension> dimensions, const YamlNode& node,
                                         Problems& problems) {
  PartitionScheme scheme;
  std::vector<std::string> keys;
  for (std::size_t index = 0; index < dimensions.size(); ++index) {
    const YamlNode& place = node.items.size() == dimensions.size() ? node.items[index] : node;
    if (auto* calendar = std::get_if<CalendarDimension>(&dimensions[index])) {
      if (index > 0) {
        problems.error(place, scheme.calendar ? "there can be one dimension of time only"
                                              : "the dimension of time comes first");
      }
      keys.emplace_back(name_of(calendar->every));
      scheme.calendar = std::move(*calendar);
      continue;
    }
    auto& category = std::get<CategoryDimension>(dimensions[index]);
    if (std::ranges::find(keys, category.key) != keys.end()) {
      problems.error(place, fmt::format("`{}` is a dimension already", category.key));
    }
    keys.push_back(category.key);
    scheme.categories.push_back(std::move(category));
  }
  return scheme;
}

}  // namespace

Type<PartitionScheme> partition_scheme() {
  Type<PartitionScheme> one = refined<PartitionScheme>(
      dimension(), [](Dimension value, const YamlNode& node, Problems& problems) {
        return scheme_of({std::move(value)}, node, problems);
      });
  Type<PartitionScheme> many = refined<PartitionScheme>(
      list_of("a list of dimensions", dimension(), {.least = 1, .most = 5}),
      [](std::vector<Dimension> values, const YamlNode& node, Problems& problems) {
        return scheme_of(std::move(values), node, problems);
      });
  return by_shape<PartitionScheme>(
      {"a dimension such as `{ every: day, start: 2026-11-22 }`, or a "
       "list of them",
       std::nullopt, std::move(many), std::move(one)});
}

Type<Schedule> schedule() {
  Type<Schedule> type = object<Schedule>(
      "a schedule",
      {optional("cron", &Schedule::cron, cron_text(),
                "minute hour day-of-month month day-of-week, in the pipeline's zone."),
       optional("interval", &Schedule::interval, duration(), "Start again after this long."),
       optional("when_finished", &Schedule::when_finished,
                one_or_many("a pipeline or a list", name(label("a pipeline's name"))),
                "Pipelines whose success starts this one."),
       optional("when_updated", &Schedule::when_updated,
                one_or_many("a table or a list", name(table_name())),
                "Tables whose update starts this one."),
       optional("calendar", &Schedule::calendar, name(label("a calendar's name")),
                "Start on the business days of this calendar only."),
       optional("dst", &Schedule::dst,
                choice<Dst>({{"once", Dst::once}, {"skip", Dst::skip}, {"twice", Dst::twice}}),
                "What happens at a local time that exists twice or never."),
       optional("catch_up", &Schedule::catch_up, catch_up(), "Which missed runs are made up for.")},
      &Schedule::position);
  return refined<Schedule>(
      std::move(type),
      [](Schedule schedule, const YamlNode& node, Problems& problems) -> std::optional<Schedule> {
        const bool timed = node.find("cron") != nullptr || node.find("interval") != nullptr;
        if (node.find("cron") != nullptr && node.find("interval") != nullptr) {
          problems.error(*node.find("interval"), "a schedule has `cron` or `interval`, not both");
        }
        if (!timed && node.find("when_finished") == nullptr &&
            node.find("when_updated") == nullptr) {
          problems.error(node,
                         "a schedule needs `cron`, `interval`, `when_finished` or "
                         "`when_updated`");
        }
        for (const char* key : {"calendar", "dst", "catch_up"}) {
          const YamlNode* alone = node.find(key);
          if (timed || alone == nullptr) continue;
          problems.error(*alone, fmt::format("`{}` belongs to `cron` or `interval`", key));
        }
        return schedule;
      });
}

Type<std::map<std::string, Input>> inputs() {
  Type<Input> type = object<Input>(
      "an input",
      {required("table", &Input::table, name(table_name()), "The table."),
       optional("time_column", &Input::time_column, name(column_name()),
                "The column that the window cuts; without it the input is the whole table."),
       optional("freshness", &Input::freshness, duration(), "How late its data may come."),
       optional("lag", &Input::lag, duration(), "The window's lag for this input alone."),
       optional("rows", &Input::rows,
                choice<InputRows>({{"window", InputRows::window},
                                   {"until_window_end", InputRows::until_window_end},
                                   {"all", InputRows::all}}),
                "Which rows are seen."),
       optional("partition", &Input::partition, partition_mapping(),
                "For a table that a pipeline writes: which of its partitions."),
       optional(
           "late", &Input::late,
           choice<WhenLate>(
               {{"wait", WhenLate::wait}, {"skip", WhenLate::skip}, {"newest", WhenLate::newest}}),
           "At the deadline, if its data has not come: the step still waits, is skipped, or "
           "reads what is there.")},
      &Input::position);
  Type<Input> checked = refined<Input>(
      std::move(type),
      [](Input input, const YamlNode& node, Problems& problems) -> std::optional<Input> {
        if (node.find("time_column") != nullptr) return input;
        const YamlNode* rows = node.find("rows");
        if (rows != nullptr && input.rows != InputRows::all) {
          problems.error(*rows,
                         fmt::format("`rows: {}` needs a `time_column` to cut by", rows->text));
        }
        input.rows = InputRows::all;
        return input;
      });
  return map_into<std::map<std::string, Input>>(
      "a mapping of inputs", identifier("an input's name"), std::move(checked),
      [](std::map<std::string, Input>& into, const YamlEntry& entry, Input input) {
        input.name = entry.key.text;
        input.position = entry.key.position();
        into.insert_or_assign(entry.key.text, std::move(input));
      });
}

namespace {

struct Window {
  std::optional<Duration> lag;
};

// Only for its schema and its reading: kept as declared.
struct Notifications {
  std::map<std::string, Json> channels;
};

Type<Json> notifications() {
  std::vector<Field<Notifications>> fields;
  for (const char* event : {"started", "waiting", "succeeded", "failed", "recovered", "late"}) {
    fields.push_back(
        field_by<Notifications>(Presence::optional, event, channel(), "",
                                [event](Notifications& into, Json value, const YamlNode&) {
                                  into.channels.insert_or_assign(event, std::move(value));
                                }));
  }
  return refined<Json>(object<Notifications>("notifications", std::move(fields)),
                       [](Notifications value, const YamlNode&, Problems&) -> std::optional<Json> {
                         return Json(std::move(value.channels));
                       });
}

// A member of the pipeline inside of the draft.
template <class M>
Field<PipelineDraft> part(Presence presence, const std::string& key, M Pipeline::* member,
                          Type<M> type, const std::string& description) {
  return field_by<PipelineDraft>(presence, key, std::move(type), description,
                                 [member](PipelineDraft& into, M value, const YamlNode&) {
                                   into.pipeline.*member = std::move(value);
                                 });
}

template <class M>
Type<std::optional<M>> perhaps(Type<M> type) {
  return refined<std::optional<M>>(
      std::move(type), [](M value, const YamlNode&, Problems&) -> std::optional<std::optional<M>> {
        return std::optional<M>(std::move(value));
      });
}

std::vector<Field<PipelineDraft>> fields() {
  constexpr Presence may = Presence::optional;
  constexpr Presence must = Presence::required;
  Type<Window> window = object<Window>(
      "a window", {optional("lag", &Window::lag, duration(),
                            "How long before the slice's end the window ends; the largest "
                            "freshness of the inputs unless said.")});
  return {
      part(must, "pipeline", &Pipeline::name, name(label("a pipeline's name")), "Its name."),
      part(may, "description", &Pipeline::description, text(), "What it is for."),
      part(may, "owner", &Pipeline::owner, text(), "The person or team who answers for it."),
      part(may, "partitions", &Pipeline::partitions, partition_scheme(), "What one run is for."),
      part(may, "schedule", &Pipeline::schedule, perhaps(schedule()), "When runs start."),
      field_by<PipelineDraft>(
          may, "window", std::move(window), "Which time a run reads.",
          [](PipelineDraft& into, Window value, const YamlNode&) { into.lag = value.lag; }),
      part(may, "parameters", &Pipeline::parameters, parameters(), "What a run may be given."),
      part(may, "inputs", &Pipeline::inputs, inputs(), "Tables under the names that SQL uses."),
      field_by<PipelineDraft>(must, "steps", steps(), "The steps by name.",
                              [](PipelineDraft& into, Steps value, const YamlNode&) {
                                into.steps = std::move(value.readable);
                                into.unreadable_steps = std::move(value.unreadable);
                              }),
      optional("retries", &PipelineDraft::retries, retries(), "For steps that say nothing else."),
      part(may, "notify", &Pipeline::notify, notifications(), "Who hears of what."),
      part(may, "max_active", &Pipeline::max_active, perhaps(small_number(1, 10'000)),
           "How many runs of different partitions may be active together."),
      part(may, "depends_on_past", &Pipeline::depends_on_past, boolean(),
           "A run waits until the partition before it has succeeded."),
      part(may, "deadline", &Pipeline::deadline, perhaps(duration()),
           "How long after its start a run counts as late."),
  };
}

}  // namespace

const Type<PipelineDraft>& pipeline_grammar() {
  static const Type<PipelineDraft> grammar = object<PipelineDraft>("a pipeline", fields());
  return grammar;
}

}  // namespace gossamer::pipeline::schema
