// SPDX-License-Identifier: Apache-2.0
// SQL that is parsed to learn what it reads. Parsing needs the query engine, which only a worker
// has; what it said is kept below `.gossamer/` by the digest of the text, so that a worker starts
// for new texts alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/ids.hpp"
#include "executors/worker_pool.hpp"
#include "orchestration/ports.hpp"
#include "pipeline/load.hpp"

namespace gossamer::app {

class QueryParser {
 public:
  // Gives the workers when they are needed for the first time; `folder` may be missing or
  // read-only.
  using Workers = std::function<Result<executors::WorkerPool*>()>;
  QueryParser(fs::path folder, Workers workers)
      : folder_(std::move(folder)), workers_(std::move(workers)), ids_(system_ids(clock_)) {}

  Result<pipeline::ParsedQuery> parse(std::string_view sql);
  pipeline::SqlParser as_function();

  // {"queries": {digest: parsed}, "tables": [...], "models": [...], "overlay"}: all that
  // read_definition needs.
  Result<Json> kept_for(const pipeline::Definition& definition, const pipeline::Known& known,
                        const std::string& overlay);

 private:
  fs::path folder_;
  Workers workers_;
  SystemClock clock_;
  std::unique_ptr<IdSource> ids_;
  std::map<std::string, pipeline::ParsedQuery> parsed_;  // by digest of the text
};

// A stored definition with what was parsed when it was applied; needs no worker.
Result<std::shared_ptr<const pipeline::Definition>> read_definition(
    const orchestration::StoredDefinition& stored);

}  // namespace gossamer::app
