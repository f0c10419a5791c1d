// SPDX-License-Identifier: Apache-2.0
#include "executors/process/secrets.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/suggest.hpp"

namespace gossamer::executors {
namespace {

constexpr Duration command_patience = std::chrono::seconds(30);
constexpr std::size_t secret_bytes_max = std::size_t{64} << 10U;

// Files and commands end their output with a line end that belongs to nobody's password.
std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

std::vector<std::string> names_of(const std::map<std::string, pipeline::SecretSource>& sources) {
  std::vector<std::string> names;
  for (const auto& [name, source] : sources)
    names.push_back(name);
  return names;
}

}  // namespace

Result<std::string> SecretReader::text_of(const Json& resolved) {
  if (resolved.is_string()) return resolved.get<std::string>();
  if (!resolved.is_object() || !resolved.contains("pieces")) return canonical(resolved);
  std::string out;
  for (const Json& piece : resolved["pieces"]) {
    if (piece.is_object()) {
      TRY_ASSIGN(const auto name, require<std::string>(piece, "secret", "text"));
      TRY_ASSIGN(const std::string value, value_of(name));
      out += value;
    } else if (piece.is_string()) {
      out += piece.get<std::string>();
    } else {
      TRY_ASSIGN(const std::string text, canonical(piece));
      out += text;
    }
  }
  return out;
}

std::vector<std::string> SecretReader::values() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : known_)
    out.push_back(value);
  return out;
}

Result<std::string> SecretReader::value_of(const std::string& name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const auto source = sources_.find(name);
  if (source == sources_.end()) {
    return not_found(fmt::format("secret '{}' is not declared in gossamer.yaml{}", name,
                                 did_you_mean(name, names_of(sources_))));
  }
  TRY_ASSIGN(std::string value, read(name, source->second));
  if (value.empty()) return not_found(fmt::format("secret '{}' is empty", name));
  known_[name] = value;
  return value;
}

Result<std::string> SecretReader::read(const std::string& name,
                                       const pipeline::SecretSource& source) const {
  if (source.value.empty()) return invalid_input(fmt::format("secret '{}' names no source", name));
  const std::string& first = source.value.front();
  if (source.kind == "env") {
    const auto value = environment_.find(first);
    if (value) return *value;
    return not_found(
        fmt::format("secret '{}' is to come from the variable {}, which is not set", name, first));
  }
  if (source.kind == "file") {
    auto text = read_file(workspace_ / first, secret_bytes_max);
    if (!text) return std::unexpected(text.error().wrapped(fmt::format("secret '{}'", name)));
    return without_line_end(std::move(*text));
  }
  if (source.kind != "command") {
    return invalid_input(fmt::format("secret '{}' has an unknown source '{}'", name, source.kind));
  }
  SpawnOptions options;
  options.argv = source.value;
  options.environment = environment_.variables();
  options.folder = workspace_;
  auto run = run_captured(options, command_patience, secret_bytes_max);
  if (!run) return std::unexpected(run.error().wrapped(fmt::format("secret '{}'", name)));
  if (!run->end.succeeded()) {
    // Its output is not quoted: it may hold the secret.
    return unavailable(
        fmt::format("the command of secret '{}' failed: {}", name, run->end.describe()));
  }
  return without_line_end(std::move(run->output));
}

}  // namespace gossamer::executors
