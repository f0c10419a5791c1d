// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "orchestration/core.hpp"
#include "tests/simulation/world.hpp"

namespace gossamer::simulation {

struct World::Turn {
  explicit Turn(const std::function<orchestration::EnginePorts(orchestration::Inbox&)>& ports)
      : engine(ports(inbox), orchestration::EngineOptions{}), verbs(engine) {}
  orchestration::Inbox inbox;
  Engine engine;
  orchestration::Verbs verbs;
};

template <class Do>
void World::with_engine(const std::string& what, Do&& what_to_do) {
  try {
    tell(what + what_to_do(*turn_));
  } catch (const EngineDied&) {
    tell(what + "the engine dies");
    start_engine();
  }
}

}  // namespace gossamer::simulation
