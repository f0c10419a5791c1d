// SPDX-License-Identifier: Apache-2.0
#include "base/http/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gossamer::http {

namespace {

struct Known {
  Scheme scheme;
  std::string_view begin;
  std::string_view port;
};
constexpr Known known[] = {{Scheme::http, "http://", "80"}, {Scheme::https, "https://", "443"}};

std::unexpected<Error> no_address() {
  return invalid_input("expected an address such as https://host/path or http://host:8080/path");
}

}  // namespace

std::string to_string(const Origin& origin) {
  const bool is_six = origin.host.find(':') != std::string::npos;
  std::string text = is_six ? "[" + origin.host + "]" : origin.host;
  const auto* scheme = std::ranges::find(known, origin.scheme, &Known::scheme);
  if (origin.port != scheme->port) text += ":" + origin.port;
  return text;
}

Result<Origin> parse_origin(const std::string& url) {
  const auto address = parse_address(url);
  if (address && address->target.path == "/" && url.find_first_of("?#") == std::string::npos) {
    return address->origin;
  }
  return invalid_input(
      fmt::format("\"{}\" is no server's address; write http://host:port or https://host", url));
}

Result<Address> parse_address(const std::string& url) {
  const auto* scheme = std::ranges::find_if(
      known, [&](const Known& candidate) { return url.starts_with(candidate.begin); });
  if (scheme == std::end(known)) return no_address();
  const std::size_t from = scheme->begin.size();
  const std::size_t behind = std::min(url.find_first_of("/?", from), url.size());
  const std::string place = url.substr(from, behind - from);
  const auto colon = place.rfind(':');
  const bool has_port = colon != std::string::npos && place.find(']', colon) == std::string::npos;
  Origin origin{place.substr(0, has_port ? colon : place.size()),
                has_port ? place.substr(colon + 1) : std::string(scheme->port), scheme->scheme};
  if (origin.host.size() > 2 && origin.host.front() == '[' && origin.host.back() == ']') {
    origin.host = origin.host.substr(1, origin.host.size() - 2);
  }
  const bool is_number =
      !origin.port.empty() && origin.port.find_first_not_of("0123456789") == std::string::npos;
  if (origin.host.empty() || !is_number ||
      origin.host.find_first_of("/?#@ ") != std::string::npos) {
    return no_address();
  }
  const std::string rest = url.substr(behind);
  auto target = parse_target(rest.starts_with('/') ? rest : "/" + rest);
  if (!target) return no_address();
  return Address{std::move(origin), std::move(*target)};
}

}  // namespace gossamer::http
