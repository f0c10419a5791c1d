// SPDX-License-Identifier: Apache-2.0
// Accounts in memory, for tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "access/accounts.hpp"

namespace gossamer::access::fakes {

class MemoryAccounts final : public AccountStore {
 public:
  Result<std::vector<User>> users() const override;
  Result<std::optional<User>> find_user(const std::string& name) const override;
  Result<void> put_user(const User& user, const AuditEntry& entry) override;
  Result<std::optional<SignedIn>> find_session(const Digest& secret) const override;
  Result<void> begin_session(const SignedIn& session, const AuditEntry& entry) override;
  Result<void> end_sessions(const std::string& user, const std::optional<Digest>& secret,
                            const AuditEntry& entry) override;
  Result<std::vector<Token>> tokens() const override;
  Result<std::optional<Token>> find_token(const Digest& secret) const override;
  Result<void> put_token(const Token& token, const AuditEntry& entry) override;
  Result<void> note(const AuditEntry& entry) override;

  // What was written so far, "action subject" each.
  [[nodiscard]] std::vector<std::string> noted() const;

 private:
  std::map<std::string, User> users_;
  std::map<Digest, SignedIn> sessions_;
  std::map<TokenId, Token> tokens_;
  std::vector<AuditEntry> entries_;
};

}  // namespace gossamer::access::fakes
