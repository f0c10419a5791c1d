// SPDX-License-Identifier: Apache-2.0
// The same calls over the workspace's Unix socket, for commands that come while another process
// drives it. A request is one framed JSON message; the answer is {"taken": true} at once, any
// number of {"event": ...}, and then {"answer": ...} or {"problem": ...}.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <thread>

#include "base/files.hpp"
#include "base/guarded.hpp"
#include "base/service.hpp"
#include "base/socket.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Serves until stopped; a thread per connection, since callers are commands of one person. The
// actor is who the kernel says is on the other side, unless the request names another (then it is
// unverified).
class SocketServer final : public Service {
 public:
  SocketServer(fs::path path, const Router& router) : path_(std::move(path)), router_(router) {}
  ~SocketServer() override;

  [[nodiscard]] std::string_view name() const override { return "socket"; }
  Result<void> start() override;
  // Takes no more calls, and returns when those under way are answered.
  void stop() noexcept override;

 private:
  struct Connection {
    std::shared_ptr<Socket> socket;
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> is_done;
  };

  void accept_all();
  void serve(Socket& socket) const;

  fs::path path_;
  const Router& router_;
  std::optional<Listener> listener_;
  std::optional<Socket> waker_;  // ends the wait for connections
  std::atomic<bool> stopping_ = false;
  std::thread acceptor_;
  Guarded<std::list<Connection>> connections_;
};

// One call. Nothing where it was not taken, because nobody listens or the other side was ending: it
// may be made elsewhere. `unavailable` where the other side went away after it took the call.
Result<std::optional<Json>> call_over_socket(const fs::path& path, const Request& request,
                                             const EventSink& events);

// Whether a call would be taken within `patience`. Changes nothing.
bool is_answered(const fs::path& path, Duration patience);

// The account of a process on this machine: `os:<name>`, or `os:<number>` where it has no name.
std::string account_name(std::uint32_t user);

}  // namespace gossamer::web
