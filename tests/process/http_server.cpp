// SPDX-License-Identifier: Apache-2.0
#include "tests/process/http_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace gossamer::test {

HttpServer::HttpServer() {
  workspace_.write("gossamer.yaml", "workspace: served\ntimezone: UTC\n");
  workspace_.write_asking_pipeline("ask");
  EXPECT_EQ(workspace_.run({"apply"}).exit_code, 0);
}

void HttpServer::add_user(const std::string& name, const std::string& role) const {
  const auto file = workspace_.beside("password");
  EXPECT_TRUE(write_file_durably(file, std::string(password) + "\n"));
  const auto input = open_file(file, O_RDONLY);
  ASSERT_TRUE(input);
  Program& program = const_cast<HttpServer*>(this)->workspace_.program();
  auto options = program.options({"users", "add", name, "--role", role}, workspace_.folder());
  options.standard_input = input->number();
  auto process = Subprocess::spawn(options);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->wait()->exit_code, 0) << name;
}

std::string HttpServer::token(const std::string& user, const std::string& role) const {
  return workspace_.json({"tokens", "create", "test", "--user", user, "--role", role})
      .at("secret")
      .get<std::string>();
}

void HttpServer::start(const std::vector<std::string>& more) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  said_ = FileDescriptor(ends[0]);
  const FileDescriptor says(ends[1]);
  std::vector<std::string> arguments{"serve", "--listen",
                                     "127.0.0.1:" + (port_.empty() ? "0" : port_)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto options = workspace_.program().options(arguments, workspace_.folder());
  options.standard_error = says.number();
  auto process = Subprocess::spawn(options);
  ASSERT_TRUE(process);
  process_.emplace(*std::move(process));
  std::string said;
  std::array<char, 512> bytes{};
  while (said.find("serves") == std::string::npos) {
    const auto got = ::read(said_.number(), bytes.data(), bytes.size());
    ASSERT_GT(got, 0) << said;
    said.append(bytes.data(), static_cast<std::size_t>(got));
  }
  const auto colon = said.find(':', said.find("http://127"));
  ASSERT_NE(colon, std::string::npos) << said;
  const auto from = said.find(':', colon + 1) + 1;
  port_ = said.substr(from, said.find('\n', from) - from);
}

int HttpServer::stop() {
  EXPECT_TRUE(process_->send_signal(SIGTERM));
  const auto end = process_->wait();
  const int code = end ? end->exit_code : -1;
  // What it said on its way out tells more than a code.
  if (code != 0) {
    std::array<char, 4096> bytes{};
    const auto got = ::read(said_.number(), bytes.data(), bytes.size());
    ADD_FAILURE() << std::string(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return code;
}

void HttpServer::kill() {
  EXPECT_TRUE(process_->send_signal(SIGKILL));
  EXPECT_TRUE(process_->wait());
}

Ran HttpServer::run_there(const std::string& token, std::vector<std::string> arguments) {
  auto& program = workspace_.program();
  program.set_variable("GOSSAMER_TOKEN", token);
  arguments.insert(arguments.begin(), {"--server", url()});
  return program.run(arguments);
}

std::string Visitor::header(const std::string& name) const {
  const auto found = headers_.find(name);
  return found == headers_.end() ? "" : found->second;
}

int Visitor::sign_in(const std::string& user, const std::string& with) {
  const auto response = ask("POST", "/api/v1/session", {{"user", user}, {"password", with}});
  if (response.status != 200) return response.status;
  const auto cookie = response.header("set-cookie");
  headers_["cookie"] = cookie.substr(0, cookie.find(';'));
  headers_["x-csrf-token"] = parse_json(response.body, "session")->at("csrf").get<std::string>();
  headers_["origin"] = server_.url();
  return response.status;
}

http::Response Visitor::ask(const std::string& method, const std::string& path,
                            const Json& body) const {
  http::Request request;
  request.method = method;
  const auto target = http::parse_target(path);
  EXPECT_TRUE(target);
  request.path = target->path;
  request.query = target->query;
  for (const auto& [name, value] : headers_)
    if (!value.empty()) request.headers[name] = value;
  if (method != "GET") {
    request.headers.emplace("content-type", "application/json");
    request.body = body.dump();
  }
  const auto response = http::call(server_.origin(), request, {});
  EXPECT_TRUE(response) << response.error().message;
  return response.value_or(http::Response{});
}

Json Visitor::answer(const std::string& method, const std::string& path, const Json& body) const {
  const auto response = ask(method, path, body);
  EXPECT_EQ(response.status, 200) << path << ": " << response.body;
  return parse_json(response.body, "answer").value_or(Json());
}

}  // namespace gossamer::test
