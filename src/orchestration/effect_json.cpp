// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "orchestration/transition.hpp"

namespace gossamer::orchestration {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

Json cause_json(const Cause& cause) {
  Json json = {{"kind", cause.kind}, {"detail", cause.detail}};
  if (cause.parent) json["parent"] = cause.parent->value();
  return json;
}

Result<Cause> cause_from_json(const Json& json) {
  Cause cause;
  TRY_ASSIGN(cause.kind, require<std::string>(json, "kind", "effect.cause"));
  TRY_ASSIGN(cause.detail, require<std::string>(json, "detail", "effect.cause"));
  TRY_ASSIGN(const auto parent, optional<std::string>(json, "parent", "effect.cause"));
  if (parent) {
    TRY_ASSIGN(cause.parent, RunId::parse(*parent));
  }
  return cause;
}

Json body_json(const EffectBody& body) {
  return std::visit(
      Overloaded{
          [](const StartAttempt& start) {
            return Json{{"attempt", start.attempt.value()},
                        {"step", start.step},
                        {"instance", start.instance}};
          },
          [](const StopAttempt& stop) {
            return Json{{"attempt", stop.attempt.value()}, {"reason", name_of(stop.reason)}};
          },
          [](const StartRun& start) {
            return Json{{"pipeline", start.pipeline},
                        {"source_pipeline", start.source_pipeline},
                        {"source_partition", start.source_partition.text()},
                        {"partition", start.partition},
                        {"params", start.params},
                        {"cause", cause_json(start.cause)},
                        {"lane", name_of(start.lane)}};
          },
          [](const StartFollowers& start) {
            return Json{{"source_pipeline", start.source_pipeline},
                        {"source_partition", start.source_partition.text()},
                        {"cause", cause_json(start.cause)},
                        {"lane", name_of(start.lane)}};
          },
          [](const ProjectPartition& project) {
            return Json{{"table", project.table}, {"partition", project.key.text()}};
          },
          [](const Notify& notify) {
            return Json{
                {"notify", notify.kind}, {"target", notify.target}, {"content", notify.content}};
          },
      },
      body);
}

Result<EffectBody> start_attempt_from(const Json& json) {
  StartAttempt start;
  TRY_ASSIGN(const auto attempt, require<std::string>(json, "attempt", "effect"));
  TRY_ASSIGN(start.attempt, AttemptId::parse(attempt));
  TRY_ASSIGN(const auto step, require<std::int64_t>(json, "step", "effect"));
  TRY_ASSIGN(const auto instance, require<std::int64_t>(json, "instance", "effect"));
  start.step = static_cast<std::size_t>(step);
  start.instance = static_cast<int>(instance);
  return EffectBody(std::move(start));
}

Result<EffectBody> stop_attempt_from(const Json& json) {
  StopAttempt stop;
  TRY_ASSIGN(const auto attempt, require<std::string>(json, "attempt", "effect"));
  TRY_ASSIGN(stop.attempt, AttemptId::parse(attempt));
  TRY_ASSIGN(const auto reason, require<std::string>(json, "reason", "effect"));
  TRY_ASSIGN(stop.reason, parse_stop_reason(reason));
  return EffectBody(std::move(stop));
}

Result<release::PartitionKey> key_from(const Json& json, std::string_view name) {
  TRY_ASSIGN(const auto text, require<std::string>(json, name, "effect"));
  return release::PartitionKey::parse(text);
}

Result<Lane> lane_from(const Json& json) {
  TRY_ASSIGN(const auto lane, optional<std::string>(json, "lane", "effect"));
  return lane ? parse_lane(*lane) : Lane::live;
}

Result<EffectBody> start_run_from(const Json& json) {
  StartRun start;
  TRY_ASSIGN(start.pipeline, require<std::string>(json, "pipeline", "effect"));
  TRY_ASSIGN(start.source_pipeline, require<std::string>(json, "source_pipeline", "effect"));
  TRY_ASSIGN(start.source_partition, key_from(json, "source_partition"));
  TRY_ASSIGN(start.partition, require<std::string>(json, "partition", "effect"));
  TRY_ASSIGN(start.params, require<Json>(json, "params", "effect"));
  TRY_ASSIGN(const auto cause, require<Json>(json, "cause", "effect"));
  TRY_ASSIGN(start.cause, cause_from_json(cause));
  TRY_ASSIGN(start.lane, lane_from(json));
  return EffectBody(std::move(start));
}

Result<EffectBody> start_followers_from(const Json& json) {
  StartFollowers start;
  TRY_ASSIGN(start.source_pipeline, require<std::string>(json, "source_pipeline", "effect"));
  TRY_ASSIGN(start.source_partition, key_from(json, "source_partition"));
  TRY_ASSIGN(const auto cause, require<Json>(json, "cause", "effect"));
  TRY_ASSIGN(start.cause, cause_from_json(cause));
  TRY_ASSIGN(start.lane, lane_from(json));
  return EffectBody(std::move(start));
}

Result<EffectBody> project_from(const Json& json) {
  ProjectPartition project;
  TRY_ASSIGN(project.table, require<std::string>(json, "table", "effect"));
  TRY_ASSIGN(project.key, key_from(json, "partition"));
  return EffectBody(std::move(project));
}

Result<EffectBody> notify_from(const Json& json) {
  Notify notify;
  TRY_ASSIGN(notify.kind, require<std::string>(json, "notify", "effect"));
  TRY_ASSIGN(notify.target, require<Json>(json, "target", "effect"));
  TRY_ASSIGN(notify.content, require<Json>(json, "content", "effect"));
  return EffectBody(std::move(notify));
}

}  // namespace

std::string_view kind_of(const Effect& effect) {
  return std::visit(
      Overloaded{
          [](const StartAttempt&) -> std::string_view { return "start_attempt"; },
          [](const StopAttempt&) -> std::string_view { return "stop_attempt"; },
          [](const StartRun&) -> std::string_view { return "start_run"; },
          [](const StartFollowers&) -> std::string_view { return "start_followers"; },
          [](const ProjectPartition&) -> std::string_view { return "project_partition"; },
          [](const Notify&) -> std::string_view { return "notify"; },
      },
      effect.body);
}

Json to_json(const Effect& effect) {
  Json json = body_json(effect.body);
  json["key"] = effect.key;
  json["kind"] = kind_of(effect);
  return json;
}

Result<Effect> effect_from_json(const Json& json) {
  TRY_ASSIGN(const auto kind, require<std::string>(json, "kind", "effect"));
  TRY_ASSIGN(auto key, require<std::string>(json, "key", "effect"));
  auto body = [&]() -> Result<EffectBody> {
    if (kind == "start_attempt") return start_attempt_from(json);
    if (kind == "stop_attempt") return stop_attempt_from(json);
    if (kind == "start_run") return start_run_from(json);
    if (kind == "start_followers") return start_followers_from(json);
    if (kind == "project_partition") return project_from(json);
    if (kind == "notify") return notify_from(json);
    return invalid_input(fmt::format("effect '{}' has the unknown kind '{}'", key, kind));
  }();
  if (!body) return std::unexpected(std::move(body).error());
  return Effect{std::move(key), *std::move(body)};
}

}  // namespace gossamer::orchestration
