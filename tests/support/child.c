/* SPDX-License-Identifier: BSD-3-Clause */
/* Forked processes of a test. */
#include "child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
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

bool elsewhere_is_known(void) { return getenv("TEST_ELSEWHERE") != NULL; }

struct child child_elsewhere(const void* order, size_t nbytes) {
  char name[64];
  int port;
  if (sscanf(getenv("TEST_ELSEWHERE"), "%63s %d", name, &port) != 2) die("TEST_ELSEWHERE is not ADDRESS PORT");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
  int channel = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (channel < 0 || inet_pton(AF_INET, name, &to.sin_addr) != 1 ||
      connect(channel, (struct sockaddr*)&to, sizeof to) != 0 || !channel_send(channel, order, nbytes))
    die("the machine at %s: %m", name);
  return (struct child){.channel = channel};
}

/* Reads nothing: what comes is the child's. */
static void wait_for_hang_up_or_end(int channel, int pidfd) {
  struct pollfd either[] = {{channel, POLLRDHUP, 0}, {pidfd, POLLIN, 0}};
  while (poll(either, 2, -1) < 0 && errno == EINTR) continue;
}

int child_of_elsewhere(int (*body)(int channel, const void* order), size_t nbytes) {
  int channel = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  void* order = malloc(nbytes);
  if (channel < 0 || nothing < 0 || order == NULL) die("no channel: %m");
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (!channel_receive(channel, order, nbytes, deadline_in_ms(PATIENCE_MS))) die("no order comes");
  pid_t pid = fork();
  if (pid < 0) die("fork: %m");
  if (pid == 0) _exit(body(channel, order));
  struct child child = {.pid = pid, .pidfd = pidfd_open(pid, 0), .channel = channel};
  wait_for_hang_up_or_end(channel, child.pidfd);
  child_end(&child);
  free(order);
  return EXIT_SUCCESS;
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

static int wait_elsewhere(int channel, deadline_t deadline) {
  char byte;
  do {
    if (!wait_readable(channel, deadline)) return -1;
  } while (recv(channel, &byte, 1, 0) > 0);
  return 0;
}

void child_kill(struct child* child) {
  if (child->pid > 0)
    kill(child->pid, SIGKILL);
  else
    shutdown(child->channel, SHUT_WR); /* which kills it there */
}

int child_wait(struct child* child, deadline_t deadline) {
  if (child->pid == 0) return wait_elsewhere(child->channel, deadline);
  if (!wait_readable(child->pidfd, deadline)) return -1;
  return reap(child);
}

void child_end(struct child* child) {
  if (child->pid > 0) {
    kill(child->pid, SIGKILL);
    reap(child);
  } else if (child->pidfd == 0 && child->channel > 0) {
    child_kill(child);
    wait_elsewhere(child->channel, deadline_in_ms(PATIENCE_MS)); /* its port is free then */
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
