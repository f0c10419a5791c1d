// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/guarded.hpp"
#include "base/http/message.hpp"

namespace gossamer::http {

// What is between those who write an answer that goes on and the connection that sends it. Writers
// may outlive the connection: nothing here belongs to the network.
class Outlet::Flow {
 public:
  // `wake` is called, from any thread, when there is something to take; not after shut().
  Flow(std::size_t limit_bytes, std::function<void()> wake);

  bool send(std::string text);
  void close();

  struct Taken {
    std::string text;
    bool is_over = false;  // nothing comes behind this text
    bool gave_up = false;  // the text is not all that was written
  };
  Taken take();
  // The connection is gone.
  void shut();

 private:
  struct State {
    std::string text;
    bool is_open = true;
    bool gave_up = false;
    std::function<void()> wake;
  };
  std::size_t limit_bytes_;
  Guarded<State> state_;
};

// The writing end, which closes the flow when its last copy is gone.
Outlet outlet_of(const std::shared_ptr<Outlet::Flow>& flow);

}  // namespace gossamer::http
