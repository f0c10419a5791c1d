// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/account_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

using access::SignedIn;
using access::Token;
using access::User;

Result<void> append(const Session& session, const access::AuditEntry& entry) {
  return append_audit(
      session,
      {{entry.actor, entry.verified, entry.channel}, entry.action, entry.subject, entry.details},
      entry.at);
}

Result<User> user_of(const sql::Statement& rows) {
  Row row(rows);
  User user;
  user.name = row.text();
  user.password = row.text();
  TRY_ASSIGN(user.role, row.named(access::parse_role));
  user.is_active = row.flag();
  user.created_at = row.instant();
  return user;
}

Result<SignedIn> session_of(const sql::Statement& rows) {
  Row row(rows);
  SignedIn session;
  TRY_ASSIGN(session.secret, row.parsed<Digest>());
  session.user = row.text();
  session.created_at = row.instant();
  session.expires_at = row.instant();
  return session;
}

Result<Token> token_of(const sql::Statement& rows) {
  Row row(rows);
  Token token;
  TRY_ASSIGN(token.id, row.parsed<access::TokenId>());
  token.name = row.text();
  TRY_ASSIGN(token.secret, row.parsed<Digest>());
  token.user = row.text();
  TRY_ASSIGN(token.role, row.named(access::parse_role));
  token.created_at = row.instant();
  token.expires_at = row.instant();
  token.revoked_at = row.optional_instant();
  return token;
}

template <class Item>
Result<std::vector<Item>> all_of(sql::Statement rows, Result<Item> (*read)(const sql::Statement&)) {
  std::vector<Item> items;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return items;
    TRY_ASSIGN(auto item, read(rows));
    items.push_back(std::move(item));
  }
}

template <class Item>
Result<std::optional<Item>> first_of(sql::Statement rows,
                                     Result<Item> (*read)(const sql::Statement&)) {
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return std::optional<Item>();
  TRY_ASSIGN(auto item, read(rows));
  return std::optional<Item>(std::move(item));
}

}  // namespace

Result<std::vector<User>> SqliteAccountStore::users() const {
  return connections_.read([&](const Session& session) -> Result<std::vector<User>> {
    TRY_ASSIGN(auto rows, session.query("accounts.users"));
    return all_of(std::move(rows), user_of);
  });
}

Result<std::optional<User>> SqliteAccountStore::find_user(const std::string& name) const {
  return connections_.read([&](const Session& session) -> Result<std::optional<User>> {
    TRY_ASSIGN(auto rows, session.query("accounts.find_user", {text(name)}));
    return first_of(std::move(rows), user_of);
  });
}

Result<void> SqliteAccountStore::put_user(const User& user, const access::AuditEntry& entry) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("accounts.put_user",
                        {text(user.name), text(user.password), text(access::name_of(user.role)),
                         number(user.is_active), instant(user.created_at)}));
    return append(session, entry);
  });
}

Result<std::optional<SignedIn>> SqliteAccountStore::find_session(const Digest& secret) const {
  return connections_.read([&](const Session& session) -> Result<std::optional<SignedIn>> {
    TRY_ASSIGN(auto rows, session.query("accounts.find_session", {text(secret.text())}));
    return first_of(std::move(rows), session_of);
  });
}

Result<void> SqliteAccountStore::begin_session(const SignedIn& signed_in,
                                               const access::AuditEntry& entry) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("accounts.forget_sessions", {instant(signed_in.created_at)}));
    TRY(session.execute("accounts.add_session",
                        {text(signed_in.secret.text()), text(signed_in.user),
                         instant(signed_in.created_at), instant(signed_in.expires_at)}));
    return append(session, entry);
  });
}

Result<void> SqliteAccountStore::end_sessions(const std::string& user,
                                              const std::optional<Digest>& secret,
                                              const access::AuditEntry& entry) {
  return connections_.write([&](const Session& session) -> Result<void> {
    if (secret) {
      TRY(session.execute("accounts.end_session", {text(user), text(secret->text())}));
    } else {
      TRY(session.execute("accounts.end_sessions", {text(user)}));
    }
    return append(session, entry);
  });
}

Result<std::vector<Token>> SqliteAccountStore::tokens() const {
  return connections_.read([&](const Session& session) -> Result<std::vector<Token>> {
    TRY_ASSIGN(auto rows, session.query("accounts.tokens"));
    return all_of(std::move(rows), token_of);
  });
}

Result<std::optional<Token>> SqliteAccountStore::find_token(const Digest& secret) const {
  return connections_.read([&](const Session& session) -> Result<std::optional<Token>> {
    TRY_ASSIGN(auto rows, session.query("accounts.find_token", {text(secret.text())}));
    return first_of(std::move(rows), token_of);
  });
}

Result<void> SqliteAccountStore::put_token(const Token& token, const access::AuditEntry& entry) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute(
        "accounts.put_token",
        {id(token.id), text(token.name), text(token.secret.text()), text(token.user),
         text(access::name_of(token.role)), instant(token.created_at), instant(token.expires_at),
         instant(token.revoked_at)}));
    return append(session, entry);
  });
}

Result<void> SqliteAccountStore::note(const access::AuditEntry& entry) {
  return connections_.write(
      [&](const Session& session) -> Result<void> { return append(session, entry); });
}

}  // namespace gossamer::store::sqlite
