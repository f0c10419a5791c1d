// SPDX-License-Identifier: Apache-2.0
#include "base/socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "base/event_fd.hpp"

namespace gossamer {
namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t descriptors_limit = 16;

// A socket path as the kernel takes it: at most 107 bytes. A longer one is named through a
// descriptor of its folder, which must stay open meanwhile.
struct Address {
  sockaddr_un name{};
  FileDescriptor folder;
};

Result<Address> address_of(const fs::path& path) {
  Address address;
  address.name.sun_family = AF_UNIX;
  std::string text = path.string();
  if (text.size() >= sizeof address.name.sun_path) {
    const fs::path parent = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    TRY_ASSIGN(address.folder, open_file(parent, O_PATH | O_DIRECTORY));
    text = fmt::format("/proc/self/fd/{}/{}", address.folder.number(), path.filename().string());
  }
  if (text.size() >= sizeof address.name.sun_path) {
    return invalid_input("the name of the socket " + path.string() + " is too long");
  }
  std::memcpy(address.name.sun_path, text.c_str(), text.size() + 1);
  return address;
}

const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.name);
}

int kernel_type(SocketType type) {
  return (type == SocketType::stream ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_CLOEXEC;
}

Result<FileDescriptor> open_socket(SocketType type) {
  const int number = ::socket(AF_UNIX, kernel_type(type), 0);
  if (number < 0) return std::unexpected(system_error(errno, "make a socket"));
  return FileDescriptor(number);
}

std::array<char, header_bytes> header_of(std::size_t size) {
  std::array<char, header_bytes> header{};
  for (std::size_t i = 0; i < header_bytes; ++i) {
    header[i] = static_cast<char>((size >> (8 * i)) & 0xFFU);
  }
  return header;
}

std::size_t size_of(const std::array<char, header_bytes>& header) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < header_bytes; ++i) {
    size |= static_cast<std::size_t>(static_cast<unsigned char>(header[i])) << (8 * i);
  }
  return size;
}

Error gone(int error) {
  if (error == EPIPE || error == ECONNRESET) {
    return Error{.kind = ErrorKind::unavailable, .message = "the other side closed the socket"};
  }
  return system_error(error, "use a socket");
}

struct ControlBuffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * descriptors_limit)> bytes{};
};

void attach(msghdr& message, ControlBuffer& control, std::span<const int> descriptors) {
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

void take_descriptors(msghdr& message, std::vector<FileDescriptor>& arrived) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      arrived.emplace_back(number);
    }
  }
}

}  // namespace

Result<Socket> Socket::connect(const fs::path& path, SocketType type) {
  TRY_ASSIGN(const Address address, address_of(path));
  TRY_ASSIGN(FileDescriptor file, open_socket(type));
  while (::connect(file.number(), generic(address), sizeof address.name) != 0) {
    if (errno == EINTR) continue;
    if (errno == ECONNREFUSED) {
      return unavailable("nobody listens on the socket " + path.string());
    }
    return std::unexpected(system_error(errno, "connect to the socket", path));
  }
  return Socket(std::move(file));
}

Result<std::pair<Socket, Socket>> Socket::pair(SocketType type) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, kernel_type(type), 0, ends.data()) != 0) {
    return std::unexpected(system_error(errno, "make a pair of sockets"));
  }
  return std::pair(Socket(FileDescriptor(ends[0])), Socket(FileDescriptor(ends[1])));
}

Result<void> Socket::send(std::string_view bytes, std::span<const int> descriptors) {
  if (bytes.size() > message_limit_) {
    return invalid_input(
        fmt::format("a message of {} bytes is over the limit of {}", bytes.size(), message_limit_));
  }
  if (descriptors.size() > descriptors_limit) {
    return bug(fmt::format("a message cannot carry {} descriptors", descriptors.size()));
  }
  auto header = header_of(bytes.size());
  const std::size_t total = header.size() + bytes.size();
  ControlBuffer control;
  for (std::size_t sent = 0; sent < total;) {
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    if (sent < header.size()) parts[count++] = {header.data() + sent, header.size() - sent};
    const std::size_t from = sent < header.size() ? 0 : sent - header.size();
    if (from < bytes.size()) {
      // sendmsg only reads, but its structure serves both directions.
      parts[count++] = {const_cast<char*>(bytes.data()) + from, bytes.size() - from};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    // They travel with the first byte; an interrupted or short call must not send them twice.
    if (sent == 0 && !descriptors.empty()) attach(message, control, descriptors);
    const ssize_t put = ::sendmsg(file_.number(), &message, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(gone(errno));
    sent += static_cast<std::size_t>(put);
  }
  return {};
}

Result<std::size_t> Socket::read_some(std::span<const std::span<char>> into,
                                      std::vector<FileDescriptor>& arrived) {
  std::array<iovec, 2> parts{};
  for (std::size_t i = 0; i < into.size(); ++i)
    parts[i] = {into[i].data(), into[i].size()};
  ControlBuffer control;
  for (;;) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = into.size();
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t got = ::recvmsg(file_.number(), &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(gone(errno));
    take_descriptors(message, arrived);
    const auto flags = static_cast<unsigned>(message.msg_flags);
    if ((flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
      return unavailable("a message was cut off: it is over the limits of this side");
    }
    return static_cast<std::size_t>(got);
  }
}

Result<std::optional<Message>> Socket::receive() {
  int type = 0;
  socklen_t type_size = sizeof type;
  if (::getsockopt(file_.number(), SOL_SOCKET, SO_TYPE, &type, &type_size) != 0) {
    return std::unexpected(system_error(errno, "look at a socket"));
  }
  return type == SOCK_SEQPACKET ? receive_packet() : receive_frame();
}

Result<std::optional<Message>> Socket::receive_frame() {
  Message message;
  std::array<char, header_bytes> header{};
  std::size_t got = 0;
  while (got < header.size()) {
    const std::array parts = {std::span(header).subspan(got)};
    TRY_ASSIGN(const std::size_t more, read_some(parts, message.descriptors));
    if (more == 0 && got == 0) return std::optional<Message>();
    if (more == 0) return unavailable("the other side closed the socket within a message");
    got += more;
  }
  const std::size_t size = size_of(header);
  if (size > message_limit_) {
    return unavailable(
        fmt::format("a message of {} bytes is over the limit of {}", size, message_limit_));
  }
  // Grows with what arrives: a false length must not cost its memory.
  constexpr std::size_t step = std::size_t{1} << 20U;
  got = 0;
  while (got < size) {
    message.bytes.resize(std::min(size, got + step));
    const std::array parts = {std::span(message.bytes).subspan(got)};
    TRY_ASSIGN(const std::size_t more, read_some(parts, message.descriptors));
    if (more == 0) return unavailable("the other side closed the socket within a message");
    got += more;
    if (got < size && got < message.bytes.size()) message.bytes.resize(got);
  }
  return std::optional(std::move(message));
}

Result<std::optional<Message>> Socket::receive_packet() {
  Message message;
  char first = 0;
  // Asks for the length without taking the packet.
  const ssize_t waiting = ::recv(file_.number(), &first, 1, MSG_PEEK | MSG_TRUNC);
  if (waiting < 0 && errno == EINTR) return receive_packet();
  if (waiting < 0) return std::unexpected(gone(errno));
  if (waiting == 0) return std::optional<Message>();
  const auto size = static_cast<std::size_t>(waiting);
  if (size < header_bytes || size - header_bytes > message_limit_) {
    return unavailable(fmt::format("a packet of {} bytes is not within the limits", size));
  }
  std::array<char, header_bytes> header{};
  message.bytes.resize(size - header_bytes);
  const std::array parts = {std::span<char>(header), std::span<char>(message.bytes)};
  TRY(read_some(parts, message.descriptors));
  if (size_of(header) != message.bytes.size()) {
    return unavailable("a packet's length is not the one it names");
  }
  return std::optional(std::move(message));
}

Result<std::optional<Message>> Socket::receive_within(Duration patience) {
  const std::vector<int> numbers = {file_.number()};
  TRY_ASSIGN(const auto ready, poll_readable(numbers, patience));
  if (ready.empty()) return unavailable("nothing came within " + format_duration(patience));
  return receive();
}

Result<PeerCredentials> Socket::peer() const {
  ucred found{};
  socklen_t size = sizeof found;
  if (::getsockopt(file_.number(), SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) {
    return std::unexpected(system_error(errno, "look at a socket's peer"));
  }
  return PeerCredentials{found.uid, found.gid, found.pid};
}

void Socket::shut_down() const { ::shutdown(file_.number(), SHUT_RDWR); }

Result<Listener> Listener::listen(const fs::path& path, mode_t mode, SocketType type) {
  TRY_ASSIGN(const Address address, address_of(path));
  TRY_ASSIGN(FileDescriptor file, open_socket(type));
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) {
      return conflict("cannot listen on " + path.string() + ": a file that is no socket is there");
    }
    ::unlink(path.c_str());
  }
  // The mode is set before anyone can connect: between bind and listen connections are refused.
  if (::bind(file.number(), generic(address), sizeof address.name) != 0) {
    return std::unexpected(system_error(errno, "make the socket", path));
  }
  if (::chmod(path.c_str(), mode) != 0) {
    return std::unexpected(system_error(errno, "set the mode of", path));
  }
  if (::listen(file.number(), SOMAXCONN) != 0) {
    return std::unexpected(system_error(errno, "listen on", path));
  }
  return Listener(std::move(file));
}

Result<Socket> Listener::accept() {
  for (;;) {
    const int number = ::accept4(file_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (number >= 0) return Socket(FileDescriptor(number));
    if (errno != EINTR && errno != ECONNABORTED) {
      return std::unexpected(system_error(errno, "accept a connection"));
    }
  }
}

}  // namespace gossamer
