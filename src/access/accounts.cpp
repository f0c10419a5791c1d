// SPDX-License-Identifier: Apache-2.0
#include "access/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gossamer::access {

namespace {

constexpr std::array<std::string_view, 5> role_names{"viewer", "operator", "approver", "editor",
                                                     "admin"};
constexpr std::array<std::string_view, 5> permission_names{"read", "run", "decide", "edit",
                                                           "administer"};
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t password_bytes_min = 12;
constexpr std::size_t password_bytes_max = 1024;

bool is_alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

}  // namespace

std::string_view name_of(Role role) { return role_names.at(static_cast<std::size_t>(role)); }

Result<Role> parse_role(std::string_view text) {
  for (std::size_t at = 0; at < role_names.size(); ++at) {
    if (role_names.at(at) == text) return static_cast<Role>(at);
  }
  return invalid_input(
      fmt::format("\"{}\" is no role; use viewer, operator, approver, editor or admin", text));
}

std::string_view name_of(Permission permission) {
  return permission_names.at(static_cast<std::size_t>(permission));
}

Role least_role_for(Permission permission) {
  switch (permission) {
    case Permission::read:
      return Role::viewer;
    case Permission::run:
      return Role::operating;
    case Permission::decide:
      return Role::approver;
    case Permission::edit:
      return Role::editor;
    case Permission::administer:
      return Role::admin;
  }
  return Role::admin;
}

Result<void> require_permission(Role role, Permission permission) {
  if (role >= least_role_for(permission)) return {};
  return denied(fmt::format("this needs the permission \"{}\", which the role {} lacks; {} has it",
                            name_of(permission), name_of(role),
                            name_of(least_role_for(permission))));
}

Result<void> check_user_name(std::string_view name) {
  const auto is_allowed = [](char letter) {
    return is_alphanumeric(letter) || letter == '.' || letter == '_' || letter == '-' ||
           letter == '@';
  };
  if (name.empty() || name.size() > name_bytes_max || !is_alphanumeric(name.front()) ||
      !std::ranges::all_of(name, is_allowed)) {
    return invalid_input(fmt::format(
        "\"{}\" is no user's name: letters, digits, \".\", \"_\", \"-\" and \"@\", at most {}",
        name, name_bytes_max));
  }
  return {};
}

Result<void> check_password(std::string_view password) {
  if (password.size() >= password_bytes_min && password.size() <= password_bytes_max) return {};
  return invalid_input(fmt::format("a password has {} to {} bytes, this one has {}",
                                   password_bytes_min, password_bytes_max, password.size()));
}

}  // namespace gossamer::access
