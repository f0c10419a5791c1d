// SPDX-License-Identifier: Apache-2.0
// One connection's life, and what connections share. Inside base/http only: everything here runs on
// the network's thread.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/http/flow.hpp"
#include "base/http/server.hpp"

namespace gossamer::http {

class Reply::Place : public std::enable_shared_from_this<Reply::Place> {
 public:
  explicit Place(boost::asio::io_context& context) : context_(context), arrived_(context) {}

  // From any thread.
  void put(Response response);
  boost::asio::awaitable<Response> take();

 private:
  boost::asio::io_context& context_;
  boost::asio::steady_timer arrived_;
  std::optional<Response> response_;
};

class Connection;

// What connections count together.
struct Shared {
  explicit Shared(ServerOptions server_options, Handler request_handler)
      : options(std::move(server_options)), handler(std::move(request_handler)) {}

  ServerOptions options;
  Handler handler;
  boost::asio::io_context context{1};
  bool is_open = true;             // new requests are taken
  std::list<Connection*> waiting;  // for a request; the longest first
  std::set<Connection*> all;
  std::set<std::shared_ptr<Outlet::Flow>> streams;
  std::size_t bodies_bytes = 0;
};

class Connection {
 public:
  Connection(std::shared_ptr<Shared> shared, boost::asio::ip::tcp::socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until the other side goes, or is sent away.
  boost::asio::awaitable<void> run();
  // Ends what is being read or written.
  void cut();
  // Gives up waiting for a request, for one that came later.
  void give_way();

 private:
  struct Incoming {
    Request request;
    unsigned version = 11;
    bool keeps_alive = true;
    std::size_t reserved_bytes = 0;
  };
  enum class First : std::uint8_t { yes, no };

  boost::asio::awaitable<std::optional<Incoming>> receive(First first);
  // False where the connection is to be closed.
  boost::asio::awaitable<bool> answer(Incoming incoming);
  boost::asio::awaitable<bool> write(Response response, unsigned version, bool keeps_alive,
                                     bool is_head);
  boost::asio::awaitable<bool> write_stream(Response response, unsigned version);
  boost::asio::awaitable<bool> send_flow(Outlet::Flow& flow, boost::asio::steady_timer& signal,
                                         const Streaming& streaming, bool is_chunked);
  boost::asio::awaitable<bool> send_text(std::string text, bool is_chunked);
  // Says why, and reads on for a moment, so that the answer is not lost with what is still coming.
  boost::asio::awaitable<void> refuse(int status, std::string reason);
  void begin_waiting();
  void end_waiting();

  std::shared_ptr<Shared> shared_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::string peer_;
  std::optional<std::list<Connection*>::iterator> place_;
};

}  // namespace gossamer::http
