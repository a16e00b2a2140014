/* SPDX-License-Identifier: BSD-3-Clause */
/* Counting system calls with ptrace. */
#include "stepper.h"

#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "../support/child.h"

void stepper_offer(void) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) die("ptrace: %m");
  raise(SIGSTOP);
}

static bool is_readable(int fd) {
  struct pollfd pfd = {.fd = fd, .events = POLLIN};
  return poll(&pfd, 1, 0) > 0;
}

/* The next stop of the process, or FALSE when it has ended or there is nothing more to wait for. */
static bool wait_for_stop(pid_t pid, int watched, int* status) {
  for (;;) {
    pid_t got = waitpid(pid, status, WNOHANG | __WALL);
    if (got == pid) return WIFSTOPPED(*status);
    if (got < 0 || is_readable(watched)) return false;
    struct pollfd pfd = {.fd = watched, .events = POLLIN};
    poll(&pfd, 1, 1); /* waitpid has no descriptor for stops */
  }
}

bool stepper_run(pid_t pid, unsigned n, int watched) {
  int status, signal_to_pass = 0;
  if (!wait_for_stop(pid, watched, &status)) return false;
  ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  while (n > 0) {
    if (ptrace(PTRACE_SYSCALL, pid, NULL, signal_to_pass) != 0) return false;
    if (!wait_for_stop(pid, watched, &status)) return false;
    signal_to_pass = 0;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80))
      n--;
    else if (WSTOPSIG(status) != SIGSTOP)
      signal_to_pass = WSTOPSIG(status);
  }
  return true;
}
