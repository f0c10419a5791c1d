// SPDX-License-Identifier: Apache-2.0
// Who there is: people with a password and a role, their sessions, and tokens for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/audit.hpp"
#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer::access {

// Each may do what the one before may. Whether somebody may decide a certain gate is the gate's own
// policy as well.
enum class Role : std::uint8_t { viewer, operating, approver, editor, admin };
std::string_view name_of(Role role);  // viewer, operator, approver, editor, admin
Result<Role> parse_role(std::string_view text);

// What a route asks for.
enum class Permission : std::uint8_t {
  read,        // see runs, gates, tables, models
  run,         // start, stop and repeat runs
  decide,      // answer gates
  edit,        // apply definitions, change tables, undo switches, query
  administer,  // people, tokens, audit
};
std::string_view name_of(Permission permission);
Role least_role_for(Permission permission);
// `denied` with the permission that is missing and the role that has it.
Result<void> require_permission(Role role, Permission permission);

struct User {
  std::string name;
  std::string password;  // hashed
  Role role = Role::viewer;
  bool is_active = true;
  Instant created_at{};
};
// Letters, digits, "." "_" "-" and "@", at most 64, beginning with a letter or digit.
Result<void> check_user_name(std::string_view name);
// At least 12 bytes, at most 1,024.
Result<void> check_password(std::string_view password);

struct SignedIn {
  Digest secret;  // of what the browser keeps: the store cannot be used to sign in
  std::string user;
  Instant created_at{};
  Instant expires_at{};
};

struct TokenTag {
  static constexpr std::string_view prefix = "tok_";
};
using TokenId = Id<TokenTag>;

struct Token {
  TokenId id;
  std::string name;  // for people: what it is for
  Digest secret;
  std::string user;  // acts under this name, with no more than this person's role
  Role role = Role::viewer;
  Instant created_at{};
  Instant expires_at{};
  std::optional<Instant> revoked_at;
};

// Each change comes with its audit entry (not chained yet), in one transaction.
class AccountStore {
 public:
  virtual ~AccountStore() = default;
  virtual Result<std::vector<User>> users() const = 0;  // by name
  virtual Result<std::optional<User>> find_user(const std::string& name) const = 0;
  // Made, or replaced whole.
  virtual Result<void> put_user(const User& user, const AuditEntry& entry) = 0;
  virtual Result<std::optional<SignedIn>> find_session(const Digest& secret) const = 0;
  // Sessions that had expired by then are forgotten.
  virtual Result<void> begin_session(const SignedIn& session, const AuditEntry& entry) = 0;
  // One session, or without a secret all of a user's.
  virtual Result<void> end_sessions(const std::string& user, const std::optional<Digest>& secret,
                                    const AuditEntry& entry) = 0;
  virtual Result<std::vector<Token>> tokens() const = 0;  // newest first
  virtual Result<std::optional<Token>> find_token(const Digest& secret) const = 0;
  virtual Result<void> put_token(const Token& token, const AuditEntry& entry) = 0;
  virtual Result<void> note(const AuditEntry& entry) = 0;
};

}  // namespace gossamer::access
