// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/front_desk.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// Users and tokens, without their passwords and secrets.
std::vector<Route> account_reads(const access::AccountStore& accounts);
std::vector<Route> account_verbs(access::FrontDesk& desk);

}  // namespace gossamer::web
