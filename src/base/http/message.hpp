// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 behind plain structs. base/http owns connections, their limits and their time; it knows
// no route and no user. Beast and Asio are included in its sources alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gossamer::http {

struct Request {
  std::string method = "GET";
  std::string path = "/";                      // decoded
  std::map<std::string, std::string> query{};  // decoded; of a name given twice, the last
  std::map<std::string, std::string>
      headers{};  // names in lower case; repeated ones joined by ", "
  std::string body{};
  std::string peer{};  // the address of the other side, without its port

  // Empty where there is no such header; `name` in lower case.
  [[nodiscard]] std::string header(const std::string& name) const;
  // A cookie's value; empty where it was not sent.
  [[nodiscard]] std::string cookie(std::string_view name) const;
};

// The writing end of an answer that goes on. Copies write to the same connection, from any thread;
// the answer ends with close(), or when the last copy is gone.
class Outlet {
 public:
  class Flow;
  explicit Outlet(std::shared_ptr<Flow> flow) : flow_(std::move(flow)) {}

  // False where the other side has gone, or reads so slowly that it was given up.
  [[nodiscard]] bool send(std::string text) const;
  void close() const;

 private:
  std::shared_ptr<Flow> flow_;
};

// An answer that goes on after its headers: `begin` gets the writing end, in the network's thread.
struct Streaming {
  std::function<void(Outlet)> begin;
  std::string idle_text;  // written now and then, so that a side that has gone is noticed
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::shared_ptr<Streaming> streaming = nullptr;  // then `body` is not looked at

  // As in Request; `name` in lower case.
  [[nodiscard]] std::string header(std::string_view name) const;
};

// "/a%20b?x=1&y" as path and query. invalid_input for what is no path, a broken escape, a zero
// byte, text that is no UTF-8, an escaped slash, and the parts "." and "..".
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
Result<Target> parse_target(std::string_view text);
// The same backwards: what goes into a request's first line.
std::string format_target(const std::string& path, const std::map<std::string, std::string>& query);

}  // namespace gossamer::http
