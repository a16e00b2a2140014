/* SPDX-License-Identifier: BSD-3-Clause */
/* Forked processes of a test. */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void die(const char* format, ...) {
  va_list args;
  va_start(args, format);
  fputs("set-up failed: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(EXIT_FAILURE);
}

struct child child_start(int (*body)(int channel, const void* arg), const void* arg) {
  pid_t parent = getpid();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) die("socketpair: %m");
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) die("fork: %m");
  if (pid == 0) {
    close(ends[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(EXIT_FAILURE);
    int status = body(ends[1], arg);
    fflush(NULL);
    _exit(status);
  }
  close(ends[1]);
  int pidfd = pidfd_open(pid, 0);
  if (pidfd < 0) die("pidfd_open: %m");
  return (struct child){.pid = pid, .pidfd = pidfd, .channel = ends[0]};
}

bool channel_send(int channel, const void* message, size_t nbytes) {
  return send(channel, message, nbytes, MSG_NOSIGNAL) == (ssize_t)nbytes;
}

bool channel_receive(int channel, void* message, size_t nbytes, deadline_t deadline) {
  char* at = message;
  while (nbytes > 0) {
    if (!wait_readable(channel, deadline)) return false;
    ssize_t n = recv(channel, at, nbytes, 0);
    if (n <= 0) return false;
    at += n;
    nbytes -= (size_t)n;
  }
  return true;
}

static int reap(struct child* child) {
  int status = -1;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) continue;
  child->pid = 0;
  return status;
}

int child_wait(struct child* child, deadline_t deadline) {
  if (!wait_readable(child->pidfd, deadline)) return -1;
  return reap(child);
}

void child_end(struct child* child) {
  if (child->pid > 0) {
    kill(child->pid, SIGKILL);
    reap(child);
  }
  if (child->pidfd > 0) close(child->pidfd);
  if (child->channel > 0) close(child->channel);
  *child = (struct child){0};
}

int child_run_tests(int (*body)(int channel, const void* arg), const void* arg, int patience_ms) {
  signal(SIGPIPE, SIG_IGN);
  struct child tests = child_start(body, arg);
  int status = child_wait(&tests, deadline_in_ms(patience_ms));
  child_end(&tests);
  if (status == -1) die("the test named last did not end");
  if (WIFSIGNALED(status)) die("the test named last died: %s", strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status);
}
