// SPDX-License-Identifier: Apache-2.0
#include "access/front_desk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::access {

namespace {

constexpr std::size_t most_noted_uses = 10'000;

// Of no password; unknown users are compared with it, so that they take as long as known ones.
constexpr const char* nobodys_password =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

Error too_many_failures(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return Error{ErrorKind::unavailable,
               fmt::format("too many failed sign-ins: try again in {} s", seconds)};
}

}  // namespace

AuditEntry FrontDesk::entry(const Author& author, std::string action, std::string subject,
                            Json details) const {
  AuditEntry made;
  made.at = clock_.now();
  made.actor = author.name;
  made.verified = author.verified;
  made.channel = author.channel;
  made.action = std::move(action);
  made.subject = std::move(subject);
  made.details = std::move(details);
  return made;
}

Result<NewSession> FrontDesk::sign_in(const std::string& user, const std::string& password,
                                      const std::string& peer) {
  const auto key = user + "\n" + peer;
  const auto wait = throttle_.with(
      [&](const Throttle& throttle) { return throttle.wait_for(key, clock_.steady()); });
  if (wait) return std::unexpected(too_many_failures(*wait));
  std::optional<User> found;
  if (check_user_name(user)) {
    TRY_ASSIGN(found, store_.find_user(user));
  }
  const bool is_right = password_matches(password, found ? found->password : nobodys_password);
  if (!found || !is_right || !found->is_active) {
    throttle_.with([&](Throttle& throttle) { throttle.failed(key, clock_.steady()); });
    // What was typed as a name may be a password: only names that exist are written down.
    TRY(store_.note(entry({found ? found->name : "unknown", false, "page"}, "sign_in.refused",
                          found ? found->name : "unknown", {{"address", peer}})));
    return denied("the name or the password is wrong");
  }
  throttle_.with([&](Throttle& throttle) { throttle.succeeded(key); });
  TRY_ASSIGN(auto secret, random_secret());
  const Instant now = clock_.now();
  const SignedIn session{digest_of(secret), found->name, now, now + session_lasts};
  TRY(store_.begin_session(
      session, entry({found->name, true, "page"}, "sign_in", found->name, {{"address", peer}})));
  return NewSession{std::move(secret), {found->name, found->role, "page", session.expires_at}};
}

Result<std::optional<Identity>> FrontDesk::find_session(const std::string& secret) const {
  TRY_ASSIGN(const auto session, store_.find_session(digest_of(secret)));
  if (!session || session->expires_at <= clock_.now()) return std::optional<Identity>();
  TRY_ASSIGN(const auto user, store_.find_user(session->user));
  if (!user || !user->is_active) return std::optional<Identity>();
  return std::optional(Identity{user->name, user->role, "page", session->expires_at});
}

Result<void> FrontDesk::sign_out(const std::string& secret) {
  const auto digest = digest_of(secret);
  TRY_ASSIGN(const auto session, store_.find_session(digest));
  if (!session) return {};
  return store_.end_sessions(
      session->user, digest,
      entry({session->user, true, "page"}, "sign_out", session->user, Json::object()));
}

Result<std::optional<Identity>> FrontDesk::find_token(const std::string& secret,
                                                      const std::string& peer) {
  TRY_ASSIGN(const auto token, store_.find_token(digest_of(secret)));
  const Instant now = clock_.now();
  if (!token || token->revoked_at || token->expires_at <= now) return std::optional<Identity>();
  TRY_ASSIGN(const auto user, store_.find_user(token->user));
  if (!user || !user->is_active) return std::optional<Identity>();
  const auto hour = format_instant(std::chrono::floor<std::chrono::hours>(now));
  const bool is_noted = noted_uses_.with([&](auto& uses) {
    if (uses.size() >= most_noted_uses) uses.clear();
    auto& noted = uses[token->id.value() + "\n" + peer];
    const bool was_noted = noted == hour;
    noted = hour;
    return was_noted;
  });
  if (!is_noted) {
    TRY(store_.note(entry({user->name, true, "api"}, "token.use", token->id.value(),
                          {{"address", peer}, {"name", token->name}})));
  }
  return std::optional(
      Identity{user->name, std::min(user->role, token->role), "api", token->expires_at});
}

Result<User> FrontDesk::add_user(const std::string& name, Role role, const std::string& password,
                                 const Author& author) {
  TRY(check_user_name(name));
  TRY(check_password(password));
  TRY_ASSIGN(const auto existing, store_.find_user(name));
  if (existing) return conflict(fmt::format("there is a user {} already", name));
  User user{name, "", role, true, clock_.now()};
  TRY_ASSIGN(user.password, hash_password(password, cost_));
  TRY(store_.put_user(user, entry(author, "user.add", name, {{"role", name_of(role)}})));
  return user;
}

Result<void> FrontDesk::keep_an_admin(const User& changed) const {
  const auto rules = [](const User& user) { return user.is_active && user.role == Role::admin; };
  if (rules(changed)) return {};
  TRY_ASSIGN(const auto users, store_.users());
  const bool was_one = std::ranges::any_of(
      users, [&](const User& user) { return user.name == changed.name && rules(user); });
  const bool has_other = std::ranges::any_of(
      users, [&](const User& user) { return user.name != changed.name && rules(user); });
  if (!was_one || has_other) return {};
  return conflict(fmt::format("{} is the last active admin: make another one first", changed.name));
}

Result<User> FrontDesk::change_user(const std::string& name, const UserChange& change,
                                    const Author& author) {
  TRY_ASSIGN(const auto found, store_.find_user(name));
  if (!found) return not_found(fmt::format("there is no user {}", name));
  User user = *found;
  user.role = change.role.value_or(user.role);
  user.is_active = change.is_active.value_or(user.is_active);
  if (change.password) {
    TRY(check_password(*change.password));
    TRY_ASSIGN(user.password, hash_password(*change.password, cost_));
  }
  TRY(keep_an_admin(user));
  const Json details{{"role", name_of(user.role)},
                     {"active", user.is_active},
                     {"password_changed", change.password.has_value()}};
  TRY(store_.put_user(user, entry(author, "user.change", name, details)));
  if (change.password || !user.is_active) {
    TRY(store_.end_sessions(name, std::nullopt,
                            entry(author, "user.sign_out", name, Json::object())));
  }
  return user;
}

Result<NewToken> FrontDesk::issue_token(const TokenRequest& request, const Author& author) {
  TRY_ASSIGN(const auto user, store_.find_user(request.user));
  if (!user) return not_found(fmt::format("there is no user {}", request.user));
  if (request.name.empty() || request.name.size() > 200) {
    return invalid_input("a token has a name of 1 to 200 bytes that says what it is for");
  }
  if (request.valid_for <= Duration::zero() || request.valid_for > token_lasts_at_most) {
    return invalid_input(
        fmt::format("a token is valid for up to {}", format_duration(token_lasts_at_most)));
  }
  if (request.role > user->role) {
    return invalid_input(fmt::format("{} is {}: a token has no more than its user's role",
                                     user->name, name_of(user->role)));
  }
  TRY_ASSIGN(const auto random, random_secret());
  NewToken made;
  made.secret = "gsm_" + random;
  const Instant now = clock_.now();
  made.token = {TokenId::make(ids_), request.name, digest_of(made.secret),  user->name,
                request.role,        now,          now + request.valid_for, std::nullopt};
  TRY(store_.put_token(made.token, entry(author, "token.create", made.token.id.value(),
                                         {{"name", request.name},
                                          {"user", user->name},
                                          {"role", name_of(request.role)},
                                          {"expires_at", format_instant(made.token.expires_at)}})));
  return made;
}

Result<Token> FrontDesk::revoke_token(const TokenId& id, const Author& author) {
  TRY_ASSIGN(const auto tokens, store_.tokens());
  const auto found = std::ranges::find(tokens, id, &Token::id);
  if (found == tokens.end()) return not_found(fmt::format("there is no token {}", id.value()));
  Token token = *found;
  if (token.revoked_at) return token;
  token.revoked_at = clock_.now();
  TRY(store_.put_token(token, entry(author, "token.revoke", id.value(), {{"name", token.name}})));
  return token;
}

}  // namespace gossamer::access
