// SPDX-License-Identifier: Apache-2.0
#include "pipeline/digests.hpp"

#include "base/digest.hpp"
#include "base/json.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {

Digest digest_of_files(const std::map<std::string, std::string>& files) {
  // Lengths before contents: no two sets of files give the same bytes.
  Sha256 sum;
  for (const auto& [path, content] : files) {
    sum.update(std::to_string(path.size()) + " " + path);
    sum.update(std::to_string(content.size()) + " ");
    sum.update(content);
  }
  return sum.finish();
}

Result<void> set_digests(PipelineDraft& draft) {
  Json steps = Json::object();
  for (StepDraft& step : draft.steps) {
    TRY_ASSIGN(Json declared, to_json(*step.node));
    Json queries = Json::array();
    for (const Query* query : queries_of(step))
      queries.push_back(query->digest.text());
    const Json content{{"step", step.step.name},
                       {"declared", std::move(declared)},
                       {"queries", std::move(queries)}};
    TRY_ASSIGN(const std::string bytes, canonical(content));
    step.step.digest = digest_of(bytes);
    steps[step.step.name] = step.step.digest.text();
  }
  TRY_ASSIGN(Json declared, to_json(*draft.node));
  declared["steps"] = std::move(steps);
  TRY_ASSIGN(const std::string bytes, canonical(declared));
  draft.pipeline.digest = digest_of(bytes);
  return {};
}

}  // namespace gossamer::pipeline
