// SPDX-License-Identifier: Apache-2.0
// executors: how effects happen. Dispatch is the StepExecutor: programs run under a supervisor,
// built-in kinds in a worker process, `none` and `trigger` end at once. Owns the attempts that this
// engine knows of and the files by which they outlive it; never touches run state. One thread of
// its own does everything; the public methods only leave word with it.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/event_fd.hpp"
#include "base/guarded.hpp"
#include "base/log.hpp"
#include "base/service.hpp"
#include "executors/job.hpp"
#include "executors/state_folder.hpp"
#include "executors/supervisor/spec.hpp"
#include "executors/worker_pool.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::executors {

struct DispatchOptions {
  fs::path state;                             // `.gossamer`
  fs::path supervisor;                        // gossamer-supervisor
  Duration grace = std::chrono::seconds(10);  // between asking a program to end and killing it
};

// What an order becomes. Called on the dispatch thread.
struct Preparation {
  // Everything that a job reads and writes, from the catalog as of the order's pins.
  std::function<Result<Job>(const orchestration::AttemptOrder&)> job;
  // How to run a `command` step's program: its files are in place when this returns.
  std::function<Result<supervisor::Spec>(const orchestration::AttemptOrder&, const Job&)> program;
};

class Dispatch final : public orchestration::StepExecutor, public Service {
 public:
  // The pool must outlive it, and is started and stopped by the caller.
  Dispatch(DispatchOptions options, Preparation preparation, WorkerPool& workers,
           orchestration::AttemptSink sink, const Clock& clock, Log log);
  ~Dispatch() override;

  [[nodiscard]] std::string_view name() const override { return "executors"; }
  Result<void> start() override;
  // Attempts go on without this engine; nothing reaches the sink any more.
  void stop() noexcept override;

  void start(const orchestration::AttemptOrder& order) override;
  void stop(const AttemptId& attempt, orchestration::StopReason reason) override;
  void adopt(const orchestration::AttemptOrder& order) override;
  void settle(const AttemptId& attempt) override;
  // Ends what still works for attempts that were given up, and removes what earlier engines left in
  // done/ and tombstones/.
  void sweep(const std::set<AttemptId>& open) override;

 private:
  struct Attempt;
  struct Ordered {
    std::shared_ptr<const orchestration::AttemptOrder> order;
  };
  struct Stopped {
    AttemptId attempt;
    orchestration::StopReason reason;
  };
  struct Settled {
    AttemptId attempt;
  };
  struct Answered {
    AttemptId attempt;
    WorkerAnswer answer;
  };
  struct Swept {
    std::set<AttemptId> open;
  };
  using Word = std::variant<Ordered, Stopped, Settled, Answered, Swept>;
  // Where word is left for the loop. Workers answer when they are done, and that can be after the
  // dispatch is gone: whoever may still leave word keeps this.
  struct Mailbox {
    void leave(Word word);

    std::optional<EventFd> wake;
    Guarded<std::deque<Word>> words;
  };

  void leave(Word word) { mailbox_->leave(std::move(word)); }
  // What a worker calls that has done something for the attempt.
  [[nodiscard]] WorkerPool::Answered answer_to(const AttemptId& attempt) const;
  void loop();
  void hear(Ordered word);
  void hear(Stopped word);
  void hear(Settled word);
  void hear(Answered word);
  void hear(const Swept& word);
  void begin(Attempt& attempt);
  // Waits for the attempt's lock, or goes on with it.
  void look(Attempt& attempt);
  // With the attempt's lock in hand: takes its result, or starts it, or declares it lost.
  void decide(Attempt& attempt, FileLock lock);
  void run(Attempt& attempt, FileLock lock);
  // A program's way: cut its inputs, run it, take its output.
  void cut_inputs(Attempt& attempt, Job job, FileLock lock);
  void cut_ended(Attempt& attempt, WorkerAnswer answer);
  void run_program(Attempt& attempt, const Job& job, FileLock lock);
  void run_job(Attempt& attempt, Job job, FileLock lock);
  void wait_for_lock(Attempt& attempt);
  void process_ended(Attempt& attempt);
  void program_ended(Attempt& attempt, const ProgramEnd& end, FileLock lock);
  // A worker's result; that of a program's output is joined with what else the program left.
  void complete(Attempt& attempt, orchestration::AttemptResult result);
  void declare_lost(Attempt& attempt, FileLock lock);
  void deliver(Attempt& attempt, orchestration::AttemptResult result);
  void end_overdue();
  [[nodiscard]] std::optional<Duration> next_moment() const;
  [[nodiscard]] std::vector<pid_t> own_processes() const;

  DispatchOptions options_;
  StateFolder state_;
  Preparation preparation_;
  WorkerPool& workers_;
  orchestration::AttemptSink sink_;
  const Clock& clock_;
  Log log_;
  FileDescriptor output_;  // `.gossamer/supervisor.log`
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // The loop's own; node-based, so references stay valid.
  std::map<AttemptId, Attempt> attempts_;
};

}  // namespace gossamer::executors
