// SPDX-License-Identifier: Apache-2.0
#include "base/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/http/connection.hpp"

namespace gossamer::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Where descriptors have run out, accepting again at once would only burn time.
constexpr Duration accept_pause = std::chrono::milliseconds(50);
// After this a side that does not take its answer is left alone.
constexpr Duration stop_patience = std::chrono::seconds(10);
constexpr std::string_view full_answer =
    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\n"
    "connection: close\r\n\r\n";

Result<asio::ip::address> address_of(const std::string& text) {
  error_code error;
  auto address = asio::ip::make_address(text, error);
  if (error) return invalid_input(fmt::format("\"{}\" is no address, such as 127.0.0.1", text));
  return address;
}

}  // namespace

Result<bool> is_loopback(const std::string& address) {
  TRY_ASSIGN(const auto parsed, address_of(address));
  return parsed.is_loopback();
}

class Server::Core : public std::enable_shared_from_this<Server::Core> {
 public:
  Core(ServerOptions options, Handler handler)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(handler))),
        acceptor_(shared_->context),
        end_(shared_->context) {}

  Result<void> take_port() {
    if (acceptor_.is_open()) return {};
    const auto& options = shared_->options;
    TRY_ASSIGN(const auto address, address_of(options.address));
    const tcp::endpoint place(address, options.port);
    error_code error;
    acceptor_.open(place.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(place, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return unavailable(fmt::format("cannot listen on {} port {}: {}", options.address,
                                     options.port, error.message()));
    }
    port_ = acceptor_.local_endpoint(error).port();
    return {};
  }

  Result<void> start() {
    TRY(take_port());
    asio::co_spawn(shared_->context, accept_all(), asio::detached);
    thread_ = std::thread([this] { shared_->context.run(); });
    return {};
  }

  void close_entrance() noexcept {
    asio::post(shared_->context, [this] {
      if (!shared_->is_open) return;
      shared_->is_open = false;
      error_code ignored;
      acceptor_.close(ignored);
      for (auto* connection : shared_->waiting)
        connection->cut();
      for (const auto& stream : shared_->streams)
        stream->close();
    });
  }

  void stop() noexcept {
    if (!thread_.joinable()) return;
    close_entrance();
    asio::post(shared_->context, [this] {
      end_.expires_after(stop_patience);
      end_.async_wait([this](const error_code& error) {
        if (error) return;
        for (auto* connection : shared_->all)
          connection->cut();
      });
      if (shared_->all.empty()) end_.cancel();
    });
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  asio::awaitable<void> accept_all() {
    while (acceptor_.is_open()) {
      tcp::socket socket(shared_->context);
      error_code error;
      auto token = asio::redirect_error(asio::use_awaitable, error);
      co_await acceptor_.async_accept(socket, token);
      if (!acceptor_.is_open()) break;
      if (error) {
        asio::steady_timer pause(shared_->context);
        pause.expires_after(accept_pause);
        co_await pause.async_wait(token);
      } else if (make_room()) {
        asio::co_spawn(shared_->context, hold(std::move(socket)), asio::detached);
      } else {
        socket.non_blocking(true, error);
        socket.write_some(asio::buffer(full_answer), error);
      }
    }
  }

  bool make_room() {
    if (shared_->all.size() < shared_->options.limits.connections) return true;
    if (shared_->waiting.empty()) return false;
    shared_->waiting.front()->give_way();
    return true;
  }

  asio::awaitable<void> hold(tcp::socket socket) {
    {
      Connection connection(shared_, std::move(socket));
      co_await connection.run();
    }
    if (!shared_->is_open && shared_->all.empty()) end_.cancel();
  }

  std::shared_ptr<Shared> shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer end_;
  std::thread thread_;
  std::uint16_t port_ = 0;
};

Server::Server(ServerOptions options, Handler handler)
    : core_(std::make_shared<Core>(std::move(options), std::move(handler))) {}
Server::~Server() { core_->stop(); }

Result<void> Server::take_port() { return core_->take_port(); }
Result<void> Server::start() { return core_->start(); }
void Server::close_entrance() noexcept { core_->close_entrance(); }
void Server::stop() noexcept { core_->stop(); }
std::uint16_t Server::port() const { return core_->port(); }

}  // namespace gossamer::http
