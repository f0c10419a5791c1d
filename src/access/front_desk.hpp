// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "access/accounts.hpp"
#include "access/throttle.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/password.hpp"

namespace gossamer::access {

// Who did something, for the audit log.
struct Author {
  std::string name;
  bool verified = true;
  std::string channel;  // cli | page | api
};

// Somebody who proved who they are.
struct Identity {
  std::string user;
  Role role = Role::viewer;
  std::string channel;  // page (a session) | api (a token)
  Instant expires_at{};
};

struct NewSession {
  std::string secret;  // told once, to the browser
  Identity identity;
};

struct NewToken {
  std::string secret;  // told once
  Token token;
};

struct UserChange {
  std::optional<Role> role = std::nullopt;
  std::optional<std::string> password = std::nullopt;
  std::optional<bool> is_active = std::nullopt;
};

struct TokenRequest {
  std::string name;
  std::string user;
  Role role = Role::viewer;
  Duration valid_for{};
};

// Lets people and programs in, and keeps their accounts. Thread safe; signing in and changing a
// password take tens of milliseconds of work.
class FrontDesk {
 public:
  FrontDesk(AccountStore& store, IdSource& ids, const Clock& clock, PasswordCost cost = {})
      : store_(store), ids_(ids), clock_(clock), cost_(cost) {}

  // `denied` for a wrong name or password, which look the same, and for a user that is not active;
  // `unavailable` with the time to wait after too many failures. Both are audited.
  Result<NewSession> sign_in(const std::string& user, const std::string& password,
                             const std::string& peer);
  // Nothing for a secret that is unknown, has expired, or whose user is not active any more.
  Result<std::optional<Identity>> find_session(const std::string& secret) const;
  Result<void> sign_out(const std::string& secret);
  // As find_session, for a token; its use is audited once an hour and address.
  Result<std::optional<Identity>> find_token(const std::string& secret, const std::string& peer);

  // conflict where there is such a user.
  Result<User> add_user(const std::string& name, Role role, const std::string& password,
                        const Author& author);
  // Ends the user's sessions where the password changes or the user is not active any more. The
  // last active admin stays one (conflict).
  Result<User> change_user(const std::string& name, const UserChange& change, const Author& author);
  Result<NewToken> issue_token(const TokenRequest& request, const Author& author);
  Result<Token> revoke_token(const TokenId& id, const Author& author);

  static constexpr Duration session_lasts = std::chrono::hours(12);
  static constexpr Duration token_lasts_at_most = std::chrono::days(366);

 private:
  [[nodiscard]] AuditEntry entry(const Author& author, std::string action, std::string subject,
                                 Json details) const;
  Result<void> keep_an_admin(const User& changed) const;

  AccountStore& store_;
  IdSource& ids_;
  const Clock& clock_;
  PasswordCost cost_;
  Guarded<Throttle> throttle_;
  Guarded<std::map<std::string, std::string>> noted_uses_;  // token and address to the hour
};

}  // namespace gossamer::access
