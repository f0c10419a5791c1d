// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "web/handlers/handlers.hpp"

namespace gossamer::web {

namespace {

std::vector<std::string> list_in(const Request& request, const std::string& key) {
  const auto text = query_text(request, key);
  return text.empty() ? std::vector<std::string>() : split(text, ',');
}

Result<Json> compare(models::Examiner& examiner, const Call& call) {
  models::CompareRequest request;
  request.from = query_text(call.request, "from");
  request.to = query_text(call.request, "to");
  request.sql = query_text(call.request, "sql");
  request.label = query_text(call.request, "label");
  if (request.sql.empty()) return invalid_input("the comparison has no `sql` for its rows");
  if (request.label.empty()) return invalid_input("the comparison has no `label`");
  request.weight = query_text(call.request, "weight");
  request.metrics = list_in(call.request, "metrics");
  request.by = list_in(call.request, "by");
  TRY_ASSIGN(const auto seconds, query_integer(call.request, "seconds", 3600, 1, 86'400));
  request.patience = std::chrono::seconds(seconds);
  return examiner.compare(request);
}

}  // namespace

std::vector<Route> model_examinations(models::Examiner& examiner) {
  return {{"GET", "/api/v1/model-comparison", "Two versions on the same rows",
           [&examiner](const Call& call) { return compare(examiner, call); }},
          {"GET", "/api/v1/model-explanation", "What a version is made of, and what scores it",
           [&examiner](const Call& call) {
             return examiner.explain(query_text(call.request, "name"));
           }}};
}

}  // namespace gossamer::web
