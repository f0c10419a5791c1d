// SPDX-License-Identifier: Apache-2.0
#include "web/socket_api.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>

#include <array>
#include <system_error>
#include <vector>

#include "web/responses.hpp"

namespace gossamer::web {

namespace {

// Above what a person's command needs, far below what would hurt.
constexpr std::size_t max_connections = 64;

Json to_json(const Request& request) {
  return {{"method", request.method},
          {"path", request.path},
          {"query", request.query},
          {"body", request.body},
          {"as", request.actor.verified ? "" : request.actor.name}};
}

Result<Request> request_from_json(const Json& json) {
  Request request;
  TRY_ASSIGN(request.method, require<std::string>(json, "method"));
  TRY_ASSIGN(request.path, require<std::string>(json, "path"));
  TRY_ASSIGN(request.body, require<Json>(json, "body"));
  TRY_ASSIGN(const auto query, require<Json>(json, "query"));
  for (const auto& [key, value] : query.items()) {
    if (!value.is_string()) return invalid_input(fmt::format("query \"{}\" is no text", key));
    request.query[key] = value.get<std::string>();
  }
  TRY_ASSIGN(const auto as, require<std::string>(json, "as"));
  if (!as.empty()) request.actor = {as, false, "cli"};
  return request;
}

}  // namespace

std::string account_name(std::uint32_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return fmt::format("os:{}", found->pw_name);
  }
  return fmt::format("os:{}", user);
}

SocketServer::~SocketServer() { stop(); }

Result<void> SocketServer::start() {
  TRY_ASSIGN(auto listener, Listener::listen(path_, 0600));
  TRY_ASSIGN(auto pair, Socket::pair());
  listener_.emplace(std::move(listener));
  waker_.emplace(std::move(pair.first));
  acceptor_ = std::thread([this, wake = std::move(pair.second)] {
    while (!stopping_) {
      std::array<pollfd, 2> waits{
          {{listener_->descriptor().number(), POLLIN, 0}, {wake.descriptor().number(), POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
      if (waits[0].revents != 0 && !stopping_) accept_all();
    }
  });
  return {};
}

void SocketServer::accept_all() {
  auto accepted = listener_->accept();
  if (!accepted) return;
  connections_.with([&](auto& connections) {
    for (auto at = connections.begin(); at != connections.end();) {
      if (*at->is_done) {
        at->thread.join();
        at = connections.erase(at);
      } else {
        ++at;
      }
    }
    // Refused by closing: the caller is told that the answer did not come.
    if (connections.size() >= max_connections) return;
    auto socket = std::make_shared<Socket>(std::move(*accepted));
    auto is_done = std::make_shared<std::atomic<bool>>(false);
    try {
      std::thread thread([this, socket, is_done] {
        serve(*socket);
        *is_done = true;
      });
      connections.push_back({socket, std::move(thread), is_done});
    } catch (const std::system_error&) {
      socket.reset();  // no thread is to be had: refused as above
    }
  });
}

void SocketServer::serve(Socket& socket) const {
  const auto peer = socket.peer();
  if (!peer) return;
  for (;;) {
    const auto message = socket.receive();
    if (!message || !*message) return;
    // From here on only this side may do it: a caller that hears nothing may ask elsewhere.
    if (!socket.send(Json{{"taken", true}}.dump())) return;
    const auto answer = [&]() -> Result<Json> {
      TRY_ASSIGN(const auto json, parse_json((*message)->bytes, "request"));
      TRY_ASSIGN(auto request, request_from_json(json));
      if (request.actor.name.empty()) request.actor = {account_name(peer->user), true, "cli"};
      // A caller that went away does not end the work that it asked for: events are for show.
      const EventSink events = [&](const Json& event) {
        static_cast<void>(socket.send(text_of({{"event", event}})));
      };
      return router_.call(request, events);
    }();
    const Json reply =
        answer ? Json{{"answer", *answer}} : Json{{"problem", problem_of(answer.error())}};
    if (!socket.send(text_of(reply))) return;
  }
}

void SocketServer::stop() noexcept {
  if (stopping_.exchange(true)) return;
  if (waker_) waker_->shut_down();
  if (acceptor_.joinable()) acceptor_.join();
  // Calls under way are answered first; a connection without one ends at once.
  std::list<Connection> left;
  connections_.with([&](auto& connections) { left.swap(connections); });
  for (const auto& connection : left) {
    ::shutdown(connection.socket->descriptor().number(), SHUT_RD);
  }
  for (auto& connection : left)
    connection.thread.join();
  if (listener_) static_cast<void>(remove_tree(path_));
}

Result<std::optional<Json>> call_over_socket(const fs::path& path, const Request& request,
                                             const EventSink& events) {
  auto socket = Socket::connect(path);
  if (!socket || !socket->send(text_of(to_json(request)))) return std::nullopt;
  bool taken = false;
  for (;;) {
    const auto message = socket->receive();
    if (!message || !*message) {
      if (!taken) return std::nullopt;
      return unavailable(
          "the process that drives this workspace ended before it answered; what it had committed "
          "stands: repeat the command to go on");
    }
    TRY_ASSIGN(const auto json, parse_json((*message)->bytes, "answer"));
    if (json.contains("taken")) {
      taken = true;
    } else if (const auto event = json.find("event"); event != json.end()) {
      events(*event);
    } else if (const auto answer = json.find("answer"); answer != json.end()) {
      return *answer;
    } else {
      return std::unexpected(error_of_problem(json.value("problem", Json::object())));
    }
  }
}

bool is_answered(const fs::path& path, Duration patience) {
  auto socket = Socket::connect(path);
  if (!socket) return false;
  const Request request{"GET", "/api/v1/settings", {}, Json::object(), {}};
  if (!socket->send(to_json(request).dump())) return false;
  const auto message = socket->receive_within(patience);
  return message && *message;
}

}  // namespace gossamer::web
