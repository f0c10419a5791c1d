// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/http/message.hpp"

namespace gossamer::web {

// What a browser gets: a file of the page, or the page itself for each of its addresses.
http::Response page_response(const http::Request& request);

}  // namespace gossamer::web
