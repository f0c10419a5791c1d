// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/http/message.hpp"

namespace gossamer::http {

enum class Scheme : std::uint8_t { http, https };

struct Origin {
  std::string host;
  std::string port;
  Scheme scheme = Scheme::http;
};

// "host:port" as people and the header `host` write it; a port that goes without saying is left
// out.
std::string to_string(const Origin& origin);

// "http://host:8787" or "https://host", and nothing behind it. invalid_input for anything else.
Result<Origin> parse_origin(const std::string& url);

// "https://host:8787/path?x=1". invalid_input for anything else; the message does not quote it.
struct Address {
  Origin origin;
  Target target;
};
Result<Address> parse_address(const std::string& url);

}  // namespace gossamer::http
