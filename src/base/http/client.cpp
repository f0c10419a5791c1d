// SPDX-License-Identifier: Apache-2.0
#include "base/http/client.hpp"

#include <fmt/format.h>

#include <exception>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "base/http/transport.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace gossamer::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10U;

std::string written_out(const Origin& origin, const Request& request) {
  beast::http::request<beast::http::string_body> message;
  message.method_string(request.method);
  message.target(format_target(request.path, request.query));
  message.version(11);
  message.set(beast::http::field::host, to_string(origin));
  for (const auto& [name, value] : request.headers)
    message.set(name, value);
  message.body() = request.body;
  message.prepare_payload();
  message.keep_alive(false);
  std::ostringstream text;
  text << message;
  return std::move(text).str();
}

class Exchange {
 public:
  Exchange(const Origin& origin, const Request& request, const ClientOptions& options,
           const LineSink& lines)
      : origin_(origin), request_(request), options_(options), lines_(lines) {}

  Result<Response> run() {
    TRY_ASSIGN(transport_, make_transport(context_, origin_, options_));
    if (options_.whole_patience > Duration::zero()) {
      end_.expires_after(options_.whole_patience);
      end_.async_wait([this](const error_code& error) {
        if (!error) give_up();
      });
    }
    asio::co_spawn(context_, talk(), [this](const std::exception_ptr& failure) {
      if (failure) result_ = std::unexpected(no_answer(origin_, "a reply", error_code()));
      end_.cancel();
    });
    context_.run();
    if (is_late_ && !result_) {
      return unavailable(fmt::format("no whole answer from {} within {}", to_string(origin_),
                                     format_duration(options_.whole_patience)));
    }
    return std::move(result_);
  }

 private:
  void give_up() {
    is_late_ = true;
    resolver_.cancel();
    transport_->abort();
  }

  void failed(Error error) { result_ = std::unexpected(std::move(error)); }

  asio::awaitable<void> talk() {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto places = co_await resolver_.async_resolve(origin_.host, origin_.port, token);
    if (error) co_return failed(no_answer(origin_, "looking up the host", error));
    auto opened = co_await transport_->open(places, options_.connect_patience);
    if (!opened) co_return failed(std::move(opened).error());
    const std::string text = written_out(origin_, request_);
    auto sent = co_await transport_->write(text, options_.silence_patience);
    if (!sent) co_return failed(std::move(sent).error());
    co_await receive();
  }

  asio::awaitable<void> receive() {
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(options_.body_limit_bytes);
    // An eager parser would go on until it has the head of the chunk behind: lines would be late.
    parser.eager(false);
    beast::flat_buffer buffer;
    while (!parser.is_done()) {
      error_code error = beast::http::error::need_more;
      if (buffer.size() > 0) buffer.consume(parser.put(buffer.data(), error));
      if (error == beast::http::error::need_more) {
        error = error_code();
        const auto room = buffer.prepare(piece_bytes);
        const auto got = co_await transport_->read(room, options_.silence_patience);
        if (!got) co_return failed(got.error());
        buffer.commit(*got);
        if (*got == 0) parser.put_eof(error);
      }
      if (error) co_return failed(no_answer(origin_, "receiving", error));
      if (lines_ && parser.get().result_int() / 100 == 2) pass_lines(parser.get().body());
    }
    take(parser.release());
  }

  void take(beast::http::response<beast::http::string_body> message) {
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
  tcp::resolver resolver_{context_};
  asio::steady_timer end_{context_};
  std::unique_ptr<Transport> transport_;
  bool is_late_ = false;
  Result<Response> result_ = unavailable("nothing was asked");
};

}  // namespace

Result<Response> call(const Origin& origin, const Request& request, const ClientOptions& options,
                      const LineSink& lines) {
  try {
    return Exchange(origin, request, options, lines).run();
  } catch (const std::exception& error) {
    return unavailable(fmt::format("cannot talk to {}: {}", to_string(origin), error.what()));
  }
}

}  // namespace gossamer::http
