// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/http/message.hpp"

namespace gossamer::http {

struct Origin {
  std::string host;
  std::string port;
};

// "http://host:8787" and nothing behind it. invalid_input for anything else.
Result<Origin> parse_origin(const std::string& url);

// "http://host:8787/path?x=1". invalid_input for anything else; the message does not quote it.
struct Address {
  Origin origin;
  Target target;
};
Result<Address> parse_address(const std::string& url);

struct ClientOptions {
  Duration connect_patience = std::chrono::seconds(10);
  // Between two pieces of the answer.
  Duration silence_patience = std::chrono::seconds(60);
  std::size_t body_limit_bytes = std::size_t{256} << 20U;
};

// Gets each line of a successful (2xx) answer as it comes; such lines are not kept in the body.
using LineSink = std::function<void(std::string_view)>;

// One request over a connection of its own; waits for the answer. unavailable where nobody answers,
// or not to the end.
Result<Response> call(const Origin& origin, const Request& request, const ClientOptions& options,
                      const LineSink& lines = {});

}  // namespace gossamer::http
