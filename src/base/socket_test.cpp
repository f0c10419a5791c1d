// SPDX-License-Identifier: Apache-2.0
#include "base/socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

using namespace std::chrono_literals;

void send_raw(const Socket& socket, std::string_view bytes) {
  ASSERT_EQ(::send(socket.descriptor().number(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

class SocketOfType : public testing::TestWithParam<SocketType> {};
INSTANTIATE_TEST_SUITE_P(Types, SocketOfType,
                         testing::Values(SocketType::stream, SocketType::packet),
                         [](const auto& type) {
                           return type.param == SocketType::stream ? "stream" : "packet";
                         });

TEST_P(SocketOfType, KeepsTheBoundsOfMessages) {
  auto [left, right] = Socket::pair(GetParam()).value();
  ASSERT_TRUE(left.send("one").has_value());
  ASSERT_TRUE(left.send("").has_value());
  ASSERT_TRUE(left.send(std::string("t\0o", 3)).has_value());
  EXPECT_EQ(right.receive().value()->bytes, "one");
  EXPECT_EQ(right.receive().value()->bytes, "");
  EXPECT_EQ(right.receive().value()->bytes, std::string("t\0o", 3));
}

TEST_P(SocketOfType, TheEndIsNoMessageAndSendingFails) {
  auto [left, right] = Socket::pair(GetParam()).value();
  ASSERT_TRUE(left.send("last").has_value());
  {
    const Socket gone = std::move(left);
  }
  EXPECT_EQ(right.receive().value()->bytes, "last");
  EXPECT_FALSE(right.receive().value().has_value());
  EXPECT_EQ(right.send("x").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(right.send("x").error().message, "the other side closed the socket");
}

TEST_P(SocketOfType, CarriesDescriptors) {
  auto [left, right] = Socket::pair(GetParam()).value();
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const FileDescriptor file = open_file(folder.path() / "a", O_RDWR | O_CREAT).value();
  const std::vector<int> numbers = {file.number(), file.number()};
  ASSERT_TRUE(left.send("take these", numbers).has_value());
  const Message message = right.receive().value().value();
  ASSERT_EQ(message.descriptors.size(), 2U);
  EXPECT_EQ(::fcntl(message.descriptors[0].number(), F_GETFD), FD_CLOEXEC);
  ASSERT_TRUE(write_all(message.descriptors[1], "through", "a").has_value());
  EXPECT_EQ(read_file(folder.path() / "a").value(), "through");
}

TEST_P(SocketOfType, GivesUpAfterItsPatience) {
  auto [left, right] = Socket::pair(GetParam()).value();
  EXPECT_EQ(right.receive_within(0s).error().message, "nothing came within 0s");
  ASSERT_TRUE(left.send("x").has_value());
  EXPECT_EQ(right.receive_within(1h).value()->bytes, "x");
}

TEST_P(SocketOfType, ConnectsByPath) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const fs::path path = folder.path() / "socket";
  Listener listener = Listener::listen(path, 0600, GetParam()).value();
  Socket client = Socket::connect(path, GetParam()).value();
  Socket server = listener.accept().value();
  ASSERT_TRUE(client.send("hello").has_value());
  EXPECT_EQ(server.receive().value()->bytes, "hello");
  EXPECT_EQ(server.peer().value().process, ::getpid());
  EXPECT_EQ(server.peer().value().user, ::getuid());
  EXPECT_EQ(static_cast<int>(fs::status(path).permissions()), 0600);
}

TEST(Socket, LargeMessagesPassInPieces) {
  auto [left, right] = Socket::pair().value();
  // More than the kernel holds, so that neither side can go in one step.
  const std::string large(4'000'000, 'x');
  std::thread sender([&sending = left, &large] { EXPECT_TRUE(sending.send(large).has_value()); });
  EXPECT_EQ(right.receive().value()->bytes, large);
  sender.join();
}

TEST(Socket, RefusesWhatIsOverTheLimit) {
  auto [left, other] = Socket::pair().value();
  Socket right(std::move(other).release(), 100);
  EXPECT_EQ(right.send(std::string(101, 'x')).error().message,
            "a message of 101 bytes is over the limit of 100");
  ASSERT_TRUE(left.send(std::string(101, 'x')).has_value());
  EXPECT_EQ(right.receive().error().message, "a message of 101 bytes is over the limit of 100");
}

TEST(Socket, AFrameThatIsCutOffIsAnError) {
  for (const std::string_view bytes :
       {std::string_view("\x05\0", 2), std::string_view("\x05\0\0\0abc", 7)}) {
    auto [left, right] = Socket::pair().value();
    send_raw(left, bytes);
    left.shut_down();
    EXPECT_EQ(right.receive().error().message, "the other side closed the socket within a message");
  }
}

TEST(Socket, APacketThatLiesIsAnError) {
  auto [left, right] = Socket::pair(SocketType::packet).value();
  send_raw(left, std::string_view("\x09\0\0\0abc", 7));
  EXPECT_EQ(right.receive().error().message, "a packet's length is not the one it names");
  send_raw(left, "ab");
  EXPECT_EQ(right.receive().error().message, "a packet of 2 bytes is not within the limits");
}

TEST(Socket, SaysWhyItCannotConnect) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const fs::path path = folder.path() / "socket";
  EXPECT_EQ(Socket::connect(path).error().kind, ErrorKind::not_found);
  {
    const Listener gone = Listener::listen(path).value();
  }
  const auto refused = Socket::connect(path);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().message, "nobody listens on the socket " + path.string());
  Listener again = Listener::listen(path).value();
  EXPECT_TRUE(Socket::connect(path).has_value());
}

TEST(Socket, ReplacesNoFileThatIsNoSocket) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const fs::path path = folder.path() / "precious";
  ASSERT_TRUE(write_file_durably(path, "x").has_value());
  EXPECT_EQ(Listener::listen(path).error().message,
            "cannot listen on " + path.string() + ": a file that is no socket is there");
  EXPECT_EQ(read_file(path).value(), "x");
}

TEST(Socket, TakesLongPaths) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const fs::path deep = folder.path() / std::string(100, 'a') / std::string(100, 'b');
  ASSERT_TRUE(make_folders(deep).has_value());
  Listener listener = Listener::listen(deep / "socket").value();
  EXPECT_TRUE(Socket::connect(deep / "socket").has_value());
  EXPECT_EQ(Listener::listen(deep / std::string(120, 'c')).error().kind, ErrorKind::invalid_input);
}

}  // namespace
}  // namespace gossamer
