// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <exception>
#include <iostream>

#include "app/command_line.hpp"

namespace {

int terminal_columns() {
  if (::isatty(STDERR_FILENO) != 1) return 0;
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
  gossamer::app::Console console(std::cout, std::cerr, terminal_columns);
  try {
    gossamer::app::Session session(console, gossamer::Environment::of_process());
    return gossamer::app::run_command_line(argc, argv, session);
  } catch (const std::exception& error) {
    // Exceptions are bugs here: whatever may go wrong in the world is a Result.
    console.print_error({gossamer::ErrorKind::bug, error.what()});
    return static_cast<int>(gossamer::app::ExitCode::bug);
  }
}
