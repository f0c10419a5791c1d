// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/attempt_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gossamer::supervisor {
namespace {

constexpr std::size_t secret_bytes_least = 4;  // shorter ones would garble ordinary words
constexpr std::uint64_t tail_bytes_most = std::uint64_t{256} << 10U;

}  // namespace

AttemptLog::AttemptLog(int file, std::uint64_t bytes_max, std::vector<std::string> secrets)
    : file_(file),
      tail_max_(std::min(tail_bytes_most, bytes_max / 4)),
      secrets_(std::move(secrets)) {
  head_max_ = bytes_max - tail_max_;
  std::erase_if(secrets_, [](const std::string& one) { return one.size() < secret_bytes_least; });
  // A secret that contains another one is replaced whole.
  std::ranges::sort(secrets_, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& secret : secrets_)
    initials_.push_back(secret.front());
}

void AttemptLog::take(std::string_view bytes) {
  if (secrets_.empty()) return keep(bytes);
  held_.append(bytes);
  mask(Rest::may_follow);
}

void AttemptLog::mask(Rest rest_of_text) {
  std::string out;
  std::size_t at = 0;
  while (at < held_.size()) {
    const std::size_t next = std::min(held_.find_first_of(initials_, at), held_.size());
    out.append(held_, at, next - at);
    at = next;
    if (at == held_.size()) break;
    const std::string_view rest = std::string_view(held_).substr(at);
    const bool may_begin = std::ranges::any_of(secrets_, [&](const std::string& secret) {
      return rest.size() < secret.size() && secret.starts_with(rest);
    });
    if (may_begin && rest_of_text == Rest::may_follow) break;
    const auto hit = std::ranges::find_if(
        secrets_, [&](const std::string& secret) { return rest.starts_with(secret); });
    if (hit != secrets_.end()) {
      out.append("***");
      at += hit->size();
      continue;
    }
    out.push_back(held_[at++]);
  }
  held_.erase(0, at);
  keep(out);
}

void AttemptLog::keep(std::string_view bytes) {
  if (bytes.empty()) return;
  at_line_start_ = bytes.back() == '\n';
  if (written_ < head_max_ && tail_.empty() && dropped_ == 0) {
    const std::string_view head = bytes.substr(0, head_max_ - written_);
    write(head);
    bytes.remove_prefix(head.size());
  }
  tail_.append(bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), tail_max_)));
  dropped_ += bytes.size() - std::min<std::size_t>(bytes.size(), tail_max_);
  // Trimmed in large steps: erasing at the front of a string moves the rest.
  if (tail_.size() > 2 * tail_max_) {
    dropped_ += tail_.size() - tail_max_;
    tail_.erase(0, tail_.size() - tail_max_);
  }
}

void AttemptLog::note(std::string_view text) {
  mask(Rest::has_ended);
  std::string line = at_line_start_ ? "" : "\n";
  line.append("[gossamer: ").append(text).append("]\n");
  keep(line);
}

void AttemptLog::finish() {
  mask(Rest::has_ended);
  if (tail_.size() > tail_max_) {
    dropped_ += tail_.size() - tail_max_;
    tail_.erase(0, tail_.size() - tail_max_);
  }
  if (dropped_ > 0) {
    write("\n[gossamer: the log reached its limit; " + std::to_string(dropped_) +
          " bytes are left out here, the last " + std::to_string(tail_.size()) +
          " bytes follow]\n");
  }
  write(std::exchange(tail_, {}));
}

void AttemptLog::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = error_ == 0 ? ::write(file_, bytes.data(), bytes.size()) : -1;
    if (size < 0 && error_ == 0 && errno == EINTR) continue;
    if (size < 0) {
      if (error_ == 0) error_ = errno;
      dropped_ += bytes.size();
      return;
    }
    written_ += static_cast<std::uint64_t>(size);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace gossamer::supervisor
