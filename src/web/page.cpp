// SPDX-License-Identifier: Apache-2.0
#include "web/page.hpp"

#include <array>
#include <string>
#include <utility>

#include "page/embedded.hpp"

namespace gossamer::web {

namespace {

constexpr std::string_view folder = "/page/";
// Nothing from elsewhere, no script that is not ours. Styles also stand in the evidence, which is a
// frame of this page.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

std::string type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> types{
      {{".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".html", "text/html; charset=utf-8"}}};
  for (const auto& [end, type] : types) {
    if (name.ends_with(end)) return std::string(type);
  }
  return "text/plain; charset=utf-8";
}

http::Response text_response(int status, std::string_view name, std::string_view text) {
  return {status,
          {{"content-type", type_of(name)},
           // Asked for anew each time: the next program brings another page under these names.
           {"cache-control", "no-cache"},
           {"content-security-policy", std::string(policy)},
           {"referrer-policy", "no-referrer"},
           {"x-content-type-options", "nosniff"}},
          std::string(text),
          nullptr};
}

}  // namespace

http::Response page_response(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return text_response(405, "", "the page is read with GET\n");
  }
  if (request.path.starts_with(folder)) {
    const auto name = std::string_view(request.path).substr(folder.size());
    const auto text = page::embedded_text(name);
    return text.empty() ? text_response(404, "", "there is nothing here\n")
                        : text_response(200, name, text);
  }
  return text_response(200, "index.html", page::embedded_text("index.html"));
}

}  // namespace gossamer::web
