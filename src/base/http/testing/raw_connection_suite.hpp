// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/files.hpp"

namespace gossamer::http {

// A connection to this machine that says exactly what it is told, for tests of servers.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);

  void send(std::string_view bytes) const;
  // No more is sent.
  void end() const;
  // Until the other side closes.
  [[nodiscard]] std::string read_all() const;
  // Until the text has come, or the other side closes.
  [[nodiscard]] std::string read_until(std::string_view text) const;
  // Sends the bytes and reads all.
  [[nodiscard]] std::string ask(std::string_view bytes) const;

 private:
  FileDescriptor file_;
};

}  // namespace gossamer::http
