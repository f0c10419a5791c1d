// SPDX-License-Identifier: Apache-2.0
#include "executors/worker/worker.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <exception>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "base/guarded.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "executors/failure.hpp"
#include "executors/worker_protocol.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;

// Results that the engine has not settled yet; beyond that the oldest go to done/ at once.
constexpr std::size_t unsettled_most = 256;

struct Ordered {
  RunJob order;
  std::optional<FileLock> lock;
};

struct Kept {
  AttemptResult result;
  std::optional<FileLock> lock;
};

struct Inbox {
  std::deque<Ordered> jobs;
  std::deque<AttemptId> settled;
  bool open = true;  // the engine is there
};

// What this process holds of physical memory; 0 where the system does not say.
std::uint64_t resident_bytes() {
  const auto text = read_file("/proc/self/statm");
  if (!text) return 0;
  const auto fields = split(*text, ' ');
  const auto pages = fields.size() > 1 ? parse_integer(fields[1]) : Result<std::int64_t>(0);
  return pages ? static_cast<std::uint64_t>(*pages * ::sysconf(_SC_PAGESIZE)) : 0;
}

class Worker;

class Context final : public JobChannel {
 public:
  Context(Worker& worker, std::uint64_t id, const Job& job) : worker_(worker), id_(id) {
    if (!job.folder.empty()) folder_ = AttemptFolder{job.folder};
  }
  void progress(std::uint64_t done, std::uint64_t total) override;
  bool is_cancelled() const override;
  void log(std::string_view line) override;

 private:
  Worker& worker_;
  std::uint64_t id_;
  std::optional<AttemptFolder> folder_;
  Guarded<FileDescriptor> log_;
};

class Worker {
 public:
  Worker(Socket socket, const StateFolder& state, const JobHandlers& handlers, const Clock& clock)
      : socket_(std::move(socket)), state_(state), handlers_(handlers), clock_(clock) {}

  Result<void> serve();
  void say(const FromWorker& message);
  bool is_cancelled(std::uint64_t id) const { return cancelled_.load() >= id; }
  bool is_orphaned() const { return orphaned_.load(); }

 private:
  void listen();
  void hear(Message message);
  void run(Ordered ordered);
  AttemptResult result_of(const RunJob& order);
  AttemptResult handle(const JobHandler& handler, const RunJob& order);
  Result<void> leave(Kept kept);
  Result<void> leave_all();
  Result<void> settle(const std::deque<AttemptId>& attempts);

  Socket socket_;
  Guarded<int> sending_;  // one sender at a time; the value means nothing
  const StateFolder& state_;
  const JobHandlers& handlers_;
  const Clock& clock_;
  Guarded<Inbox> inbox_;
  std::deque<Kept> kept_;
  std::atomic<std::uint64_t> cancelled_{0};  // ids rise, and one job runs at a time
  std::atomic<bool> orphaned_{false};
};

void Context::progress(std::uint64_t done, std::uint64_t total) {
  worker_.say(JobProgress{id_, done, total});
}

bool Context::is_cancelled() const {
  if (worker_.is_cancelled(id_)) return true;
  // Without its engine only the file can ask; a call that nobody waits for ends by itself.
  if (!worker_.is_orphaned()) return false;
  return !folder_ || path_exists(folder_->cancel()).value_or(false);
}

void Context::log(std::string_view line) {
  if (!folder_) return;
  log_.with([&](FileDescriptor& file) {
    if (!file) {
      auto opened = open_file(folder_->log(), O_WRONLY | O_CREAT | O_APPEND);
      if (!opened) return;  // a full disk costs log lines, never the attempt
      file = std::move(*opened);
    }
    static_cast<void>(write_all(file, fmt::format("{}\n", line), folder_->log()));
  });
}

void Worker::say(const FromWorker& message) {
  const auto bytes = encode(message);
  if (!bytes) return;
  // An engine that is gone is noticed by the listening thread.
  sending_.with([&](int&) { static_cast<void>(socket_.send(*bytes)); });
}

void Worker::listen() {
  for (;;) {
    auto message = socket_.receive();
    if (!message || !*message) break;
    hear(std::move(**message));
  }
  orphaned_ = true;
  inbox_.change([](Inbox& inbox) { inbox.open = false; });
}

void Worker::hear(Message message) {
  auto decoded = decode_to_worker(message.bytes);
  if (!decoded) return socket_.shut_down();  // not an engine of this version: end as without one
  if (const auto* cancel = std::get_if<CancelJob>(&*decoded)) {
    cancelled_ = std::max(cancelled_.load(), cancel->id);
  } else if (const auto* settled = std::get_if<SettleAttempt>(&*decoded)) {
    inbox_.change([&](Inbox& inbox) { inbox.settled.push_back(settled->attempt); });
  } else {
    Ordered ordered{std::get<RunJob>(std::move(*decoded)), std::nullopt};
    if (!message.descriptors.empty()) {
      ordered.lock = FileLock::adopt(std::move(message.descriptors.front()));
    }
    inbox_.change([&](Inbox& inbox) { inbox.jobs.push_back(std::move(ordered)); });
  }
}

Result<void> Worker::serve() {
  say(WorkerReady{});
  std::thread listener([this] { listen(); });
  struct Join {
    Worker& worker;
    std::thread& thread;
    ~Join() {
      worker.socket_.shut_down();
      thread.join();
    }
  };
  const Join join{*this, listener};
  for (;;) {
    struct Work {
      std::optional<Ordered> job;
      std::deque<AttemptId> settled;
    };
    Work work = inbox_.when(
        [](const Inbox& inbox) {
          return !inbox.jobs.empty() || !inbox.settled.empty() || !inbox.open;
        },
        [](Inbox& inbox) {
          Work taken{std::nullopt, std::exchange(inbox.settled, {})};
          if (!inbox.jobs.empty()) {
            taken.job = std::move(inbox.jobs.front());
            inbox.jobs.pop_front();
          }
          return taken;
        });
    TRY(settle(work.settled));
    const bool is_wanted = work.job && (!is_orphaned() || work.job->lock);
    if (is_wanted) {
      run(std::move(*work.job));
    } else if (!work.job && is_orphaned()) {
      break;
    }
  }
  return leave_all();
}

Result<void> Worker::leave_all() {
  Result<void> outcome;
  for (Kept& kept : kept_) {
    auto left = leave(std::move(kept));
    if (!left && outcome) outcome = std::move(left);  // the others are still worth keeping
  }
  kept_.clear();
  return outcome;
}

Result<void> Worker::settle(const std::deque<AttemptId>& attempts) {
  for (const AttemptId& attempt : attempts) {
    std::erase_if(kept_, [&](const Kept& kept) { return kept.result.attempt == attempt; });
  }
  while (kept_.size() > unsettled_most) {
    Kept oldest = std::move(kept_.front());
    kept_.pop_front();
    TRY(leave(std::move(oldest)));
  }
  return {};
}

Result<void> Worker::leave(Kept kept) {
  const auto written = state_.write_done(kept.result);
  // A tombstone is obeyed: the attempt was given up, and another one may run by now.
  if (!written && written.error().kind != ErrorKind::conflict) return written;
  return {};
}

void Worker::run(Ordered ordered) {
  const Job& job = ordered.order.job;
  if (ordered.lock) {
    const auto begun = open_file(AttemptFolder{job.folder}.begun(), O_WRONLY | O_CREAT);
    if (!begun) {
      // Without the mark a new engine would run it again beside us.
      const AttemptResult refused = failed(job.attempt, begun.error());
      say(JobFinished{ordered.order.id, refused, resident_bytes()});
      kept_.push_back({refused, std::move(ordered.lock)});
      return;
    }
  }
  AttemptResult result = result_of(ordered.order);
  if (!encode(JobFinished{ordered.order.id, result, 0})) {
    const Error unwritable =
        bug(fmt::format("the result of a {} job cannot be written as JSON: {}", job.kind,
                        encode(JobFinished{ordered.order.id, result, 0}).error().describe()))
            .error();
    result = failed(job.attempt, unwritable);
  }
  if (ordered.lock) kept_.push_back({result, std::move(ordered.lock)});
  say(JobFinished{ordered.order.id, std::move(result), resident_bytes()});
}

AttemptResult Worker::result_of(const RunJob& order) {
  const Instant started = clock_.now();
  const auto handler = handlers_.find(order.job.kind);
  AttemptResult result =
      handler == handlers_.end()
          ? failed(order.job.attempt,
                   bug(fmt::format("this worker has no handler for '{}'", order.job.kind)).error())
          : handle(handler->second, order);
  result.attempt = order.job.attempt;
  result.started_at = started;
  result.finished_at = clock_.now();
  return result;
}

AttemptResult Worker::handle(const JobHandler& handler, const RunJob& order) {
  Context context(*this, order.id, order.job);
  try {
    auto result = handler(order.job, context);
    if (result) return std::move(*result);
    if (context.is_cancelled()) {
      return stopped(order.job.attempt, orchestration::StopReason::cancelled);
    }
    context.log(result.error().describe());
    return failed(order.job.attempt, result.error());
  } catch (const std::bad_alloc&) {
    return failed(order.job.attempt, unavailable("out of memory").error());
  } catch (const std::exception& thrown) {
    return failed(order.job.attempt,
                  bug(fmt::format("{} job: {}", order.job.kind, thrown.what())).error());
  }
}

}  // namespace

Result<void> serve_jobs(Socket socket, const StateFolder& state, const JobHandlers& handlers,
                        const Clock& clock) {
  return Worker(std::move(socket), state, handlers, clock).serve();
}

}  // namespace gossamer::executors
