/* SPDX-License-Identifier: BSD-3-Clause */
/* Either side is killed, stopped or cut off at each system call of set-up and calls. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/footprint.h"
#include "stepper.h"
#include "stress.h"

#define N_CALLS 8
#define MOST_STEPS 3000

/* What a client did, as it tells the test. */
struct report {
  u_int n_succeeded;
  u_int failure;                /* enum clnt_stat of the call that failed, or RPC_SUCCESS */
  int64_t started_us, ended_us; /* of the last call */
};

struct client_options {
  struct address address;
  struct timeval timeout;
  bool stepped;
};

static void count_executions(void) {
  service_executions = mmap(NULL, sizeof *service_executions, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (service_executions == MAP_FAILED) die("mmap: %m");
}

static struct report make_calls(CLIENT* clnt, struct timeval timeout) {
  struct report report = {0};
  while (report.n_succeeded < N_CALLS) {
    u_int value = 0;
    report.started_us = now_us();
    report.failure = clnt_call(clnt, SERVICE_COUNT, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int,
                               (char*)&value, timeout);
    report.ended_us = now_us();
    if (report.failure != RPC_SUCCESS) break;
    report.n_succeeded++;
  }
  return report;
}

/* Tells the number of its socket, then makes calls and reports. */
static int client(int channel, const void* arg) {
  const struct client_options* options = arg;
  struct address address = options->address;
  struct netbuf netbuf = {sizeof address.socket, address.length, &address.socket};
  int fd = connect_to(&address);
  channel_send(channel, &fd, sizeof fd);
  if (options->stepped) stepper_offer();
  CLIENT* clnt = clnt_vc_create(fd, &netbuf, SERVICE_PROG, SERVICE_VERS, 0, 0);
  if (clnt == NULL) return EXIT_FAILURE;
  struct report report = make_calls(clnt, options->timeout);
  clnt_destroy(clnt);
  channel_send(channel, &report, sizeof report);
  return EXIT_SUCCESS;
}

static struct child start_client(const struct service* service, struct timeval timeout,
                                 bool stepped, int* fd) {
  struct client_options options = {service->address, timeout, stepped};
  struct child process = child_start(client, &options);
  if (!channel_receive(process.channel, fd, sizeof *fd, deadline_in_ms(PATIENCE_MS)))
    die("the client does not start");
  return process;
}

/* At most once: what ran is what succeeded, and perhaps the call that was cut. */
static bool ran_at_most_once(const struct report* report) {
  u_int ran = *service_executions;
  return ran == report->n_succeeded ||
         (report->failure != RPC_SUCCESS && ran == report->n_succeeded + 1);
}

static bool is_broken(u_int stat) { return stat == RPC_CANTRECV || stat == RPC_CANTSEND; }

static bool fail_at(const char* what, unsigned step, const struct report* report) {
  printf("(step %u: %s: %u succeeded, %u ran, then %s after %lld us) ", step, what,
         report->n_succeeded, *service_executions, clnt_sperrno((enum clnt_stat)report->failure),
         (long long)(report->ended_us - report->started_us));
  CU_FAIL("see the step");
  return false;
}

/* FALSE when something was wrong with it. */
static bool check_broken(const struct report* report, int64_t cut_us, unsigned step) {
  int64_t from_us = cut_us > report->started_us ? cut_us : report->started_us;
  if (!ran_at_most_once(report)) return fail_at("not at most once", step, report);
  if (report->failure == RPC_SUCCESS) return true; /* the cut came behind the last call */
  if (!is_broken(report->failure)) return fail_at("wrong state", step, report);
  if (report->ended_us - from_us > 1000000) return fail_at("too late", step, report);
  return true;
}

static struct service start_stepped_server(int family) {
  struct service_options options = {.family = family, .before_loop = stepper_offer};
  *service_executions = 0;
  return service_start(&options);
}

/* Kills the server at a step. `more`: there may be further steps. */
static bool kill_server_at(int family, unsigned step, bool* more) {
  struct report report;
  int fd;
  struct service service = start_stepped_server(family);
  struct child process = start_client(&service, (struct timeval){10, 0}, false, &fd);
  *more = stepper_run(service.process.pid, step, process.channel);
  int64_t cut_us = now_us();
  kill(service.process.pid, SIGKILL);
  bool good = channel_receive(process.channel, &report, sizeof report, deadline_in_ms(PATIENCE_MS));
  if (!good) die("step %u: the client of a killed server does not end", step);
  good = check_broken(&report, cut_us, step);
  child_end(&process);
  service_end(&service);
  return good;
}

static void kill_server_at_each_step(int family) {
  unsigned step = 1;
  count_executions();
  for (bool more = true; more && step < MOST_STEPS; step++)
    if (!kill_server_at(family, step, &more)) return;
  printf("(%u steps) ", step);
  CU_ASSERT(step > 2 * N_CALLS && step < MOST_STEPS);
}

static void server_killed_on_ipv4(void) { kill_server_at_each_step(AF_INET); }
static void server_killed_on_unix(void) { kill_server_at_each_step(AF_UNIX); }

/* Stops the server at a step; a call then times out, neither early nor more than 50 ms late. */
static bool stop_server_at(unsigned step, bool* more, bool* late) {
  struct report report;
  int fd;
  struct service service = start_stepped_server(AF_INET);
  struct child process = start_client(&service, (struct timeval){0, 100000}, false, &fd);
  *more = stepper_run(service.process.pid, step, process.channel);
  if (!channel_receive(process.channel, &report, sizeof report, deadline_in_ms(PATIENCE_MS)))
    die("step %u: the client of a stopped server does not end", step);
  child_end(&process);
  service_end(&service);
  int64_t took_us = report.ended_us - report.started_us;
  *late = report.failure == RPC_TIMEDOUT && took_us > 150000;
  if (!ran_at_most_once(&report)) return fail_at("not at most once", step, &report);
  if (report.failure == RPC_SUCCESS) return true;
  if (report.failure != RPC_TIMEDOUT) return fail_at("wrong state", step, &report);
  if (took_us < 100000) return fail_at("too early", step, &report);
  return true;
}

/* A loaded machine delays a process now and then; what is late by our fault is late each time. */
static bool stop_server_in_time(unsigned step, bool* more) {
  bool late;
  for (int attempt = 0; attempt < 5; attempt++) {
    if (!stop_server_at(step, more, &late)) return false;
    if (!late) return true;
  }
  printf("(step %u) ", step);
  CU_FAIL("RPC_TIMEDOUT comes later than 50 ms after the time-out");
  return false;
}

static void server_stopped(void) {
  unsigned step = 1;
  count_executions();
  for (bool more = true; more && step < MOST_STEPS; step += 3)
    if (!stop_server_in_time(step, &more)) return;
  printf("(%u steps) ", step);
}

static int socket_of(const struct child* process, int fd) {
  int copy = (int)syscall(SYS_pidfd_getfd, process->pidfd, fd, 0);
  if (copy < 0) die("pidfd_getfd: %m");
  return copy;
}

/* Cuts the connection, not the processes, when the client is at a step. */
static bool cut_connection_at(unsigned step, bool* more) {
  struct report report;
  int fd;
  struct service service = start_on(AF_INET);
  *service_executions = 0;
  struct child process = start_client(&service, (struct timeval){10, 0}, true, &fd);
  int copy = socket_of(&process, fd);
  *more = stepper_run(process.pid, step, process.channel);
  int64_t cut_us = now_us();
  shutdown(copy, SHUT_RDWR);
  close(copy);
  ptrace(PTRACE_DETACH, process.pid, NULL, 0);
  if (!channel_receive(process.channel, &report, sizeof report, deadline_in_ms(PATIENCE_MS)))
    die("step %u: the client of a cut connection does not end", step);
  bool good = check_broken(&report, cut_us, step);
  child_end(&process);
  service_end(&service);
  return good;
}

static void connection_cut(void) {
  unsigned step = 1;
  count_executions();
  for (bool more = true; more && step < MOST_STEPS; step += 2)
    if (!cut_connection_at(step, &more)) return;
  printf("(%u steps) ", step);
  CU_ASSERT(step > 2 * N_CALLS && step < MOST_STEPS);
}

/* The server goes on with others and lets go of all that it held for the dead one. */
static bool server_forgets(const struct service* service, CLIENT* witness,
                           const struct footprint* before) {
  deadline_t deadline = deadline_in_ms(1000);
  struct footprint now;
  do {
    u_int value = 0;
    if (service_call(witness, SERVICE_PROGRAM, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, &value) !=
        RPC_SUCCESS)
      return false;
    now = footprint_of(service->process.pid);
  } while (!footprint_equal(&now, before) && deadline_left_ms(deadline) > 0);
  return footprint_equal(&now, before);
}

static void client_killed(void) {
  struct service service = start_on(AF_INET);
  CLIENT* witness = connect_upgraded(&service);
  struct footprint before = footprint_of(service.process.pid);
  unsigned step = 1;
  int fd;
  for (bool more = true; more && step < MOST_STEPS; step += 2) {
    struct child process = start_client(&service, (struct timeval){10, 0}, true, &fd);
    more = stepper_run(process.pid, step, process.channel);
    child_end(&process);
    if (server_forgets(&service, witness, &before)) continue;
    printf("(step %u) ", step);
    CU_FAIL("the server does not go on, or keeps what the dead client had");
    break;
  }
  printf("(%u steps) ", step);
  CU_ASSERT(step > 2 * N_CALLS && step < MOST_STEPS);
  clnt_destroy(witness);
  service_end(&service);
}

CU_TestInfo cut_tests[] = {
    {"a server killed at any step over IPv4 breaks the call, which ran at most once",
     server_killed_on_ipv4},
    {"a server killed at any step over AF_UNIX breaks the call, which ran at most once",
     server_killed_on_unix},
    {"a server stopped at any step lets calls time out, at most 50 ms late", server_stopped},
    {"a connection cut at any step breaks the call, which ran at most once", connection_cut},
    {"a client killed at any step leaves nothing in a server that goes on", client_killed},
    CU_TEST_INFO_NULL,
};
