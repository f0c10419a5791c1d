// SPDX-License-Identifier: Apache-2.0
#include "base/http/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <exception>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

#include "base/text.hpp"

namespace gossamer::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} << 10U;
constexpr std::size_t lingering_bytes = std::size_t{1} << 20U;
constexpr Duration lingering_patience = std::chrono::seconds(2);

int status_of(const error_code& error) {
  if (error == beast::http::error::body_limit) return 413;
  if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
    return 431;
  }
  return 400;
}

// Whether the other side said something that has an answer; otherwise it has gone, or said nothing.
bool is_answerable(const error_code& error) {
  return error.category() == error_code(beast::http::error::bad_target).category() &&
         error != beast::http::error::end_of_stream && error != beast::http::error::partial_message;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

template <class Fields>
std::map<std::string, std::string> headers_of(const Fields& fields) {
  std::map<std::string, std::string> headers;
  for (const auto& field : fields) {
    auto& value = headers[lower_case(view(field.name_string()))];
    if (!value.empty()) value += ", ";
    value += view(field.value());
  }
  return headers;
}

Response problem(int status, const std::string& title) {
  return {status,
          {{"content-type", "application/problem+json"}},
          fmt::format(R"({{"status":{},"title":"{}","type":"about:blank"}})", status, title),
          nullptr};
}

template <class Message>
void put_headers(Message& message, const Response& response) {
  for (const auto& [name, value] : response.headers)
    message.insert(name, value);
}

}  // namespace

Reply::~Reply() {
  if (place_) place_->put(problem(503, "the server is stopping, or has too much to do"));
}

void Reply::operator()(Response response) {
  const auto place = std::move(place_);
  if (place) place->put(std::move(response));
}

void Reply::Place::put(Response response) {
  asio::post(context_, [self = shared_from_this(), given = std::move(response)]() mutable {
    self->response_ = std::move(given);
    self->arrived_.cancel();
  });
}

asio::awaitable<Response> Reply::Place::take() {
  while (!response_) {
    error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    arrived_.expires_at(asio::steady_timer::time_point::max());
    co_await arrived_.async_wait(token);
  }
  co_return *std::move(response_);
}

Connection::Connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket)
    : shared_(std::move(shared)), stream_(std::move(socket)), buffer_(buffer_bytes) {
  error_code ignored;
  const auto end = stream_.socket().remote_endpoint(ignored);
  peer_ = end.address().to_string();
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  shared_->all.insert(this);
}

Connection::~Connection() {
  end_waiting();
  shared_->all.erase(this);
}

void Connection::begin_waiting() {
  if (!place_) place_ = shared_->waiting.insert(shared_->waiting.end(), this);
}

void Connection::end_waiting() {
  if (place_) shared_->waiting.erase(*place_);
  place_.reset();
}

void Connection::cut() { stream_.cancel(); }

void Connection::give_way() {
  end_waiting();
  cut();
}

asio::awaitable<void> Connection::run() {
  auto first = First::yes;
  while (true) {
    auto incoming = co_await receive(first);
    if (!incoming) break;
    first = First::no;
    const bool goes_on = co_await answer(std::move(*incoming));
    if (!goes_on) break;
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

asio::awaitable<std::optional<Connection::Incoming>> Connection::receive(First first) {
  const auto& limits = shared_->options.limits;
  if (!shared_->is_open) co_return std::nullopt;
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser.body_limit(limits.body_bytes);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  begin_waiting();
  stream_.expires_after(first == First::yes ? limits.header_patience : limits.idle_patience);
  co_await beast::http::async_read_header(stream_, buffer_, parser, token);
  Incoming incoming;
  if (!error) {
    const auto length = parser.content_length();
    incoming.reserved_bytes = length ? *length : parser.chunked() ? limits.body_bytes : 0;
    if (shared_->bodies_bytes + incoming.reserved_bytes > limits.all_bodies_bytes) {
      std::string reason = "the server reads too much already: try again later";
      co_await refuse(503, std::move(reason));
      co_return std::nullopt;
    }
    shared_->bodies_bytes += incoming.reserved_bytes;
    stream_.expires_after(limits.body_patience);
    if (view(parser.get()[beast::http::field::expect]) == "100-continue") {
      std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await send_text(std::move(go_on), false);
    }
    co_await beast::http::async_read(stream_, buffer_, parser, token);
    if (error) shared_->bodies_bytes -= incoming.reserved_bytes;
  }
  end_waiting();
  if (error) {
    std::string reason = error.message();
    if (is_answerable(error)) co_await refuse(status_of(error), std::move(reason));
    co_return std::nullopt;
  }
  auto message = parser.release();
  auto target = parse_target(view(message.target()));
  const bool has_host = message.version() < 11 || !message[beast::http::field::host].empty();
  if (!target || !has_host) {
    shared_->bodies_bytes -= incoming.reserved_bytes;
    std::string reason = target ? "the request has no Host" : target.error().message;
    co_await refuse(400, std::move(reason));
    co_return std::nullopt;
  }
  incoming.version = message.version();
  incoming.keeps_alive = message.keep_alive();
  incoming.request.method = view(message.method_string());
  incoming.request.path = std::move(target->path);
  incoming.request.query = std::move(target->query);
  incoming.request.headers = headers_of(message);
  incoming.request.body = std::move(message.body());
  incoming.request.peer = peer_;
  co_return incoming;
}

asio::awaitable<bool> Connection::answer(Incoming incoming) {
  const auto place = std::make_shared<Reply::Place>(shared_->context);
  const bool is_head = incoming.request.method == "HEAD";
  std::string failure;
  try {
    shared_->handler(std::move(incoming.request), Reply(place));
  } catch (const std::exception& error) {
    failure = error.what();
  }
  auto response = co_await place->take();
  if (!failure.empty()) response = problem(500, "a bug in the server kept it from answering");
  bool goes_on = false;
  if (response.streaming) {
    goes_on = co_await write_stream(std::move(response), incoming.version);
  } else {
    const bool keeps_alive = incoming.keeps_alive && shared_->is_open;
    goes_on = co_await write(std::move(response), incoming.version, keeps_alive, is_head);
  }
  shared_->bodies_bytes -= incoming.reserved_bytes;
  co_return goes_on&& incoming.keeps_alive && shared_->is_open;
}

asio::awaitable<bool> Connection::write(Response response, unsigned version, bool keeps_alive,
                                        bool is_head) {
  beast::http::response<beast::http::string_body> message;
  message.version(version);
  message.result(static_cast<unsigned>(response.status));
  put_headers(message, response);
  message.keep_alive(keeps_alive);
  const auto bytes = response.body.size();
  if (!is_head) message.body() = std::move(response.body);
  if (response.status != 204 && response.status != 304) message.content_length(bytes);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  stream_.expires_after(shared_->options.limits.write_patience);
  co_await beast::http::async_write(stream_, message, token);
  co_return !error;
}

asio::awaitable<bool> Connection::send_text(std::string text, bool is_chunked) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  stream_.expires_after(shared_->options.limits.write_patience);
  if (is_chunked) {
    const auto chunk = beast::http::make_chunk(asio::buffer(text));
    co_await asio::async_write(stream_, chunk, token);
  } else {
    const auto bytes = asio::buffer(text);
    co_await asio::async_write(stream_, bytes, token);
  }
  co_return !error;
}

asio::awaitable<bool> Connection::write_stream(Response response, unsigned version) {
  if (shared_->streams.size() >= shared_->options.limits.streams) {
    auto full = problem(503, "too many event streams are open");
    const bool was_sent = co_await write(std::move(full), version, false, false);
    static_cast<void>(was_sent);
    co_return false;
  }
  const bool is_chunked = version >= 11;
  beast::http::response<beast::http::empty_body> head;
  head.version(version);
  head.result(static_cast<unsigned>(response.status));
  put_headers(head, response);
  head.keep_alive(is_chunked);
  if (is_chunked) head.chunked(true);
  beast::http::response_serializer<beast::http::empty_body> serializer(head);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  stream_.expires_after(shared_->options.limits.write_patience);
  co_await beast::http::async_write_header(stream_, serializer, token);
  if (error) co_return false;
  const auto signal = std::make_shared<asio::steady_timer>(shared_->context);
  const auto flow = std::make_shared<Outlet::Flow>(
      shared_->options.limits.backlog_bytes, [signal, &context = shared_->context] {
        asio::post(context, [signal] { signal->cancel(); });
      });
  shared_->streams.insert(flow);
  response.streaming->begin(outlet_of(flow));
  if (!shared_->is_open) flow->close();
  const bool is_whole = co_await send_flow(*flow, *signal, *response.streaming, is_chunked);
  flow->shut();
  shared_->streams.erase(flow);
  if (!is_whole || !is_chunked) co_return false;
  std::string last_chunk = "0\r\n\r\n";
  const bool was_ended = co_await send_text(std::move(last_chunk), false);
  co_return was_ended;
}

asio::awaitable<bool> Connection::send_flow(Outlet::Flow& flow, asio::steady_timer& signal,
                                            const Streaming& streaming, bool is_chunked) {
  while (true) {
    auto taken = flow.take();
    const bool had_text = !taken.text.empty();
    if (had_text) {
      const bool was_sent = co_await send_text(std::move(taken.text), is_chunked);
      if (!was_sent) co_return false;
    }
    if (taken.is_over) co_return !taken.gave_up;
    // What came meanwhile has woken nobody: it is looked for before the next wait, which begins
    // without a pause after that look.
    if (had_text) continue;
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    signal.expires_after(shared_->options.limits.stream_pause);
    co_await signal.async_wait(token);
    if (!error && !streaming.idle_text.empty()) {
      const bool was_sent = co_await send_text(streaming.idle_text, is_chunked);
      if (!was_sent) co_return false;
    }
  }
}

asio::awaitable<void> Connection::refuse(int status, std::string reason) {
  end_waiting();
  auto refusal = problem(status, reason);
  const bool was_sent = co_await write(std::move(refusal), 11, false, false);
  if (!was_sent) co_return;
  error_code error;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(lingering_patience);
  std::array<char, 4096> unread{};
  std::size_t seen = 0;
  while (!error && seen < lingering_bytes) {
    const auto into = asio::buffer(unread);
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const std::size_t got = co_await stream_.async_read_some(into, token);
    seen += got;
  }
}

}  // namespace gossamer::http
