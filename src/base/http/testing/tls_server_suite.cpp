// SPDX-License-Identifier: Apache-2.0
#include "base/http/testing/tls_server_suite.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <functional>
#include <stdexcept>

namespace gossamer::http {

namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Signed = std::shared_ptr<X509>;

void demand(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("the test's certificates: ") + what);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  demand(key != nullptr, "no key");
  return key;
}

std::string written(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  demand(write(out.get()) == 1, "no PEM");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(const Signed& certificate) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

void extend(X509* certificate, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value), &X509_EXTENSION_free);
  demand(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "no extension");
}

long seconds(Duration time) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

// Not signed yet.
Signed blank(const Key& key, const std::string& name, const CertificateOrder& order) {
  Signed certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), seconds(order.good_from));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds(order.good_until));
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

Authority::Authority(const std::string& name)
    : key_(new_key()), certificate_(blank(key_, name, CertificateOrder{"", {}, {}})) {
  X509* own = certificate_.get();
  X509_gmtime_adj(X509_getm_notBefore(own), seconds(std::chrono::hours(-96)));
  X509_gmtime_adj(X509_getm_notAfter(own), seconds(std::chrono::hours(96)));
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, NID_basic_constraints, "critical,CA:TRUE");
  demand(X509_sign(own, key_.get(), EVP_sha256()) > 0, "not signed");
  pem_ = pem_of(certificate_);
}

Certificate Authority::issue(const CertificateOrder& order) const {
  const Key key = new_key();
  const Signed certificate = blank(key, "test", order);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  extend(certificate.get(), NID_subject_alt_name, order.alternative_name.c_str());
  demand(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0, "not signed");
  return {pem_of(certificate), written([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

TlsServer::TlsServer(TlsServerOptions options)
    : options_(std::move(options)),
      context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const auto certificate = folder.path() / "certificate.pem";
  const auto key = folder.path() / "key.pem";
  demand(write_file_durably(certificate, options_.certificate.certificate) &&
             write_file_durably(key, options_.certificate.key) &&
             SSL_CTX_use_certificate_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM) ==
                 1 &&
             SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) == 1,
         "not taken by the server");
  SSL_CTX_set_max_proto_version(context_.get(), options_.newest_version);
  // Or it would not even offer what is too old.
  SSL_CTX_set_cipher_list(context_.get(), "DEFAULT:@SECLEVEL=0");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  demand(::bind(listener_.number(), generic, size) == 0 && ::listen(listener_.number(), 8) == 0 &&
             ::getsockname(listener_.number(), generic, &size) == 0,
         "no port");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
  ::shutdown(listener_.number(), SHUT_RDWR);
  thread_.join();
}

std::vector<std::string> TlsServer::requests() const {
  return seen_.with([](const Seen& seen) { return seen.requests; });
}

std::vector<std::string> TlsServer::names() const {
  return seen_.with([](const Seen& seen) { return seen.names; });
}

void TlsServer::serve() {
  // A client that refuses the certificate leaves while it is still written to.
  sigset_t broken;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, nullptr);
  while (true) {
    const FileDescriptor peer(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer) return;
    const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(connection.get(), peer.number());
    if (SSL_accept(connection.get()) == 1) answer(connection.get());
  }
}

void TlsServer::answer(SSL* connection) {
  const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  std::string request;
  std::array<char, 4096> bytes{};
  std::size_t whole = std::string::npos;
  while (request.size() < whole) {
    const int got = SSL_read(connection, bytes.data(), static_cast<int>(bytes.size()));
    if (got <= 0) return;
    request.append(bytes.data(), static_cast<std::size_t>(got));
    const auto head = request.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const std::string field = "Content-Length: ";
    const auto length = request.find(field);
    whole = head + 4 + (length < head ? std::stoul(request.substr(length + field.size())) : 0);
  }
  seen_.with([&](Seen& seen) {
    seen.requests.push_back(request);
    seen.names.emplace_back(name == nullptr ? "" : name);
  });
  SSL_write(connection, options_.answer.data(), static_cast<int>(options_.answer.size()));
  if (options_.ending == TlsEnding::said) SSL_shutdown(connection);
}

}  // namespace gossamer::http
