// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include "base/http/client.hpp"

namespace gossamer::http {

// "no answer from HOST: WHAT failed: WHY", as unavailable.
Error no_answer(const Origin& origin, std::string_view what, const boost::system::error_code& why);

// A client's connection: bytes both ways, plain or through TLS. One operation at a time.
class Transport {
 public:
  using Places = boost::asio::ip::tcp::resolver::results_type;

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // Connects to the first place that takes it; through TLS also makes sure who is there.
  virtual boost::asio::awaitable<Result<void>> open(const Places& places, Duration patience) = 0;
  virtual boost::asio::awaitable<Result<void>> write(std::string_view bytes, Duration patience) = 0;
  // How many bytes came; none where the other side closed in order.
  virtual boost::asio::awaitable<Result<std::size_t>> read(boost::asio::mutable_buffer room,
                                                           Duration patience) = 0;
  // Ends what is under way, and all that would follow.
  virtual void abort() = 0;
};

// By the origin's scheme. `context` and `origin` must outlive it.
Result<std::unique_ptr<Transport>> make_transport(boost::asio::io_context& context,
                                                  const Origin& origin,
                                                  const ClientOptions& options);

}  // namespace gossamer::http
