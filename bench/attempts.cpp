// SPDX-License-Identifier: Apache-2.0
// What an attempt costs beside its work: a program under its supervisor, reported durably, and a
// job in a warm worker. One line of JSON each, with what the disk needs to make 4 KiB durable.
#include <memory>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "bench/figure.hpp"
#include "executors/dispatch.hpp"

namespace {

using namespace gossamer;
using namespace gossamer::executors;

constexpr int programs_in_a_row = 40;
constexpr int rounds = 5;
constexpr int jobs_in_a_row = 200;

orchestration::AttemptOrder order_of(pipeline::StepKind kind, IdSource& ids) {
  auto pipeline = std::make_shared<pipeline::Pipeline>();
  pipeline->steps.resize(1);
  pipeline->steps[0].name = "step";
  pipeline->steps[0].kind = kind;
  orchestration::AttemptOrder order;
  order.attempt = AttemptId::make(ids);
  order.run = RunId::make(ids);
  order.pipeline = std::move(pipeline);
  order.definition = std::make_shared<pipeline::Definition>();
  return order;
}

// What a step asks of its executor, without an engine or a database around it.
Preparation plain_preparation() {
  Preparation preparation;
  preparation.job = [](const orchestration::AttemptOrder& order) -> Result<Job> {
    Job job;
    job.attempt = order.attempt;
    job.run = order.run;
    job.kind = "echo";
    return job;
  };
  preparation.program = [](const orchestration::AttemptOrder&,
                           const Job&) -> Result<supervisor::Spec> {
    supervisor::Spec spec;
    spec.argv = {"/bin/true"};
    spec.workdir = "/";
    return spec;
  };
  return preparation;
}

// One attempt after another, as a chain of steps has them: seconds of each.
class Chain {
 public:
  Chain(const fs::path& state, const fs::path& programs)
      : workers_(options(state, programs), clock_, Log()),
        dispatch_(
            {state, programs / "gossamer-supervisor"}, plain_preparation(), workers_,
            [this](orchestration::AttemptResult result) {
              arrived_.change([&](auto& one) { one = std::move(result); });
            },
            clock_, Log()) {
    bench::check(workers_.start());
    bench::check(dispatch_.start());
  }

  void run(pipeline::StepKind kind) {
    const auto order = order_of(kind, *ids_);
    dispatch_.start(order);
    const auto result = arrived_.when([](const auto& one) { return one.has_value(); },
                                      [](auto& one) { return *std::exchange(one, std::nullopt); });
    if (result.failure) bench::give_up(result.failure->message);
    dispatch_.settle(order.attempt);
  }

 private:
  static WorkerPoolOptions options(const fs::path& state, const fs::path& programs) {
    WorkerPoolOptions options;
    options.program = programs.parent_path() / "tests" / "echo_worker";
    options.state = state;
    options.workers = 1;
    return options;
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  Guarded<std::optional<orchestration::AttemptResult>> arrived_;
  WorkerPool workers_;
  Dispatch dispatch_;
};

}  // namespace

int main() {
  const TemporaryFolder folder = bench::value_of(TemporaryFolder::make("gossamer-bench"));
  const fs::path state = folder.path() / ".gossamer";
  bench::check(make_folders(state));
  Chain chain(state, bench::bin_folder());
  const auto programs = bench::repeat(2, rounds, [&] {
    for (int count = 0; count < programs_in_a_row; ++count)
      chain.run(pipeline::StepKind::command);
  });
  bench::report("40 programs in a row", "s", programs, state);
  const auto jobs = bench::repeat(1, jobs_in_a_row, [&] { chain.run(pipeline::StepKind::sql); });
  bench::report("job in a warm worker", "s", jobs, state);
  return 0;
}
