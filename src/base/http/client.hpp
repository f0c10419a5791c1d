// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/http/address.hpp"
#include "base/http/message.hpp"

namespace gossamer::http {

struct ClientOptions {
  // Until the connection stands, over TLS with the server's certificate judged.
  Duration connect_patience = std::chrono::seconds(10);
  // Between two pieces of the answer.
  Duration silence_patience = std::chrono::seconds(60);
  std::size_t body_limit_bytes = std::size_t{256} << 20U;
  // From the call to the end of the answer; none where it is zero. Looking up a host's name has
  // limits of its own, the system's.
  Duration whole_patience = Duration::zero();
  // A PEM file with the authorities that a server's certificate may come from. Where it is empty
  // these are the system's, and those of the file that SSL_CERT_FILE names.
  std::filesystem::path authorities{};
};

// Gets each line of a successful (2xx) answer as it comes; such lines are not kept in the body.
using LineSink = std::function<void(std::string_view)>;

// One request over a connection of its own; waits for the answer. A redirect is an answer like any
// other. unavailable where nobody answers, not to the end, or, over TLS (1.2 or later), somebody
// who does not prove to be `origin`; the message names the origin and what is wrong, never the
// request. invalid_input where `authorities` cannot be read.
Result<Response> call(const Origin& origin, const Request& request, const ClientOptions& options,
                      const LineSink& lines = {});

}  // namespace gossamer::http
