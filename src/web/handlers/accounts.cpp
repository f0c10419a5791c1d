// SPDX-License-Identifier: Apache-2.0
#include "web/handlers/accounts.hpp"

#include "base/time.hpp"

namespace gossamer::web {

namespace {

using access::FrontDesk;

Json user_json(const access::User& user) {
  return {{"user", user.name},
          {"role", access::name_of(user.role)},
          {"active", user.is_active},
          {"created_at", format_instant(user.created_at)}};
}

Json token_json(const access::Token& token) {
  return {{"token", token.id.value()},
          {"name", token.name},
          {"user", token.user},
          {"role", access::name_of(token.role)},
          {"created_at", format_instant(token.created_at)},
          {"expires_at", format_instant(token.expires_at)},
          {"revoked_at", token.revoked_at ? Json(format_instant(*token.revoked_at)) : Json()}};
}

access::Author author_of(const Call& call) {
  const auto& actor = call.request.actor;
  return {actor.name, actor.verified, actor.channel};
}

Result<Json> add_user(FrontDesk& desk, const Call& call) {
  const Json& body = call.request.body;
  TRY_ASSIGN(const auto name, require<std::string>(body, "user"));
  TRY_ASSIGN(const auto role_name, require<std::string>(body, "role"));
  TRY_ASSIGN(const auto password, require<std::string>(body, "password"));
  TRY_ASSIGN(const auto role, access::parse_role(role_name));
  TRY_ASSIGN(const auto user, desk.add_user(name, role, password, author_of(call)));
  return user_json(user);
}

Result<Json> change_user(FrontDesk& desk, const Call& call) {
  const Json& body = call.request.body;
  access::UserChange change;
  TRY_ASSIGN(const auto role, optional<std::string>(body, "role"));
  if (role) {
    TRY_ASSIGN(change.role, access::parse_role(*role));
  }
  TRY_ASSIGN(change.password, optional<std::string>(body, "password"));
  TRY_ASSIGN(change.is_active, optional<bool>(body, "active"));
  TRY_ASSIGN(const auto user, desk.change_user(call.path.at("user"), change, author_of(call)));
  return user_json(user);
}

Result<Json> issue_token(FrontDesk& desk, const Call& call) {
  const Json& body = call.request.body;
  access::TokenRequest request;
  TRY_ASSIGN(request.name, require<std::string>(body, "name"));
  TRY_ASSIGN(request.user, require<std::string>(body, "user"));
  TRY_ASSIGN(const auto role, require<std::string>(body, "role"));
  TRY_ASSIGN(request.role, access::parse_role(role));
  TRY_ASSIGN(const auto valid_for, require<std::string>(body, "valid_for"));
  TRY_ASSIGN(request.valid_for, parse_duration(valid_for));
  TRY_ASSIGN(const auto made, desk.issue_token(request, author_of(call)));
  auto shown = token_json(made.token);
  shown["secret"] = made.secret;
  return shown;
}

}  // namespace

std::vector<Route> account_reads(const access::AccountStore& accounts) {
  return {{"GET", "/api/v1/users", "Who may sign in",
           [&accounts](const Call&) -> Result<Json> {
             TRY_ASSIGN(const auto users, accounts.users());
             Json rows = Json::array();
             for (const auto& user : users)
               rows.push_back(user_json(user));
             return rows;
           }},
          {"GET", "/api/v1/tokens", "Tokens of programs, newest first",
           [&accounts](const Call&) -> Result<Json> {
             TRY_ASSIGN(const auto tokens, accounts.tokens());
             Json rows = Json::array();
             for (const auto& token : tokens)
               rows.push_back(token_json(token));
             return rows;
           }}};
}

std::vector<Route> account_verbs(FrontDesk& desk) {
  return {{"POST", "/api/v1/users", "Add somebody who may sign in",
           [&desk](const Call& call) { return add_user(desk, call); }},
          {"POST", "/api/v1/users/:user", "Change a role or a password, or end somebody's access",
           [&desk](const Call& call) { return change_user(desk, call); }},
          {"POST", "/api/v1/tokens", "Make a token; its secret is in this answer alone",
           [&desk](const Call& call) { return issue_token(desk, call); }},
          {"POST", "/api/v1/tokens/:token/revoke", "End a token",
           [&desk](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto id, access::TokenId::parse(call.path.at("token")));
             TRY_ASSIGN(const auto token, desk.revoke_token(id, author_of(call)));
             return token_json(token);
           }}};
}

}  // namespace gossamer::web
