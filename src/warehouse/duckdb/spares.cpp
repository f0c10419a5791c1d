// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/spares.hpp"

#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "warehouse/duckdb/handles.hpp"

namespace gossamer::warehouse {

Result<OpenDatabase> open_database() {
  OpenDatabase opened;
  if (duckdb_open(nullptr, opened.database.out()) != DuckDBSuccess ||
      duckdb_connect(opened.database.get(), opened.connection.out()) != DuckDBSuccess) {
    return unavailable("the query engine cannot be started: is there memory left?");
  }
  return opened;
}

struct SpareDatabases::State {
  struct Stock {
    std::vector<OpenDatabase> spare;
    std::vector<OpenDatabase> ended;
    // How many spare ones are wanted: none before the first session, and none any more once one
    // could not be opened; who needs one then hears why.
    std::size_t wanted = 0;
    bool stops = false;
  };

  explicit State(std::size_t count) : kept(count), thread([this] { work(); }) {}

  void work() {
    while (true) {
      auto [ended, opens, stops] = stock.when(
          [](const Stock& now) {
            return now.stops || !now.ended.empty() || now.spare.size() < now.wanted;
          },
          [](Stock& now) {
            return std::tuple(std::exchange(now.ended, {}), now.spare.size() < now.wanted,
                              now.stops);
          });
      ended.clear();
      if (stops) return;
      if (!opens) continue;
      auto opened = open_database();
      stock.change([&](Stock& now) {
        if (opened) {
          now.spare.push_back(*std::move(opened));
        } else {
          now.wanted = 0;
        }
      });
    }
  }

  std::size_t kept;
  Guarded<Stock> stock;
  std::thread thread;
};

SpareDatabases::SpareDatabases(std::size_t kept) : state_(std::make_unique<State>(kept)) {}

SpareDatabases::~SpareDatabases() {
  state_->stock.change([](State::Stock& now) { now.stops = true; });
  state_->thread.join();
}

Result<OpenDatabase> SpareDatabases::take() {
  auto spare = state_->stock.change([&](State::Stock& now) -> std::optional<OpenDatabase> {
    if (now.spare.empty()) return std::nullopt;
    auto taken = std::move(now.spare.back());
    now.spare.pop_back();
    return taken;
  });
  if (spare) return *std::move(spare);
  auto opened = open_database();
  if (opened) state_->stock.change([&](State::Stock& now) { now.wanted = state_->kept; });
  return opened;
}

void SpareDatabases::close_later(OpenDatabase ended) {
  state_->stock.change([&](State::Stock& now) { now.ended.push_back(std::move(ended)); });
}

}  // namespace gossamer::warehouse
