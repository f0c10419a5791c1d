// SPDX-License-Identifier: Apache-2.0
// Commands that fetch a list and print it.
#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>

#include "app/session.hpp"

namespace gossamer::app {

// Where a listing comes from and how its rows are shown.
struct ListSource {
  std::string path;
  std::map<std::string, std::string> query;
  Listing (*view)(Json rows);
};

// Sets what `command` does: fetch what `source` says at that time, and print it.
template <class Source>
void print_list_on(CLI::App& command, const Registration& to, Source source) {
  command.callback([&session = to.session, &chosen = to.chosen, source] {
    chosen = [&session, source]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      const ListSource list = source();
      TRY_ASSIGN(auto rows, session.get(list.path, list.query));
      session.console().print(list.view(std::move(rows)), format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
