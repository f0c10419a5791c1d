// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ossl_typ.h>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/guarded.hpp"

namespace gossamer::http {

// A certificate and its key, both PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};

// What a certificate is to say.
struct CertificateOrder {
  std::string alternative_name;  // "DNS:localhost", "IP:127.0.0.1"
  // Both from now on.
  Duration good_from = std::chrono::hours(-48);
  Duration good_until = std::chrono::hours(48);
};

// Signs certificates for tests; its own is self-signed.
class Authority {
 public:
  explicit Authority(const std::string& name);

  [[nodiscard]] const std::string& pem() const { return pem_; }
  [[nodiscard]] Certificate issue(const CertificateOrder& order) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string pem_;
};

// How a connection ends after the answer.
enum class TlsEnding : std::uint8_t { said, cut };

struct TlsServerOptions {
  Certificate certificate;
  std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";  // as it is sent
  TlsEnding ending = TlsEnding::said;
  int newest_version = 0;  // of the protocol, as OpenSSL numbers them; 0: all
};

// A server on this machine that gives the same answer to each request, one connection at a time,
// and keeps what it was asked.
class TlsServer {
 public:
  explicit TlsServer(TlsServerOptions options);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer();

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  // Whole requests, as they came.
  [[nodiscard]] std::vector<std::string> requests() const;
  // The names that clients said they were calling; "" where one said none.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Seen {
    std::vector<std::string> requests;
    std::vector<std::string> names;
  };
  void serve();
  void answer(SSL* connection);

  TlsServerOptions options_;
  std::shared_ptr<SSL_CTX> context_;
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  Guarded<Seen> seen_;
  std::thread thread_;
};

}  // namespace gossamer::http
