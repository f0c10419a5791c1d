// SPDX-License-Identifier: Apache-2.0
#include "base/http/transport.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/http/certificate.hpp"

namespace gossamer::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

// Both kinds are the same but for how they are opened.
template <class Stream>
class Over : public Transport {
 public:
  asio::awaitable<Result<void>> open(const Places& places, Duration patience) override {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    tcp().expires_after(patience);
    co_await tcp().async_connect(places, token);
    if (error) co_return std::unexpected(no_answer(origin_, "connecting", error));
    co_return Result<void>{};
  }

  asio::awaitable<Result<void>> write(std::string_view bytes, Duration patience) override {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto buffer = asio::buffer(bytes);
    tcp().expires_after(patience);
    co_await asio::async_write(stream_, buffer, token);
    if (error) co_return std::unexpected(no_answer(origin_, "sending", error));
    co_return Result<void>{};
  }

  asio::awaitable<Result<std::size_t>> read(asio::mutable_buffer room, Duration patience) override {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    tcp().expires_after(patience);
    const std::size_t got = co_await stream_.async_read_some(room, token);
    // Through TLS only the end that was said counts: another may have cut the answer short.
    if (error == asio::error::eof) co_return std::size_t{0};
    if (error) co_return std::unexpected(no_answer(origin_, "receiving", error));
    co_return got;
  }

  void abort() override { tcp().close(); }

 protected:
  template <class... Arguments>
  explicit Over(const Origin& origin, Arguments&&... arguments)
      : origin_(origin), stream_(std::forward<Arguments>(arguments)...) {}

  virtual beast::tcp_stream& tcp() = 0;
  [[nodiscard]] const Origin& origin() const { return origin_; }
  Stream& stream() { return stream_; }

 private:
  const Origin& origin_;
  Stream stream_;
};

class Plain final : public Over<beast::tcp_stream> {
 public:
  Plain(asio::io_context& context, const Origin& origin) : Over(origin, context) {}

 private:
  beast::tcp_stream& tcp() override { return stream(); }
};

// A base, so that the context is there before the stream that is made of it.
struct HasContext {
  ssl::context tls{ssl::context::tls_client};
};

class Secured final : private HasContext, public Over<ssl::stream<beast::tcp_stream>> {
 public:
  Secured(asio::io_context& context, const Origin& origin) : Over(origin, context, tls) {}

  Result<void> prepare(const std::filesystem::path& authorities) {
    error_code error;
    if (authorities.empty()) {
      SSL_CTX_set_default_verify_paths(tls.native_handle());
    } else {
      tls.load_verify_file(authorities.string(), error);
    }
    if (error) {
      return invalid_input(fmt::format("cannot read the authorities in {}: {}",
                                       authorities.string(), error.message()));
    }
    SSL_set_min_proto_version(handle(), TLS1_2_VERSION);
    stream().set_verify_mode(ssl::verify_peer);
    stream().set_verify_callback([this](bool is_good, ssl::verify_context& judged) {
      if (!is_good && fault_.empty()) fault_ = certificate_fault(judged.native_handle());
      return is_good;
    });
    return expect_host();
  }

  asio::awaitable<Result<void>> open(const Places& places, Duration patience) override {
    auto connected = co_await Over::open(places, patience);
    if (!connected) co_return connected;
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    // Within the same time: the deadline stands since the connecting.
    co_await stream().async_handshake(ssl::stream_base::client, token);
    if (!error) co_return Result<void>{};
    if (!fault_.empty()) co_return unavailable(fmt::format("{}: {}", distrust(), fault_));
    if (error.category() == asio::error::get_ssl_category()) {
      const auto code = static_cast<unsigned long>(static_cast<unsigned>(error.value()));
      co_return unavailable(fmt::format("{}: {}", distrust(), handshake_fault(code)));
    }
    co_return std::unexpected(no_answer(origin(), "the TLS handshake", error));
  }

 private:
  beast::tcp_stream& tcp() override { return stream().next_layer(); }
  SSL* handle() { return stream().native_handle(); }
  [[nodiscard]] std::string distrust() const {
    return fmt::format("no safe connection to {}", to_string(origin()));
  }

  // Whom the certificate has to name, and whom a server of many names is asked for.
  Result<void> expect_host() {
    const std::string& host = origin().host;
    error_code error;
    asio::ip::make_address(host, error);
    bool is_set = false;
    if (!error) {
      is_set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle()), host.c_str()) == 1;
    } else {
      SSL_set_hostflags(handle(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      // SSL_set_tlsext_host_name without its C cast; the name is copied.
      is_set = SSL_set1_host(handle(), host.c_str()) == 1 &&
               SSL_ctrl(handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                        const_cast<char*>(host.c_str())) == 1;
    }
    if (is_set) return {};
    return invalid_input(fmt::format("\"{}\" cannot be a host's name", host));
  }

  std::string fault_;
};

}  // namespace

Error no_answer(const Origin& origin, std::string_view what, const error_code& why) {
  return unavailable(fmt::format("no answer from {}: {} failed{}{}", to_string(origin), what,
                                 why ? ": " : "", why ? why.message() : ""))
      .error();
}

Result<std::unique_ptr<Transport>> make_transport(asio::io_context& context, const Origin& origin,
                                                  const ClientOptions& options) {
  if (origin.scheme == Scheme::http) return std::make_unique<Plain>(context, origin);
  auto secured = std::make_unique<Secured>(context, origin);
  TRY(secured->prepare(options.authorities));
  return secured;
}

}  // namespace gossamer::http
