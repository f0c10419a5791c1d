// SPDX-License-Identifier: Apache-2.0
#include "app/session.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/wire.hpp"
#include "base/files.hpp"

namespace gossamer::app {

namespace {

// Safe to paste into a shell.
std::string quoted(const std::string& word) {
  static constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@,+";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string safe = "'";
  for (const char letter : word)
    safe += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return safe + "'";
}

}  // namespace

Session::~Session() = default;

std::string Session::call_again() const {
  auto call = quoted(options_.program);
  if (!options_.server.empty()) call += " --server " + quoted(options_.server);
  if (options_.folder != ".") call += " -C " + quoted(options_.folder);
  if (!options_.environment.empty()) call += " --env " + quoted(options_.environment);
  return call;
}

orchestration::Actor Session::actor() const {
  if (!options_.as.empty()) return {options_.as, false, "cli"};
  const passwd* user = ::getpwuid(::geteuid());
  const auto name = user != nullptr ? std::string(user->pw_name) : std::to_string(::geteuid());
  return {"os:" + name, true, "cli"};
}

Result<Json> Session::get(const std::string& path, std::map<std::string, std::string> query) {
  return call(Access::read, {"GET", path, std::move(query), Json::object(), actor()}, {});
}

Result<Json> Session::post(const std::string& path, Json body, const web::EventSink& events) {
  return call(Access::drive, {"POST", path, {}, std::move(body), actor()}, events);
}

std::string Session::server() const {
  return options_.server.empty() ? environment_.get_or("GOSSAMER_SERVER", "") : options_.server;
}

std::string Session::told_path(const std::string& path) const {
  return server().empty() ? fs::absolute(path).lexically_normal().string() : path;
}

Result<std::unique_ptr<Api>> Session::open(Access access) const {
  const auto elsewhere = server();
  if (!elsewhere.empty()) {
    if (!options_.as.empty()) {
      return denied("a server knows who you are by the token (GOSSAMER_TOKEN): leave out --as");
    }
    return open_elsewhere(elsewhere, environment_.get_or("GOSSAMER_TOKEN", ""));
  }
  const WorkspacePlace place{options_.folder, options_.environment, environment_};
  return access == Access::drive ? open_driver(place) : open_reader(place);
}

Result<Json> Session::call(Access access, web::Request request, const web::EventSink& events) {
  // Whoever drives also reads, so that a reader sees what this command has just done.
  auto& api = access == Access::drive || driver_ ? driver_ : reader_;
  if (!api) {
    TRY_ASSIGN(api, open(access));
  }
  const web::EventSink ignore = [](const Json&) {};
  return api->call(request, events ? events : ignore);
}

}  // namespace gossamer::app
