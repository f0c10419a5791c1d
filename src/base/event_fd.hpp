// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace gossamer {

// A flag that threads raise and a poll loop notices. Any thread may call any method.
class EventFd {
 public:
  static Result<EventFd> make();

  void raise() const;
  // Lowers it; true where it was raised.
  bool take() const;
  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }

 private:
  explicit EventFd(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

// Waits until one of the descriptors can be read without blocking (or has been closed by the other
// side). Returns their places in `numbers`; none once `patience` is over (no value: wait for ever).
// Negative numbers are skipped.
Result<std::vector<std::size_t>> poll_readable(std::span<const int> numbers,
                                               std::optional<Duration> patience);

}  // namespace gossamer
