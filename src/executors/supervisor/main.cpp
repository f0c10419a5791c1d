// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include "executors/supervisor/spec.hpp"
#include "executors/supervisor/supervise.hpp"

namespace {

using namespace gossamer::supervisor;

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 0; (size = ::read(file, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(size));
  return text;
}

}  // namespace

// gossamer-supervisor run                  an attempt: its lock and spec are descriptors 3 and 4
// gossamer-supervisor wait-for-lock FILE   returns once nobody holds the file's lock
// gossamer-supervisor --version
int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::puts("gossamer-supervisor " GOSSAMER_VERSION);
    return 0;
  }
  if (argc == 3 && std::strcmp(argv[1], "wait-for-lock") == 0)
    return static_cast<int>(wait_for_lock(argv[2]));
  if (argc != 2 || std::strcmp(argv[1], "run") != 0 ||
      ::fcntl(lock_descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    std::fputs("gossamer-supervisor is started by gossamer, not by hand\n", stderr);
    return static_cast<int>(Exit::misused);
  }
  const auto spec = decode(read_all(spec_descriptor));
  ::close(spec_descriptor);
  if (!spec || spec->argv.empty()) {
    std::fputs("gossamer-supervisor: the order it was given cannot be read\n", stderr);
    return static_cast<int>(Exit::misused);
  }
  return static_cast<int>(supervise(*spec));
}
