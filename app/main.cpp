// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <exception>
#include <iostream>

#include "app/command_line.hpp"

int main(int argc, char** argv) {
  gossamer::app::Console console(std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1);
  try {
    gossamer::app::Session session(console, gossamer::Environment::of_process());
    return gossamer::app::run_command_line(argc, argv, session);
  } catch (const std::exception& error) {
    // Exceptions are bugs here: whatever may go wrong in the world is a Result.
    console.print_error({gossamer::ErrorKind::bug, error.what()});
    return static_cast<int>(gossamer::app::ExitCode::bug);
  }
}
