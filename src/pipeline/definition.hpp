// SPDX-License-Identifier: Apache-2.0
// pipeline: what a person declares. Owns the path from a workspace's files to a validated,
// immutable Definition. Never touches a database, a clock or a process. Values are immutable after
// loading and may be shared between threads.
#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/text.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gossamer::pipeline {

// --- Partitions, windows, schedules --------------------------------------------------------

enum class Every { hour, day, week, month };
// Also the name of the key column.
std::string_view name_of(Every every);

struct CalendarDimension {
  Every every = Every::day;
  std::string timezone;
  std::string start;  // local date (for an hour: local date and time) of the first slice
};

struct CategoryDimension {
  std::string key;
  std::vector<std::string> values;
};

// In declared order, the calendar dimension first. Empty: the pipeline has the one partition `all`.
struct PartitionScheme {
  std::optional<CalendarDimension> calendar;
  std::vector<CategoryDimension> categories;
};

enum class InputRows { window, until_window_end, all };

// What becomes of a step whose data has not come by its deadline, or by that of its run.
enum class WhenLate { wait, skip, newest };

struct SamePartition {};
struct PreviousPartition {};
struct AllPartitions {};
struct LastPartitions {
  int count = 1;
};
using PartitionMapping =
    std::variant<SamePartition, PreviousPartition, AllPartitions, LastPartitions>;

struct Input {
  std::string name;
  std::string table;
  std::string time_column;  // empty: the whole table
  std::optional<Duration> freshness;
  std::optional<Duration> lag;
  InputRows rows = InputRows::window;
  PartitionMapping partition = SamePartition{};
  WhenLate late = WhenLate::wait;
  Position position;
};

enum class Dst { once, skip, twice };

struct CatchUp {
  enum class Mode { none, last, all, within };
  Mode mode = Mode::none;
  Duration within{};
};

struct Schedule {
  std::string cron;  // five fields; empty when there is none
  std::optional<Duration> interval;
  std::vector<std::string> when_finished;
  std::vector<std::string> when_updated;
  std::string calendar;
  Dst dst = Dst::once;
  CatchUp catch_up;
  Position position;
};

// --- Checks and outputs --------------------------------------------------------------------

enum class Severity { error, warn };

// One declared check, e.g. kind `range`, arguments {"temp":[0,1]}. The kinds are those of the
// warehouse: row_count not_null unique range accepted_values matches freshness foreign_key query.
struct Check {
  std::string kind;
  Json arguments;
  Severity severity = Severity::error;
  Position position;
};

enum class ReleaseMode { automatic, manual };

struct Output {
  std::string table;
  ReleaseMode release = ReleaseMode::automatic;
  Position position;
};

// --- Kinds ---------------------------------------------------------------------------------

enum class StepKind {
  sql,
  command,
  notebook,
  train,
  evaluate,
  predict,
  profile,
  approval,
  trigger,
  none
};
std::string_view name_of(StepKind kind);

struct SqlStep {
  Query query;
};

struct CommandStep {
  std::vector<Text> argv;
  std::map<std::string, Text> env;
  std::string workdir;
  std::vector<std::string> code;  // folders that are copied by digest, read-only
  std::string image;
  std::string model;  // what GOSSAMER_OUTPUT_MODEL is registered as; empty: it leaves no model
};

struct NotebookStep {
  std::string file;
  std::map<std::string, Text> params;
};

struct TrainStep {
  std::string model;
  std::string engine;  // xgboost | lightgbm
  Query data;
  std::string label;
  std::string weight;
  std::vector<std::string> exclude;
  std::string objective;
  Value rounds = Json(100);
  std::map<std::string, Value> params;
  std::int64_t seed = 0;
  std::optional<double> validation_fraction;
  std::optional<int> early_stopping_rounds;
};

// `rmse: { at_most: 60 }`, `rmse: { not_worse_than: against, tolerance: 2% }`.
struct Criterion {
  std::string metric;
  std::optional<double> at_most;
  std::optional<double> at_least;
  bool not_worse_than_against = false;
  double tolerance_relative = 0;
  double tolerance_absolute = 0;
  Position position;
};

struct EvaluateStep {
  Text model;
  std::optional<Text> against;
  Query data;
  std::string label;
  std::string weight;
  std::vector<std::string> exclude;
  std::vector<std::string> metrics;
  std::vector<std::string> by;
  std::vector<Criterion> criteria;
};

struct PredictStep {
  Text model;                          // empty where several are named below
  std::map<std::string, Text> models;  // by the name that stands in the columns they add
  Query data;
  std::string output_type = "prediction";  // prediction | margin | contributions
  std::string on_error = "fail";           // fail | quarantine
};

struct ProfileStep {
  Text table;
  Json reference;  // as declared; null when there is none
};

struct AliasSwitch {
  std::string model;
  std::string alias;
  Text version;
};

// What a gate's answer changes. `keep` is the empty switch.
struct SwitchProposal {
  std::vector<AliasSwitch> aliases;
  std::map<std::string, Text> settings;
  std::vector<std::string> publish;  // steps whose candidate becomes current
  bool empty() const { return aliases.empty() && settings.empty() && publish.empty(); }
};

enum class Exclusion { starter, applier, model_author };
enum class OnNewer { supersede, queue };

struct Approvers {
  std::vector<std::string> any_of;  // `group:analysts` or a user's name
  int count = 1;
  int rejections = 1;
  std::vector<Exclusion> exclude;
};

struct Expiry {
  Duration after{};
  std::string calendar;  // empty: elapsed time; else business time of that calendar
};

struct ApprovalStep {
  Text title;
  std::vector<std::string> evidence;  // step names
  Approvers approvers;
  std::optional<Expiry> expires;  // always ends as `rejected`: a gate fails closed
  std::vector<Duration> remind;
  std::optional<Duration> escalate_after;
  std::string escalate_to;
  Json notify;
  OnNewer on_newer = OnNewer::supersede;
  SwitchProposal on_approved;
  SwitchProposal on_rejected;
  std::string rework_step;  // the step that a rework goes back to; empty: the first ancestor
};

struct TriggerStep {
  std::string pipeline;
  std::string partition = "same";
  std::map<std::string, Text> params;
};

struct NoneStep {};

using StepBody = std::variant<SqlStep, CommandStep, NotebookStep, TrainStep, EvaluateStep,
                              PredictStep, ProfileStep, ApprovalStep, TriggerStep, NoneStep>;

// --- Steps and pipelines -------------------------------------------------------------------

// When an upstream step lets its dependents go.
enum class Condition {
  succeeded,        // `after: x`
  passed,           // `after: {x: passed}`, and what `after: x` means for evaluate
  failed_criteria,  // `after: {x: failed_criteria}`
  approved,
  rejected,  // expired and superseded count as rejected
  decided,
  any,      // finished in any way, skipped too
  evidence  // a gate that shows this step: succeeded, criteria met or not
};

struct Dependency {
  std::size_t step = 0;  // index into Pipeline::steps; always a smaller one
  Condition condition = Condition::succeeded;
};

struct Retries {
  int attempts = 1;  // counts the first
  Duration backoff = std::chrono::seconds(30);
  Duration max_backoff = std::chrono::minutes(10);
  std::vector<std::string> retry_on{"unavailable", "lost"};  // classes, `timeout`, `exit:75`
};

struct ForEach {
  std::string key;
  std::vector<Json> values;       // a literal list, or
  std::optional<Reference> list;  // one that an earlier step returned
};

// Whose results may stand in for a new attempt: those of this run's earlier attempts, or also those
// of other runs.
enum class Reuse { run, always };

struct Step {
  std::string name;
  StepKind kind = StepKind::none;
  StepBody body;
  std::vector<Dependency> dependencies;  // declared and derived, without doubles
  std::optional<Output> output;
  std::vector<Check> checks;
  std::optional<ForEach> foreach;
  Retries retries;
  std::optional<Duration> timeout;
  std::optional<Duration> deadline;
  std::string pool;  // empty: the default pool of its kind
  int priority = 0;
  Reuse reuse = Reuse::run;
  Digest digest;  // of the declaration and the queries it names
  Position position;
};

// The table in which a predict step puts the rows that it cannot score, beside its output; empty:
// it does not.
std::string quarantine_table(const Step& step);

struct Parameter {
  std::string type;  // integer | number | string | boolean | date
  Json default_value;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<Json> allowed;
  std::string description;
};

struct Pipeline {
  std::string name;
  std::string description;
  std::string owner;
  std::string file;
  PartitionScheme partitions;
  std::optional<Schedule> schedule;
  Duration window_lag{};
  std::map<std::string, Parameter> parameters;
  std::map<std::string, Input> inputs;
  std::vector<Step> steps;  // in an order that no dependency contradicts
  std::optional<int>
      max_active;  // runs at work at one time; none: one a partition, any number of them
  bool depends_on_past = false;
  std::optional<Duration> deadline;
  Json notify;
  Digest digest;
  const Step* find(std::string_view step) const;
};

struct TableColumn {
  std::string name;
  std::string type;  // DuckDB's name of it; empty: whatever comes
  bool is_private = false;
};

struct Table {
  std::string name;
  std::vector<std::string> partition_by;  // key columns, e.g. {day} or {day, country}
  std::vector<std::string> unique;
  std::vector<TableColumn> columns;
  int keep_versions = 3;
  Duration keep_for = std::chrono::days(30);
  std::string owner;
  std::vector<std::string> readers;
  std::string description;
  bool schema_may_change = false;
  std::string writer_pipeline;  // empty where no step writes it
  std::string writer_step;
  Position position;
};

struct Calendar {
  std::string name;
  std::vector<std::string> weekend{"sat", "sun"};
  std::vector<std::string> holidays;  // ISO dates
  std::string roll = "skip";
};

struct SettingDeclaration {
  std::string type;
  Json default_value;
};

struct SecretSource {
  std::string kind;  // env | file | command
  std::vector<std::string> value;
};

struct Workspace {
  std::string name;
  std::string timezone = "UTC";
  std::map<std::string, std::vector<std::string>> groups;
  std::map<std::string, int> pools;
  std::map<std::string, SettingDeclaration> settings;
  std::map<std::string, SecretSource> secrets;
  Json slack;
  std::optional<Duration> history_keep;
  std::optional<Duration> evidence_keep;
};

// Everything that `gossamer apply` activates, at once or not at all.
struct Definition {
  Workspace workspace;
  std::map<std::string, Pipeline> pipelines;
  std::map<std::string, Table> tables;  // declared ones and those that a step writes
  std::map<std::string, Calendar> calendars;
  std::map<std::string, std::string> files;  // relative path to content, as stored by digest
  Digest digest;                             // over `files`
};

}  // namespace gossamer::pipeline
