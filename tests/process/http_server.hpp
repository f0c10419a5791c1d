// SPDX-License-Identifier: Apache-2.0
// A real server of a workspace of its own, and callers who are somebody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/http/client.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {

constexpr const char* password = "correct horse battery";

class HttpServer {
 public:
  // In a workspace with a pipeline `ask`, see write_asking_pipeline().
  HttpServer();

  Workspace& workspace() { return workspace_; }
  void add_user(const std::string& name, const std::string& role) const;
  // The secret of a new token.
  [[nodiscard]] std::string token(const std::string& user, const std::string& role) const;
  // Returns once it listens.
  void start(const std::vector<std::string>& more = {});
  // By SIGTERM; its exit code.
  int stop();
  void kill();
  [[nodiscard]] http::Origin origin() const { return {"127.0.0.1", port_}; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + port_; }
  // The program on the server, with a token.
  [[nodiscard]] Ran run_there(const std::string& token, std::vector<std::string> arguments);

 private:
  Workspace workspace_;
  std::optional<Subprocess> process_;
  FileDescriptor said_;
  std::string port_;
};

// A browser: keeps its cookie and sends what a page of the server would.
class Visitor {
 public:
  explicit Visitor(const HttpServer& server) : server_(server) {}

  // The status.
  int sign_in(const std::string& user, const std::string& with = password);
  [[nodiscard]] http::Response ask(const std::string& method, const std::string& path,
                                   const Json& body = Json::object()) const;
  // As ask; an answer other than 200 fails the test.
  [[nodiscard]] Json answer(const std::string& method, const std::string& path,
                            const Json& body = Json::object()) const;
  // What is sent with each request; an empty value leaves it out.
  void set_header(const std::string& name, const std::string& value) { headers_[name] = value; }
  [[nodiscard]] std::string header(const std::string& name) const;

 private:
  const HttpServer& server_;
  std::map<std::string, std::string> headers_;
};

}  // namespace gossamer::test
