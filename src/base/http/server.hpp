// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/http/message.hpp"
#include "base/service.hpp"

namespace gossamer::http {

// What one side may cost. Over a limit a request gets 4xx or 503 and its connection is closed.
struct Limits {
  std::size_t header_bytes = std::size_t{16} << 10U;
  std::size_t body_bytes = std::size_t{4} << 20U;
  std::size_t all_bodies_bytes = std::size_t{64} << 20U;  // of requests being read or answered
  // Of connections; one more ends the one that has kept the server waiting for a request longest,
  // or is refused where all of them are being answered.
  std::size_t connections = 1024;
  std::size_t streams = 512;                            // answers that go on
  std::size_t backlog_bytes = std::size_t{1} << 20U;    // of such an answer, written but not taken
  Duration header_patience = std::chrono::seconds(15);  // for the whole header
  Duration idle_patience = std::chrono::seconds(75);    // until the next request's header is there
  Duration body_patience = std::chrono::seconds(60);
  Duration write_patience = std::chrono::seconds(60);
  Duration stream_pause = std::chrono::seconds(15);  // between two idle texts
};

// Where one answer goes. Called at most once, from any thread; dropped without having been called
// it answers 503.
class Reply {
 public:
  class Place;
  explicit Reply(std::shared_ptr<Place> place) : place_(std::move(place)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();

  void operator()(Response response);

 private:
  std::shared_ptr<Place> place_;
};

// Called in the network's thread: it must not block, and leaves work to threads of its own.
using Handler = std::function<void(Request, Reply)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8787;  // 0: any that is free
  Limits limits{};
};

// HTTP/1.1 on one thread of its own.
class Server final : public Service {
 public:
  Server(ServerOptions options, Handler handler);
  ~Server() override;

  [[nodiscard]] std::string_view name() const override { return "http"; }
  // Binds the address, for those who must know the port before anybody is answered; start() does it
  // otherwise. invalid_input where the address is none, unavailable where it cannot be had.
  Result<void> take_port();
  Result<void> start() override;
  // Takes no more connections and no more requests; answers that go on end. Returns at once: what
  // was asked before is still answered.
  void close_entrance() noexcept;
  // Closes the entrance, and returns when everything has been answered.
  void stop() noexcept override;

  // The one that was given, or found by take_port().
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

// Whether only this machine reaches the address (127.0.0.0/8, ::1). invalid_input where it is none.
Result<bool> is_loopback(const std::string& address);

}  // namespace gossamer::http
