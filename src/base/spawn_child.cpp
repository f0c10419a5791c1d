// SPDX-License-Identifier: Apache-2.0
#include "base/spawn_child.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

// System calls are made directly: the C library's and a sanitizer's wrappers keep notes about
// descriptors and handlers in memory that still belongs to the parent.
#if __has_attribute(disable_sanitizer_instrumentation)
#define GOSSAMER_CHILD_SIDE __attribute__((disable_sanitizer_instrumentation))
#else
#define GOSSAMER_CHILD_SIDE __attribute__((no_sanitize("address", "thread", "undefined")))
#endif

namespace gossamer {
namespace {

constexpr int signal_count = 64;
constexpr std::size_t kernel_mask_bytes = 8;

GOSSAMER_CHILD_SIDE bool stop(ChildPlan& plan, ChildStep step) {
  plan.error = errno;
  plan.failed_at = step;
  return false;
}

// Handlers of the parent are gone after exec, but what it ignores would stay ignored.
GOSSAMER_CHILD_SIDE void reset_signals() {
  // Zeros are SIG_DFL, no flags and an empty mask in the kernel's own layout.
  const std::array<unsigned long, 16> defaults{};
  for (int signal = 1; signal <= signal_count; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    ::syscall(SYS_rt_sigaction, signal, defaults.data(), nullptr, kernel_mask_bytes);
  }
}

GOSSAMER_CHILD_SIDE bool leave_group(ChildPlan& plan) {
  long outcome = 0;
  if (plan.group == ProcessGroup::new_group) outcome = ::syscall(SYS_setpgid, 0, 0);
  if (plan.group == ProcessGroup::new_session) outcome = ::syscall(SYS_setsid);
  return outcome >= 0 || stop(plan, ChildStep::group);
}

GOSSAMER_CHILD_SIDE bool die_with_parent(ChildPlan& plan) {
  if (plan.parent_death == ParentDeath::ignore) return true;
  if (::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return stop(plan, ChildStep::parent);
  }
  // The parent may have died before the kernel was told.
  return ::syscall(SYS_getppid) == plan.parent || stop(plan, ChildStep::parent);
}

// Two rounds, so that no number is overwritten that is still to be passed on.
GOSSAMER_CHILD_SIDE bool place_descriptors(ChildPlan& plan) {
  int highest = 2;
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    if (plan.descriptors[i].as > highest) highest = plan.descriptors[i].as;
  }
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    const long copy =
        ::syscall(SYS_fcntl, plan.descriptors[i].number, F_DUPFD_CLOEXEC, highest + 1);
    if (copy < 0) return stop(plan, ChildStep::descriptors);
    plan.descriptors[i].number = static_cast<int>(copy);
  }
  // What a library opened without close-on-exec must not leak either.
  if (::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) != 0 && errno != ENOSYS &&
      errno != EINVAL) {
    return stop(plan, ChildStep::descriptors);
  }
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    if (::syscall(SYS_dup3, plan.descriptors[i].number, plan.descriptors[i].as, 0) < 0) {
      return stop(plan, ChildStep::descriptors);
    }
  }
  return true;
}

}  // namespace

GOSSAMER_CHILD_SIDE int run_child(void* argument) {
  ChildPlan& plan = *static_cast<ChildPlan*>(argument);
  reset_signals();
  bool ready = leave_group(plan) && die_with_parent(plan);
  if (ready && plan.folder != nullptr && ::syscall(SYS_chdir, plan.folder) != 0) {
    ready = stop(plan, ChildStep::folder);
  }
  if (ready && place_descriptors(plan)) {
    const unsigned long none = 0;
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kernel_mask_bytes);
    ::syscall(SYS_execve, plan.program, plan.arguments, plan.environment);
    stop(plan, ChildStep::program);
  }
  ::syscall(SYS_exit_group, 127);
  return 127;
}

}  // namespace gossamer
