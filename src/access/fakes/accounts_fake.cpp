// SPDX-License-Identifier: Apache-2.0
#include "access/fakes/accounts.hpp"

namespace gossamer::access::fakes {

Result<std::vector<User>> MemoryAccounts::users() const {
  std::vector<User> all;
  for (const auto& [name, user] : users_)
    all.push_back(user);
  return all;
}

Result<std::optional<User>> MemoryAccounts::find_user(const std::string& name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryAccounts::put_user(const User& user, const AuditEntry& entry) {
  users_[user.name] = user;
  return note(entry);
}

Result<std::optional<SignedIn>> MemoryAccounts::find_session(const Digest& secret) const {
  const auto found = sessions_.find(secret);
  return found == sessions_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryAccounts::begin_session(const SignedIn& session, const AuditEntry& entry) {
  std::erase_if(sessions_,
                [&](const auto& pair) { return pair.second.expires_at <= session.created_at; });
  sessions_[session.secret] = session;
  return note(entry);
}

Result<void> MemoryAccounts::end_sessions(const std::string& user,
                                          const std::optional<Digest>& secret,
                                          const AuditEntry& entry) {
  std::erase_if(sessions_, [&](const auto& pair) {
    return pair.second.user == user && (!secret || pair.first == *secret);
  });
  return note(entry);
}

Result<std::vector<Token>> MemoryAccounts::tokens() const {
  std::vector<Token> all;
  for (auto at = tokens_.rbegin(); at != tokens_.rend(); ++at)
    all.push_back(at->second);
  return all;
}

Result<std::optional<Token>> MemoryAccounts::find_token(const Digest& secret) const {
  for (const auto& [id, token] : tokens_) {
    if (token.secret == secret) return std::optional(token);
  }
  return std::optional<Token>();
}

Result<void> MemoryAccounts::put_token(const Token& token, const AuditEntry& entry) {
  tokens_[token.id] = token;
  return note(entry);
}

Result<void> MemoryAccounts::note(const AuditEntry& entry) {
  entries_.push_back(entry);
  return {};
}

std::vector<std::string> MemoryAccounts::noted() const {
  std::vector<std::string> texts;
  for (const auto& entry : entries_)
    texts.push_back(entry.action + " " + entry.subject);
  return texts;
}

}  // namespace gossamer::access::fakes
