// SPDX-License-Identifier: Apache-2.0
#include "base/http/testing/raw_connection_suite.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace gossamer::http {

RawConnection::RawConnection(std::uint16_t port)
    : file_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(file_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
}

void RawConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(file_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the other side has closed: its answer says why
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawConnection::end() const { ::shutdown(file_.number(), SHUT_WR); }

std::string RawConnection::read_until(std::string_view text) const {
  std::string all;
  std::array<char, 4096> bytes{};
  while (text.empty() || all.find(text) == std::string::npos) {
    const auto got = ::recv(file_.number(), bytes.data(), bytes.size(), 0);
    if (got <= 0) break;
    all.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::string RawConnection::read_all() const { return read_until(""); }

std::string RawConnection::ask(std::string_view bytes) const {
  send(bytes);
  return read_all();
}

}  // namespace gossamer::http
