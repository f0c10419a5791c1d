// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

namespace {

struct PersonOptions {
  std::string user;
  std::string role;
  std::string token;
  std::string valid_for = "90d";
};

// Nothing of what is typed is shown until this is gone.
class Unseen {
 public:
  Unseen() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    is_terminal_ = true;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~Unseen() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_ = false;
};

// The first line of stdin; a terminal is asked for it.
Result<std::string> read_password(Console& console, const std::string& user) {
  const Unseen unseen;
  if (unseen.is_terminal()) {
    console.err() << fmt::format("password for {}: ", user) << std::flush;
  }
  std::string password;
  std::getline(std::cin, password);
  if (unseen.is_terminal()) console.err() << '\n';
  if (password.empty()) {
    return invalid_input("no password: type it, or give it as the first line of stdin");
  }
  return password;
}

Result<ExitCode> change(Session& session, const std::string& path, const Json& body,
                        Listing (*view)(Json rows)) {
  TRY_ASSIGN(const auto format, session.format());
  TRY_ASSIGN(const auto changed, session.post(path, body));
  session.console().print_object(changed, view(Json::array({changed})), format);
  return ExitCode::done;
}

void add_user(CLI::App& users, const Registration& to) {
  auto options = std::make_shared<PersonOptions>();
  auto* command = users.add_subcommand("add", "Let somebody sign in; asks for the password");
  command->add_option("NAME", options->user, "As in the approvers of a gate")->required();
  command->add_option("--role", options->role, "viewer, operator, approver, editor or admin")
      ->required();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto password, read_password(session.console(), options->user));
      return change(session, "/api/v1/users",
                    {{"user", options->user}, {"role", options->role}, {"password", password}},
                    &users_listing);
    };
  });
}

void add_password(CLI::App& users, const Registration& to) {
  auto options = std::make_shared<PersonOptions>();
  auto* command = users.add_subcommand("password", "Set a new password; ends the user's sessions");
  command->add_option("NAME", options->user, "The user")->required();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto password, read_password(session.console(), options->user));
      return change(session, "/api/v1/users/" + options->user, {{"password", password}},
                    &users_listing);
    };
  });
}

void add_role(CLI::App& users, const Registration& to) {
  auto options = std::make_shared<PersonOptions>();
  auto* command = users.add_subcommand("role", "Give a user another role");
  command->add_option("NAME", options->user, "The user")->required();
  command->add_option("ROLE", options->role, "viewer, operator, approver, editor or admin")
      ->required();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      return change(session, "/api/v1/users/" + options->user, {{"role", options->role}},
                    &users_listing);
    };
  });
}

void add_activity(CLI::App& users, const Registration& to, const std::string& verb,
                  const std::string& description) {
  auto options = std::make_shared<PersonOptions>();
  auto* command = users.add_subcommand(verb, description);
  command->add_option("NAME", options->user, "The user")->required();
  command->callback([&session = to.session, &chosen = to.chosen, options, verb] {
    chosen = [&session, options, verb]() -> Result<ExitCode> {
      return change(session, "/api/v1/users/" + options->user, {{"active", verb == "enable"}},
                    &users_listing);
    };
  });
}

void add_create(CLI::App& tokens, const Registration& to) {
  auto options = std::make_shared<PersonOptions>();
  auto* command =
      tokens.add_subcommand("create", "Make a token; its secret is printed now and never again");
  command->add_option("NAME", options->token, "What it is for")->required();
  command->add_option("--user", options->user, "Acts under this name")->required();
  command->add_option("--role", options->role, "No more than the user's own")->required();
  command->add_option("--valid-for", options->valid_for, "At most 366d")->capture_default_str();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto made,
                 session.post("/api/v1/tokens", {{"name", options->token},
                                                 {"user", options->user},
                                                 {"role", options->role},
                                                 {"valid_for", options->valid_for}}));
      if (format == OutputFormat::table || format == OutputFormat::wide) {
        session.console().out() << made.at("secret").get<std::string>() << '\n';
        session.console().err() << fmt::format("{} is valid until {}; use it as GOSSAMER_TOKEN\n",
                                               made.at("token").get<std::string>(),
                                               made.at("expires_at").get<std::string>());
      } else {
        session.console().print_object(made, tokens_listing(Json::array({made})), format);
      }
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_users(const Registration& to) {
  auto* users = to.root.add_subcommand("users", "Who may sign in to a server, and as what");
  users->require_subcommand(1);
  users->footer(
      "A role may do what those before it may: viewer sees, operator runs, approver decides,\n"
      "editor applies and changes tables, admin keeps users, tokens and the audit log.\n"
      "Examples:\n"
      "  gossamer users add ana --role admin             asks for the password\n"
      "  gossamer users add bo --role viewer < password.txt\n"
      "  gossamer users disable bo");
  auto* list = users->add_subcommand("list", "Users with their roles");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/users", {}, &users_listing}; });
  add_user(*users, to);
  add_password(*users, to);
  add_role(*users, to);
  add_activity(*users, to, "disable", "End a user's access and sessions");
  add_activity(*users, to, "enable", "Let a user sign in again");
}

void add_tokens(const Registration& to) {
  auto* tokens = to.root.add_subcommand("tokens", "How programs come to a server");
  tokens->require_subcommand(1);
  tokens->footer(
      "Example:\n"
      "  export GOSSAMER_TOKEN=$(gossamer tokens create nightly --user ana --role operator)\n"
      "  gossamer --server http://127.0.0.1:8787 runs list");
  auto* list = tokens->add_subcommand("list", "Tokens, newest first");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/tokens", {}, &tokens_listing}; });
  add_create(*tokens, to);
  auto token = std::make_shared<std::string>();
  auto* revoke = tokens->add_subcommand("revoke", "End a token");
  revoke->add_option("TOKEN", *token, "The token's id")->required();
  revoke->callback([&session = to.session, &chosen = to.chosen, token] {
    chosen = [&session, token]() -> Result<ExitCode> {
      return change(session, "/api/v1/tokens/" + *token + "/revoke", Json::object(),
                    &tokens_listing);
    };
  });
}

}  // namespace gossamer::app
