// SPDX-License-Identifier: Apache-2.0
#include "executors/dispatch.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "executors/dispatch_attempt.hpp"
#include "executors/failure.hpp"
#include "executors/process/launch.hpp"

namespace gossamer::executors {

using orchestration::AttemptOrder;
using orchestration::AttemptResult;
using orchestration::StopReason;
using pipeline::StepKind;

namespace {

enum class Where { engine, supervisor, worker };

Where place_of(StepKind kind) {
  switch (kind) {
    case StepKind::none:
    case StepKind::trigger:
      return Where::engine;
    case StepKind::command:
    case StepKind::notebook:
      return Where::supervisor;
    case StepKind::sql:
    case StepKind::train:
    case StepKind::evaluate:
    case StepKind::predict:
    case StepKind::profile:
    case StepKind::approval:
      return Where::worker;
  }
  return Where::engine;
}

}  // namespace

Dispatch::Dispatch(DispatchOptions options, Preparation preparation, WorkerPool& workers,
                   orchestration::AttemptSink sink, const Clock& clock, Log log)
    : options_(std::move(options)),
      state_(options_.state),
      preparation_(std::move(preparation)),
      workers_(workers),
      sink_(std::move(sink)),
      clock_(clock),
      log_(std::move(log)) {}

Dispatch::~Dispatch() { Dispatch::stop(); }

Result<void> Dispatch::start() {
  TRY(state_.prepare());
  TRY_ASSIGN(mailbox_->wake, EventFd::make());
  TRY_ASSIGN(output_, open_file(options_.state / "supervisor.log", O_WRONLY | O_CREAT | O_APPEND));
  thread_ = std::thread([this] { loop(); });
  return {};
}

void Dispatch::stop() noexcept {
  if (!thread_.joinable()) return;
  stopping_ = true;
  mailbox_->wake->raise();
  thread_.join();
  for (auto& [id, attempt] : attempts_) {
    if (attempt.process && attempt.is_own_program) attempt.process->release();
  }
  attempts_.clear();
}

void Dispatch::start(const AttemptOrder& order) {
  leave(Ordered{std::make_shared<const AttemptOrder>(order)});
}

// The files tell in which state an attempt is: one that is new is found in none.
void Dispatch::adopt(const AttemptOrder& order) { start(order); }

void Dispatch::stop(const AttemptId& attempt, StopReason reason) {
  leave(Stopped{attempt, reason});
}

void Dispatch::settle(const AttemptId& attempt) { leave(Settled{attempt}); }

void Dispatch::Mailbox::leave(Word word) {
  words.with([&](auto& waiting) { waiting.push_back(std::move(word)); });
  if (wake) wake->raise();
}

WorkerPool::Answered Dispatch::answer_to(const AttemptId& attempt) const {
  return [mailbox = mailbox_, attempt](WorkerAnswer answer) {
    mailbox->leave(Answered{attempt, std::move(answer)});
  };
}

void Dispatch::sweep(const std::set<AttemptId>& open) { leave(Swept{open}); }

// --- The loop ---------------------------------------------------------------------------------

void Dispatch::loop() {
  while (!stopping_) {
    for (Word& word : mailbox_->words.with([](auto& words) { return std::exchange(words, {}); })) {
      std::visit([this](auto& one) { hear(std::move(one)); }, word);
    }
    end_overdue();
    std::vector<int> numbers{mailbox_->wake->descriptor().number()};
    std::vector<AttemptId> watched{AttemptId{}};
    for (const auto& [id, attempt] : attempts_) {
      if (!attempt.process) continue;
      numbers.push_back(attempt.process->pidfd().number());
      watched.push_back(id);
    }
    const auto ready = poll_readable(numbers, next_moment());
    if (!ready) {
      log_.error("attempts cannot be watched", {{"error", ready.error()}});
      continue;
    }
    for (const std::size_t place : *ready) {
      if (place == 0) {
        mailbox_->wake->take();
      } else {
        process_ended(attempts_.at(watched[place]));
      }
    }
  }
}

void Dispatch::hear(Ordered word) {
  const AttemptId id = word.order->attempt;
  if (attempts_.contains(id)) return;
  Attempt& attempt = attempts_[id];
  attempt.order = std::move(word.order);
  attempt.folder =
      state_.attempt(attempt.order->run, attempt.order->declaration().name, attempt.id());
  begin(attempt);
}

void Dispatch::hear(Stopped word) {
  const auto found = attempts_.find(word.attempt);
  if (found == attempts_.end() || found->second.delivered) return;
  Attempt& attempt = found->second;
  if (!attempt.asked) attempt.asked = word.reason;
  if (attempt.in_worker) return workers_.cancel(word.attempt, word.reason);
  // Renamed into place, so that whoever watches the folder never reads half a reason.
  const fs::path draft = attempt.folder.root / "cancel.new";
  auto written = write_for_the_living(draft, orchestration::name_of(word.reason));
  if (written) written = rename_path(draft, attempt.folder.cancel());
  if (!written) log_.error("a cancel cannot be left", {{"error", written.error()}});
  if (!attempt.kill_at) {
    // Whoever runs it has one grace for its program and half of one to report.
    attempt.kill_at = clock_.steady() + options_.grace * 3 / 2;
  }
}

void Dispatch::hear(Settled word) {
  workers_.settle(word.attempt);
  state_.forget(word.attempt);
  attempts_.erase(word.attempt);
}

void Dispatch::hear(Answered word) {
  const auto found = attempts_.find(word.attempt);
  if (found == attempts_.end() || found->second.delivered) return;
  Attempt& attempt = found->second;
  attempt.in_worker = false;
  if (!attempt.cuts.empty()) return cut_ended(attempt, std::move(word.answer));
  if (auto* result = std::get_if<AttemptResult>(&word.answer)) {
    return complete(attempt, std::move(*result));
  }
  attempt.ended = std::get<WorkerLost>(word.answer).why;
  look(attempt);
}

void Dispatch::hear(const Swept& word) {
  const auto left_in = [&](const fs::path& folder) {
    std::map<AttemptId, fs::path> left;
    for (const std::string& name : list_folder(folder).value_or(std::vector<std::string>{})) {
      const auto id = AttemptId::parse(name.substr(0, name.find('.')));
      const bool is_open = id && (word.open.contains(*id) || attempts_.contains(*id));
      if (id && !is_open) left.emplace(*id, folder / name);
    }
    return left;
  };
  const auto buried = left_in(state_.tombstones());
  std::set<AttemptId> given_up;
  for (const auto& [id, tombstone] : buried)
    given_up.insert(id);
  if (!given_up.empty()) end_holders(state_.runs(), given_up, own_processes());
  for (const auto& left : {buried, left_in(state_.done())}) {
    for (const auto& [id, path] : left)
      static_cast<void>(remove_tree(path));
  }
}

void Dispatch::begin(Attempt& attempt) {
  const StepKind kind = attempt.order->declaration().kind;
  if (place_of(kind) == Where::engine) {
    AttemptResult result;
    result.attempt = attempt.id();
    return deliver(attempt, std::move(result));
  }
  if (const auto made = make_folders(attempt.folder.root); !made) {
    return deliver(attempt, failed(attempt.id(), made.error()));
  }
  look(attempt);
}

void Dispatch::look(Attempt& attempt) {
  auto lock = FileLock::try_lock(attempt.folder.lock());
  if (!lock) return deliver(attempt, failed(attempt.id(), lock.error()));
  if (!*lock) return wait_for_lock(attempt);
  decide(attempt, std::move(**lock));
}

void Dispatch::decide(Attempt& attempt, FileLock lock) {
  auto done = state_.read_done(attempt.id());
  if (!done) {
    attempt.ended = fmt::format("its report cannot be read: {}", done.error().describe());
    return declare_lost(attempt, std::move(lock));
  }
  if (*done) {
    if (auto* result = std::get_if<AttemptResult>(&**done)) {
      return complete(attempt, std::move(*result));
    }
    return program_ended(attempt, std::get<ProgramEnd>(**done), std::move(lock));
  }
  const bool buried = path_exists(state_.tombstone(attempt.id())).value_or(true);
  const bool begun = path_exists(attempt.folder.begun()).value_or(true);
  if (buried || begun || attempt.was_launched) return declare_lost(attempt, std::move(lock));
  if (attempt.asked) return deliver(attempt, stopped(attempt.id(), *attempt.asked));
  run(attempt, std::move(lock));
}

void Dispatch::run(Attempt& attempt, FileLock lock) {
  auto job = preparation_.job(*attempt.order);
  if (!job) return deliver(attempt, failed(attempt.id(), job.error()));
  job->folder = attempt.folder.root.string();
  // For people and for whoever looks into a failed attempt; secrets are not in it.
  const auto text = canonical(to_json(*job));
  const auto written = text ? write_for_the_living(attempt.folder.job(), *text) : Result<void>{};
  if (!text || !written) {
    return deliver(attempt, failed(attempt.id(), text ? written.error() : text.error()));
  }
  if (place_of(attempt.order->declaration().kind) == Where::supervisor) {
    return cut_inputs(attempt, std::move(*job), std::move(lock));
  }
  run_job(attempt, std::move(*job), std::move(lock));
}

void Dispatch::run_job(Attempt& attempt, Job job, FileLock lock) {
  std::optional<Duration> patience;
  if (attempt.order->due_at) {
    patience = std::max(Duration::zero(), *attempt.order->due_at - clock_.now());
  }
  attempt.in_worker = true;
  attempt.was_launched = true;
  workers_.run(std::move(job), std::move(lock), patience, answer_to(attempt.id()));
}

// Somebody works on it whom this engine did not start: an earlier engine's supervisor or worker.
void Dispatch::wait_for_lock(Attempt& attempt) {
  auto waiter = launch_lock_waiter(options_.supervisor, attempt.folder.lock(), output_);
  if (!waiter) return deliver(attempt, failed(attempt.id(), waiter.error()));
  attempt.process = std::move(*waiter);
  attempt.is_own_program = false;
}

// Its supervisor ended, or nobody held its lock for a moment: look at what is there now.
void Dispatch::process_ended(Attempt& attempt) {
  const auto end = attempt.process->wait();
  if (attempt.is_own_program && end) {
    attempt.ended = fmt::format("its supervisor ended without a report: {}", end->describe());
  }
  attempt.process.reset();
  look(attempt);
}

// The lock is ours: nobody who had it can report any more, and the tombstone tells those who come
// late. It is kept until whoever still works for the attempt has been ended.
void Dispatch::declare_lost(Attempt& attempt, FileLock lock) {
  const auto buried = state_.bury(attempt.id());
  if (!buried) log_.error("a tombstone cannot be left", {{"error", buried.error()}});
  end_holders(state_.runs(), {attempt.id()}, own_processes());
  static_cast<void>(lock);
  // A process that was asked to end, and died of it, is not lost.
  deliver(attempt, attempt.asked ? stopped(attempt.id(), *attempt.asked)
                                 : lost(attempt.id(), attempt.ended));
}

void Dispatch::deliver(Attempt& attempt, AttemptResult result) {
  attempt.delivered = true;
  attempt.kill_at.reset();
  result.attempt = attempt.id();
  if (auto& model = result.result.model) {
    // A workspace that is moved takes its models along.
    model->folder = fs::path(model->folder).lexically_proximate(state_.root()).string();
  }
  sink_(std::move(result));
}

// Attempts that this engine reaches only by their files, and that did not end when they were told
// to.
void Dispatch::end_overdue() {
  const SteadyInstant now = clock_.steady();
  for (auto& [id, attempt] : attempts_) {
    if (!attempt.kill_at || *attempt.kill_at > now) continue;
    attempt.kill_at.reset();
    end_holders(state_.runs(), {id}, own_processes());
  }
}

std::optional<Duration> Dispatch::next_moment() const {
  std::optional<SteadyInstant> next;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.kill_at && (!next || *attempt.kill_at < *next)) next = attempt.kill_at;
  }
  if (!next) return std::nullopt;
  return std::max(Duration::zero(), *next - clock_.steady());
}

// Those that wait for locks have the locks' files open, too.
std::vector<pid_t> Dispatch::own_processes() const {
  std::vector<pid_t> out;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.process && !attempt.is_own_program) out.push_back(attempt.process->pid());
  }
  return out;
}

}  // namespace gossamer::executors
