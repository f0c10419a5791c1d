// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "executors/profile/profile.hpp"
#include "executors/train/job_queries.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;

Result<AttemptResult> run(const Job& job, JobChannel& context) {
  TRY_ASSIGN(const auto table, require<std::string>(job.spec, "table", "profile"));
  if (job.views.empty()) return bug("a profile without a view");
  const auto models = std::make_shared<const JobModels>(job.models, std::vector<scoring::Engine>());
  TRY_ASSIGN(auto session, open_session(job, context, models));
  const std::string view = warehouse::quoted_table(job.views.front().name);
  TRY_ASSIGN(const auto columns, session.describe("SELECT * FROM " + view, {}));
  TRY_ASSIGN(const Batch facts, session.fetch(facts_query(view, columns), {}));
  TRY_ASSIGN(const Batch sample, session.fetch(sample_query(view), {}));
  std::optional<Batch> reference;
  if (job.views.size() > 1) {
    TRY_ASSIGN(reference,
               session.fetch(sample_query(warehouse::quoted_table(job.views[1].name)), {}));
  }
  TRY_ASSIGN(const auto hidden,
             optional<std::vector<std::string>>(job.facts, "private", "profile"));
  PrivateColumns private_columns;
  if (hidden) private_columns.insert(hidden->begin(), hidden->end());
  AttemptResult result;
  result.attempt = job.attempt;
  result.result.report = profile_report(table, columns, private_columns, facts, sample,
                                        reference ? &*reference : nullptr);
  result.result.rows = result.result.report.at("rows").get<std::uint64_t>();
  return result;
}

}  // namespace

JobHandler profile_handler() { return run; }

}  // namespace gossamer::executors
