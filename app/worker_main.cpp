// SPDX-License-Identifier: Apache-2.0
// gossamer-worker: every kind of job that a worker process can do, a line each.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/socket.hpp"
#include "executors/evaluate/evaluate.hpp"
#include "executors/evidence/evidence.hpp"
#include "executors/predict/explain.hpp"
#include "executors/predict/predict.hpp"
#include "executors/predict/score.hpp"
#include "executors/profile/profile.hpp"
#include "executors/sql/handlers.hpp"
#include "executors/train/train.hpp"
#include "executors/worker/worker.hpp"
#include "executors/worker_protocol.hpp"
#include "scoring/forest/engine.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/xgboost/engine.hpp"

namespace {

using namespace gossamer;
using namespace gossamer::executors;

constexpr std::size_t spare_databases = 3;  // a few small steps in a row find one ready
constexpr int training_threads = 1;         // one job of many: slots, not threads, fill the machine

JobHandlers handlers(const fs::path& state) {
  const std::vector<scoring::Engine> engines{
      scoring::forest::with_forest(scoring::xgboost::engine(training_threads)),
      scoring::forest::with_forest(scoring::lightgbm::engine(training_threads))};
  const QueryTools tools{engines, std::make_shared<warehouse::SpareDatabases>(spare_databases)};
  return {{"parse_sql", parse_sql_handler()},
          {"sql", sql_handler(tools)},
          {"query", query_handler(tools)},
          {"import", import_handler()},
          {"adopt_output", adopt_output_handler(tools)},
          {"train", train_handler(engines)},
          {"evaluate", evaluate_handler(engines)},
          {"predict", predict_handler(engines)},
          {"explain_model", explain_model_handler(engines)},
          {"score_rows", score_rows_handler(engines)},
          {"profile", profile_handler()},
          {"approval", evidence_handler(state / "evidence")}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--version") {
    fmt::print("gossamer-worker {}\n", GOSSAMER_VERSION);
    return 0;
  }
  if (argc != 3 || std::string(argv[1]) != "--state") {
    fmt::print(stderr, "gossamer-worker is started by gossamer, not by hand\n");
    return 2;
  }
  const SystemClock clock;
  const fs::path state = argv[2];
  Socket socket{FileDescriptor{worker_socket_descriptor}};
  const auto served = serve_jobs(std::move(socket), StateFolder(state), handlers(state), clock);
  if (served) return 0;
  fmt::print(stderr, "gossamer-worker: {}\n", served.error().describe());
  return 1;
}
