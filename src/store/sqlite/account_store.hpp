// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/accounts.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

class SqliteAccountStore final : public access::AccountStore {
 public:
  explicit SqliteAccountStore(Connections& connections) : connections_(connections) {}

  Result<std::vector<access::User>> users() const override;
  Result<std::optional<access::User>> find_user(const std::string& name) const override;
  Result<void> put_user(const access::User& user, const access::AuditEntry& entry) override;
  Result<std::optional<access::SignedIn>> find_session(const Digest& secret) const override;
  Result<void> begin_session(const access::SignedIn& session,
                             const access::AuditEntry& entry) override;
  Result<void> end_sessions(const std::string& user, const std::optional<Digest>& secret,
                            const access::AuditEntry& entry) override;
  Result<std::vector<access::Token>> tokens() const override;
  Result<std::optional<access::Token>> find_token(const Digest& secret) const override;
  Result<void> put_token(const access::Token& token, const access::AuditEntry& entry) override;
  Result<void> note(const access::AuditEntry& entry) override;

 private:
  Connections& connections_;
};

}  // namespace gossamer::store::sqlite
