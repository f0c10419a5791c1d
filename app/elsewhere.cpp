// SPDX-License-Identifier: Apache-2.0
#include "app/wire.hpp"
#include "web/http_api.hpp"

namespace gossamer::app {

namespace {

class Elsewhere final : public Api {
 public:
  Elsewhere(http::Origin origin, std::string token)
      : origin_(std::move(origin)), token_(std::move(token)) {}

  Result<Json> call(const web::Request& request, const web::EventSink& events) override {
    return web::call_over_http(origin_, token_, request, events);
  }

 private:
  http::Origin origin_;
  std::string token_;
};

}  // namespace

Result<std::unique_ptr<Api>> open_elsewhere(const std::string& url, const std::string& token) {
  TRY_ASSIGN(auto origin, http::parse_origin(url));
  return std::make_unique<Elsewhere>(std::move(origin), token);
}

}  // namespace gossamer::app
