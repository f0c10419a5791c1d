// SPDX-License-Identifier: Apache-2.0
#include "base/http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/text.hpp"

namespace gossamer::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

class Exchange {
 public:
  Exchange(const Origin& origin, const Request& request, const ClientOptions& options,
           const LineSink& lines)
      : origin_(origin), request_(request), options_(options), lines_(lines), stream_(context_) {}

  Result<Response> run() {
    asio::co_spawn(context_, talk(), [this](const std::exception_ptr& failure) {
      if (failure) failed("a reply", error_code());
    });
    context_.run();
    return std::move(result_);
  }

 private:
  void failed(std::string_view what, const error_code& error) {
    result_ =
        unavailable(fmt::format("no answer from {}:{}: {} failed{}{}", origin_.host, origin_.port,
                                what, error ? ": " : "", error ? error.message() : ""));
  }

  asio::awaitable<void> talk() {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    tcp::resolver resolver(context_);
    const auto places = co_await resolver.async_resolve(origin_.host, origin_.port, token);
    if (error) co_return failed("looking up the host", error);
    stream_.expires_after(options_.connect_patience);
    co_await stream_.async_connect(places, token);
    if (error) co_return failed("connecting", error);
    beast::http::request<beast::http::string_body> message;
    message.method_string(request_.method);
    message.target(format_target(request_.path, request_.query));
    message.version(11);
    message.set(beast::http::field::host, fmt::format("{}:{}", origin_.host, origin_.port));
    for (const auto& [name, value] : request_.headers)
      message.set(name, value);
    message.body() = request_.body;
    message.prepare_payload();
    message.keep_alive(false);
    stream_.expires_after(options_.silence_patience);
    co_await beast::http::async_write(stream_, message, token);
    if (error) co_return failed("sending", error);
    co_await receive();
  }

  asio::awaitable<void> receive() {
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(options_.body_limit_bytes);
    // An eager parser would go on until it has the head of the chunk behind: lines would be late.
    parser.eager(false);
    beast::flat_buffer buffer;
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    while (!parser.is_done()) {
      stream_.expires_after(options_.silence_patience);
      co_await beast::http::async_read_some(stream_, buffer, parser, token);
      if (error) co_return failed("receiving", error);
      if (lines_ && parser.get().result_int() / 100 == 2) pass_lines(parser.get().body());
    }
    auto message = parser.release();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      response.headers.emplace_back(
          lower_case(std::string_view(field.name_string().data(), field.name_string().size())),
          std::string(field.value().data(), field.value().size()));
    }
    response.body = std::move(message.body());
    result_ = std::move(response);
  }

  void pass_lines(std::string& body) const {
    std::size_t begin = 0;
    for (auto end = body.find('\n'); end != std::string::npos; end = body.find('\n', begin)) {
      lines_(std::string_view(body).substr(begin, end - begin));
      begin = end + 1;
    }
    body.erase(0, begin);
  }

  const Origin& origin_;
  const Request& request_;
  const ClientOptions& options_;
  const LineSink& lines_;
  asio::io_context context_{1};
  beast::tcp_stream stream_;
  Result<Response> result_ = unavailable("nothing was asked");
};

constexpr std::string_view scheme = "http://";

std::unexpected<Error> no_address() {
  return invalid_input("expected an address such as http://host:8080/path");
}

}  // namespace

Result<Origin> parse_origin(const std::string& url) {
  const auto address = parse_address(url);
  if (address && address->target.path == "/" && url.find_first_of("?#") == std::string::npos) {
    return address->origin;
  }
  return invalid_input(fmt::format("\"{}\" is no server's address; write http://host:port", url));
}

Result<Address> parse_address(const std::string& url) {
  if (!url.starts_with(scheme)) return no_address();
  const std::size_t behind = std::min(url.find_first_of("/?", scheme.size()), url.size());
  const std::string place = url.substr(scheme.size(), behind - scheme.size());
  const auto colon = place.rfind(':');
  const bool has_port = colon != std::string::npos && place.find(']', colon) == std::string::npos;
  Origin origin{place.substr(0, has_port ? colon : place.size()),
                has_port ? place.substr(colon + 1) : "80"};
  if (origin.host.size() > 2 && origin.host.front() == '[' && origin.host.back() == ']') {
    origin.host = origin.host.substr(1, origin.host.size() - 2);
  }
  const bool is_number =
      !origin.port.empty() && origin.port.find_first_not_of("0123456789") == std::string::npos;
  if (origin.host.empty() || !is_number ||
      origin.host.find_first_of("/?#@ ") != std::string::npos) {
    return no_address();
  }
  const std::string rest = url.substr(behind);
  auto target = parse_target(rest.starts_with('/') ? rest : "/" + rest);
  if (!target) return no_address();
  return Address{std::move(origin), std::move(*target)};
}

Result<Response> call(const Origin& origin, const Request& request, const ClientOptions& options,
                      const LineSink& lines) {
  try {
    return Exchange(origin, request, options, lines).run();
  } catch (const std::exception& error) {
    return unavailable(
        fmt::format("cannot talk to {}:{}: {}", origin.host, origin.port, error.what()));
  }
}

}  // namespace gossamer::http
