// SPDX-License-Identifier: Apache-2.0
// Unix-domain sockets with framed messages that may carry descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace gossamer {

enum class SocketType : std::uint8_t { stream, packet };

// A message: bytes, and descriptors that the receiver owns from then on (at most 16).
struct Message {
  std::string bytes;
  std::vector<FileDescriptor> descriptors;
};

struct PeerCredentials {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::int32_t process = 0;
};

// A connected socket. Messages are a length (u32, little endian) and the bytes. One thread may send
// while another receives.
class Socket {
 public:
  explicit Socket(FileDescriptor file, std::size_t message_limit = std::size_t{64} << 20U)
      : file_(std::move(file)), message_limit_(message_limit) {}

  // not_found: no such socket; unavailable: nobody listens.
  static Result<Socket> connect(const fs::path& path, SocketType type = SocketType::stream);
  static Result<std::pair<Socket, Socket>> pair(SocketType type = SocketType::stream);

  // Sends all of it; `descriptors` stay open here. unavailable once the peer is gone (no
  // SIGPIPE). Over a packet socket a message must fit the kernel's buffer (about 200 kB).
  Result<void> send(std::string_view bytes, std::span<const int> descriptors = {});
  // The next message; nothing where the peer closed between two of them. A frame that is cut off
  // or over the limit is unavailable, and the socket is of no more use.
  Result<std::optional<Message>> receive();
  // As receive, but unavailable ("nothing came within ...") at the end of `patience`.
  Result<std::optional<Message>> receive_within(Duration patience);

  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }
  FileDescriptor release() && { return std::move(file_); }
  [[nodiscard]] Result<PeerCredentials> peer() const;
  // Ends both directions: a receive() of either side returns nothing.
  void shut_down() const;

 private:
  Result<std::optional<Message>> receive_frame();
  Result<std::optional<Message>> receive_packet();
  // At most two pieces, filled in order.
  Result<std::size_t> read_some(std::span<const std::span<char>> into,
                                std::vector<FileDescriptor>& arrived);

  FileDescriptor file_;
  std::size_t message_limit_;
};

class Listener {
 public:
  // Creates the socket file with this mode; a stale one is replaced. Paths of more than 107 bytes
  // are reached through their folder's descriptor, so any path works.
  static Result<Listener> listen(const fs::path& path, mode_t mode = 0600,
                                 SocketType type = SocketType::stream);

  // Waits for the next peer.
  Result<Socket> accept();
  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }

 private:
  explicit Listener(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace gossamer
