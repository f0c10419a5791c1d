// SPDX-License-Identifier: Apache-2.0
// The whole object graph, written out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/place.hpp"
#include "app/session.hpp"
#include "base/result.hpp"
#include "pipeline/load.hpp"

namespace gossamer::app {

// An API that reads beside a running engine. not_found where the folder is no workspace.
Result<std::unique_ptr<Api>> open_reader(const WorkspacePlace& place);

// An API that drives: this process becomes the engine until the object dies or, where another holds
// the lock, its requests go there.
Result<std::unique_ptr<Api>> open_driver(const WorkspacePlace& place);

// Where HTTP comes in.
struct Listening {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8787;       // 0: any that is free
  std::vector<std::string> hosts;  // what requests may name beside the address: "ml.example.com"
  bool secure_cookies = false;     // browsers come by https, through a proxy
  std::function<void(std::uint16_t)> on_port;  // told once it listens
};

// As a driver that stays: other commands come to it. conflict where another process drives the
// workspace and goes on doing so. Until it dies timers pass and runs go on; what is under way then
// goes on under the next engine. Without `listening` it has no network.
Result<std::unique_ptr<Api>> open_server(const WorkspacePlace& place,
                                         const std::optional<Listening>& listening);

// The same calls on a server elsewhere. invalid_input where the address is none.
Result<std::unique_ptr<Api>> open_elsewhere(const std::string& url, const std::string& token);

// Loads and validates the files as they are now; parses SQL in a worker, cached by digest.
Result<pipeline::Loaded> load_place(const WorkspacePlace& place);

}  // namespace gossamer::app
