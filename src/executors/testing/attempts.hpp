// SPDX-License-Identifier: Apache-2.0
// What tests of real processes share: orders for one step, pipes to wait on, a dispatch with all
// around it. Nothing here sleeps; what should happen is waited for.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "executors/dispatch.hpp"

namespace gossamer::executors::testing {

inline constexpr Duration patience = std::chrono::seconds(60);  // for what should never be reached

inline fs::path programs() {
  const char* folder = std::getenv("GOSSAMER_BIN_DIR");
  return fs::absolute(folder == nullptr ? "build/release/bin" : folder);
}
inline fs::path test_program(const std::string& name) {
  return programs().parent_path() / "tests" / name;
}

// A named pipe: one side waits until the other has something to say.
class Fifo {
 public:
  explicit Fifo(fs::path path) : path_(std::move(path)) { ::mkfifo(path_.c_str(), 0600); }

  [[nodiscard]] const fs::path& path() const { return path_; }
  // Waits for a writer, then for its last byte.
  [[nodiscard]] std::string read() const { return read_file(path_).value_or(""); }
  // Waits for a reader.
  void write(const std::string& text) const {
    const FileDescriptor file = *open_file(path_, O_WRONLY);
    EXPECT_TRUE(write_all(file, text, path_));
  }
  // Whether somebody holds it open for reading.
  [[nodiscard]] bool has_reader() const {
    const FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return static_cast<bool>(file);
  }

 private:
  fs::path path_;
};

inline orchestration::AttemptOrder order_of(pipeline::StepKind kind, RunId run, AttemptId attempt) {
  auto pipeline = std::make_shared<pipeline::Pipeline>();
  pipeline->name = "p";
  pipeline->steps.resize(1);
  pipeline->steps[0].name = "step";
  pipeline->steps[0].kind = kind;
  orchestration::AttemptOrder order;
  order.attempt = std::move(attempt);
  order.run = std::move(run);
  order.pipeline = std::move(pipeline);
  order.definition = std::make_shared<pipeline::Definition>();
  order.spec = {{"value", 1}};
  return order;
}

// A workspace's state with workers and a dispatch over it; programs are plain argv.
class DispatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(*TemporaryFolder::make());
    start_at(folder_->path() / ".gossamer");
  }

  void start_at(const fs::path& state) {
    state_ = state;
    ASSERT_TRUE(make_folders(state_));
    WorkerPoolOptions pool;
    pool.program = test_program("echo_worker");
    pool.state = state_;
    pool.workers = 1;
    pool.grace = std::chrono::milliseconds(200);
    if (worker_bytes_max_ > 0) pool.memory_bytes_max = worker_bytes_max_;
    workers_.emplace(pool, clock_, Log());
    ASSERT_TRUE(workers_->start());
    Preparation preparation;
    preparation.job = [this](const orchestration::AttemptOrder& order) -> Result<Job> {
      Job job;
      job.attempt = order.attempt;
      job.run = order.run;
      job.kind = kind_;
      job.spec = order.spec;
      job.step = order.declaration().name;
      return job;
    };
    preparation.program = [this](const orchestration::AttemptOrder&,
                                 const Job&) -> Result<supervisor::Spec> {
      supervisor::Spec spec;
      spec.argv = argv_;
      spec.workdir = workdir_.empty() ? folder_->path().string() : workdir_;
      spec.environment = {"PATH=/usr/bin:/bin", "D=" + folder_->path().string()};
      spec.secrets = secrets_;
      if (log_bytes_max_ > 0) spec.log_bytes_max = log_bytes_max_;
      return spec;
    };
    dispatch_.emplace(
        DispatchOptions{state_, programs() / "gossamer-supervisor", std::chrono::milliseconds(300)},
        preparation, *workers_,
        [this](orchestration::AttemptResult result) {
          results_.change([&](auto& all) { all.push_back(std::move(result)); });
        },
        clock_, Log());
    ASSERT_TRUE(dispatch_->start());
  }

  void TearDown() override {
    dispatch_.reset();
    workers_.reset();
  }

  orchestration::AttemptOrder order(pipeline::StepKind kind) {
    return order_of(kind, RunId::make(*ids_), AttemptId::make(*ids_));
  }
  orchestration::AttemptOrder shell(const std::string& script) {
    argv_ = {"/bin/sh", "-c", script};
    return order(pipeline::StepKind::command);
  }
  orchestration::AttemptResult run(const orchestration::AttemptOrder& order) {
    dispatch_->start(order);
    return next_result();
  }

  orchestration::AttemptResult next_result() {
    const bool came = results_.wait_for(patience, [](const auto& all) { return !all.empty(); });
    EXPECT_TRUE(came) << "no result came";
    if (!came) return {};
    return results_.with([](auto& all) {
      orchestration::AttemptResult result = std::move(all.front());
      all.erase(all.begin());
      return result;
    });
  }

  [[nodiscard]] AttemptFolder folder_of(const orchestration::AttemptOrder& order) const {
    return StateFolder(state_).attempt(order.run, "step", order.attempt);
  }
  [[nodiscard]] std::string log_of(const orchestration::AttemptOrder& order) const {
    return read_file(folder_of(order).log()).value_or("<no log>");
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    return read_file(folder_->path() / name).value_or("<no file>");
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  std::optional<TemporaryFolder> folder_;
  fs::path state_;
  std::string kind_ = "echo";
  std::vector<std::string> argv_{"/bin/true"};
  std::string workdir_;
  std::vector<std::string> secrets_;
  std::uint64_t log_bytes_max_ = 0;
  std::uint64_t worker_bytes_max_ = 0;
  std::optional<WorkerPool> workers_;
  std::optional<Dispatch> dispatch_;
  Guarded<std::vector<orchestration::AttemptResult>> results_;
};

}  // namespace gossamer::executors::testing
