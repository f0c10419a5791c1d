// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/webhook.hpp"

#include <fmt/format.h>

#include "base/http/client.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "executors/notify/cloud_event.hpp"
#include "executors/process/secrets.hpp"

namespace gossamer::executors {
namespace {

constexpr Duration tried_for = std::chrono::hours(24);
// Messages wait for one another, and an engine that stops waits for the one on its way.
http::ClientOptions patience(const fs::path& authorities) {
  http::ClientOptions options;
  options.connect_patience = std::chrono::seconds(5);
  options.silence_patience = std::chrono::seconds(10);
  options.whole_patience = std::chrono::seconds(20);
  options.body_limit_bytes = std::size_t{64} << 10U;
  options.authorities = authorities;
  return options;
}

Result<void> accepted(const http::Origin& origin, int status) {
  if (status / 100 == 2) return {};
  auto what = fmt::format("the webhook at {} answered {}", to_string(origin), status);
  if (status / 100 == 3) what += ": it has moved; give the address that it leads to";
  const bool may_help = status == 408 || status == 429 || status >= 500;
  return may_help ? unavailable(what) : invalid_input(what);
}

}  // namespace

AddressReader webhook_addresses(const orchestration::Definitions& definitions,
                                Environment environment, fs::path workspace) {
  return [&definitions, environment = std::move(environment),
          workspace = std::move(workspace)](const Json& declared) -> Result<std::string> {
    TRY_ASSIGN(const auto active, definitions.active());
    SecretReader reader(active.definition->workspace.secrets, environment, workspace);
    return reader.text_of(declared);
  };
}

bool Webhook::is_too_old(const orchestration::Notify& message) const {
  const auto time = parse_instant(message.content.value("time", std::string()));
  return time && clock_.now() - *time > tried_for;
}

Result<void> Webhook::post(const std::string& key, const orchestration::Notify& message,
                           const Json& declared) const {
  TRY_ASSIGN(const std::string url, addresses_(declared));
  TRY_ASSIGN(const auto address, http::parse_address(url));
  http::Request request;
  request.method = "POST";
  request.path = address.target.path;
  request.query = address.target.query;
  request.headers["content-type"] = "application/cloudevents+json; charset=utf-8";
  request.headers["user-agent"] = "gossamer";
  request.body = cloud_event(source_, key, message);
  TRY_ASSIGN(const auto response, http::call(address.origin, request, patience(authorities_)));
  return accepted(address.origin, response.status);
}

Result<void> Webhook::send(const RunId& run, const std::string& key,
                           const orchestration::Notify& message) {
  if (message.target.is_object() && message.target.contains("webhook")) {
    auto posted = post(key, message, message.target.at("webhook"));
    if (!posted && posted.error().kind == ErrorKind::unavailable && !is_too_old(message)) {
      return posted;
    }
    // Others hear of it all the same, and another try would tell them twice.
    TRY(next_.send(run, key, message));
    if (!posted && posted.error().kind == ErrorKind::unavailable) {
      return invalid_input(fmt::format("given up after a day: {}", posted.error().describe()));
    }
    return posted;
  }
  return next_.send(run, key, message);
}

}  // namespace gossamer::executors
