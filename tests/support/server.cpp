// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server.hpp"

#include <gtest/gtest.h>

#include "base/socket.hpp"

namespace gossamer::test {

Subprocess serve(const Workspace& workspace) {
  auto server = workspace.start({"serve", "--headless"});
  const auto socket = workspace.folder() / ".gossamer/engine.sock";
  while (!Socket::connect(socket)) {
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
