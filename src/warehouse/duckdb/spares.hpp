// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.hpp"

namespace gossamer::warehouse {

struct OpenDatabase;  // handles.hpp

// Blank databases opened ahead and closed behind, by a thread of their own: to open one takes
// longer than most small statements, and a session needs one of its own because what it may read is
// locked for good. Nothing is opened before the first session asked: a process that runs one
// statement pays for one. Called from any thread; outlives the sessions that it serves.
class SpareDatabases {
 public:
  // Keeps up to `kept` ready, about 3 MiB each.
  explicit SpareDatabases(std::size_t kept);
  ~SpareDatabases();
  SpareDatabases(const SpareDatabases&) = delete;
  SpareDatabases& operator=(const SpareDatabases&) = delete;

  // A spare one; where there is none, one opened now. unavailable: no memory is left.
  Result<OpenDatabase> take();
  // Closes it later; the caller does not wait.
  void close_later(OpenDatabase ended);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::warehouse
