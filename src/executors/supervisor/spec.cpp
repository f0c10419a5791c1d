// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/spec.hpp"

#include <charconv>

namespace gossamer::supervisor {
namespace {

void put(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append("=").append(value).push_back('\0');
}

void put_all(std::string& out, std::string_view name, const std::vector<std::string>& values) {
  for (const std::string& value : values)
    put(out, name, value);
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto parsed = std::from_chars(text.begin(), text.end(), into);
  return parsed.ec == std::errc{} && parsed.ptr == text.end();
}

bool take(Spec& spec, std::string_view name, std::string_view value) {
  if (name == "attempt") return (spec.attempt = value, true);
  if (name == "folder") return (spec.folder = value, true);
  if (name == "done") return (spec.done = value, true);
  if (name == "tombstones") return (spec.tombstones = value, true);
  if (name == "workdir") return (spec.workdir = value, true);
  if (name == "argv") return (spec.argv.emplace_back(value), true);
  if (name == "environment") return (spec.environment.emplace_back(value), true);
  if (name == "secret") return (spec.secrets.emplace_back(value), true);
  if (name == "sync") return (spec.sync.emplace_back(value), true);
  if (name == "engine_pid") return read_number(value, spec.engine_pid);
  if (name == "timeout_us") return read_number(value, spec.timeout_us);
  if (name == "grace_us") return read_number(value, spec.grace_us);
  if (name == "log_bytes_max") return read_number(value, spec.log_bytes_max);
  return false;
}

}  // namespace

std::string encode(const Spec& spec) {
  std::string out;
  put(out, "attempt", spec.attempt);
  put(out, "folder", spec.folder);
  put(out, "done", spec.done);
  put(out, "tombstones", spec.tombstones);
  put(out, "workdir", spec.workdir);
  put_all(out, "argv", spec.argv);
  put_all(out, "environment", spec.environment);
  put_all(out, "secret", spec.secrets);
  put_all(out, "sync", spec.sync);
  put(out, "engine_pid", std::to_string(spec.engine_pid));
  put(out, "timeout_us", std::to_string(spec.timeout_us));
  put(out, "grace_us", std::to_string(spec.grace_us));
  put(out, "log_bytes_max", std::to_string(spec.log_bytes_max));
  put(out, "end", "");
  return out;
}

std::optional<Spec> decode(std::string_view text) {
  Spec spec;
  while (!text.empty()) {
    const std::size_t stop = text.find('\0');
    if (stop == std::string_view::npos) return std::nullopt;
    const std::string_view entry = text.substr(0, stop);
    text.remove_prefix(stop + 1);
    if (entry == "end=") return text.empty() ? std::optional(spec) : std::nullopt;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!take(spec, entry.substr(0, equals), entry.substr(equals + 1))) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace gossamer::supervisor
