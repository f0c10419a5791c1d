// SPDX-License-Identifier: Apache-2.0
// Answers and bodies of the API as HTTP has them.
#pragma once

#include <string>

#include "base/http/message.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::web {

// As one line; what is no UTF-8 is replaced.
std::string text_of(const Json& json);
http::Response json_response(int status, const Json& body,
                             const std::string& type = "application/json");
http::Response problem_response(const Error& error);
// 401: nobody is signed in.
http::Response unknown_visitor();

bool changes_something(const http::Request& request);
// The request's JSON object, empty where it has no body. invalid_input for anything else.
Result<Json> body_of(const http::Request& request);

// Adds an ETag; whoever asks again for what it has already is told that alone, by 304 (RFC 9110,
// section 13.1.2).
void tag(const http::Request& request, http::Response& response);
// Says where the list goes on: the same request with this cursor (RFC 8288).
void link_next(const http::Request& request, const std::string& cursor, http::Response& response);

}  // namespace gossamer::web
