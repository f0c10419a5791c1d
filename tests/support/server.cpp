// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/files.hpp"
#include "base/socket.hpp"

namespace gossamer::test {

Subprocess serve(const Workspace& workspace) {
  auto server = workspace.start({"serve", "--headless"});
  const auto state = workspace.folder() / ".gossamer";
  // A child of a server that was killed may hold that one's socket until it has become a program.
  const auto holds = [&, lock = state / "engine.lock"] {
    return read_file(lock).value_or("") == std::to_string(server.pid()) + "\n";
  };
  while (!holds() || !Socket::connect(state / "engine.sock")) {
    const auto ended = server.wait_for(std::chrono::milliseconds(10));
    if (!ended || *ended) {
      ADD_FAILURE() << "the server ended";
      break;
    }
  }
  return server;
}

void stop(Subprocess& server, int signal) {
  ASSERT_TRUE(server.send_signal(signal));
  const auto end = server.wait();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 0) << end->describe();
}

}  // namespace gossamer::test
