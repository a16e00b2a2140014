/* SPDX-License-Identifier: BSD-3-Clause */
/* Handles, connections and processes that share: threads, two handles on one socket, signals, fork.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

#define N_THREADS 4
#define N_CALLS 200

struct caller {
  pthread_t thread;
  CLIENT* handle;
  u_int id;
  u_int n_wrong;
};

/* A payload that tells threads and calls apart; longer for every eighth. */
static bool echo_differs(CLIENT* handle, u_int id, u_int call) {
  u_int nbytes = call % 8 == 7 ? 20000 + call : 40 + call % 13;
  struct service_bytes sent = {malloc(nbytes), nbytes}, got = {0};
  for (u_int i = 0; i < nbytes; i++) sent.data[i] = service_pattern(id * 1000 + call, i);
  bool differs = service_call(handle, SERVICE_ECHO, (xdrproc_t)xdr_service_bytes, &sent,
                              (xdrproc_t)xdr_service_bytes, &got) != RPC_SUCCESS ||
                 got.nbytes != nbytes || memcmp(got.data, sent.data, nbytes) != 0;
  xdr_free((xdrproc_t)xdr_service_bytes, &got);
  free(sent.data);
  return differs;
}

static void* make_calls(void* arg) {
  struct caller* caller = arg;
  for (u_int i = 0; i < N_CALLS; i++)
    caller->n_wrong += echo_differs(caller->handle, caller->id, i);
  return NULL;
}

/* Threads 0, 2, ... use one handle, threads 1, 3, ... the other. */
static void run_threads(CLIENT* even, CLIENT* odd) {
  struct caller callers[N_THREADS];
  for (u_int i = 0; i < N_THREADS; i++) {
    callers[i] = (struct caller){.handle = i % 2 == 0 ? even : odd, .id = i};
    CU_ASSERT_EQUAL_FATAL(pthread_create(&callers[i].thread, NULL, make_calls, &callers[i]), 0);
  }
  for (u_int i = 0; i < N_THREADS; i++) {
    pthread_join(callers[i].thread, NULL);
    CU_ASSERT_EQUAL(callers[i].n_wrong, 0);
  }
}

static void threads_share_a_handle(void) {
  struct traffic before = mark(clnt);
  run_threads(clnt, clnt);
  assert_shared_calls(clnt, before, N_THREADS * N_CALLS);
}

static void threads_use_handles_of_their_own(void) {
  CLIENT* other = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
  run_threads(clnt, other);
  clnt_destroy(other);
}

static CLIENT* second_handle_on_the_socket(void) {
  struct netbuf address = {sizeof service.address.socket, service.address.length,
                           &service.address.socket};
  int fd = -1;
  u_int32_t far_away = 0x40000000;
  CU_ASSERT(clnt_control(clnt, CLGET_FD, (char*)&fd));
  CLIENT* second = clnt_vc_create(fd, &address, SERVICE_OTHER_PROG, SERVICE_VERS, 0, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(second);
  clnt_control(second, CLSET_XID, (char*)&far_away);
  return second;
}

static void two_handles_take_turns_on_a_socket(void) {
  CLIENT* second = second_handle_on_the_socket();
  for (int i = 0; i < 20; i++) {
    assert_works(clnt);
    CU_ASSERT_EQUAL(call_u_int(second, SERVICE_PROGRAM), SERVICE_OTHER_PROG * 16u + SERVICE_VERS);
  }
  clnt_destroy(second);
  assert_works(clnt);
}

static void threads_use_two_handles_on_a_socket(void) {
  CLIENT* second = second_handle_on_the_socket();
  run_threads(clnt, second);
  clnt_destroy(second);
  assert_works(clnt);
}

static volatile sig_atomic_t n_signals;
static void count_signal(int number) {
  (void)number;
  n_signals++;
}

/* The server signals this process before it answers, so the signal comes within the call. */
static void a_signal_does_not_break_a_call(void) {
  struct sigaction action = {.sa_handler = count_signal};
  sigaction(SIGUSR1, &action, NULL);
  n_signals = 0;
  for (int i = 1; i <= 20; i++) {
    CU_ASSERT_EQUAL(service_call(clnt, SERVICE_SIGNAL, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                    RPC_SUCCESS);
    /* Sent within the call; a call that sleeps nowhere may return before it is delivered. */
    deadline_t deadline = deadline_in_ms(PATIENCE_MS);
    while (n_signals < i && deadline_left_ms(deadline) > 0) sched_yield();
    CU_ASSERT_EQUAL(n_signals, i);
  }
}

static void the_mask_of_signals_stays(void) {
  sigset_t blocked, before, after;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  assert_works(clnt);
  pthread_sigmask(SIG_SETMASK, &before, &after);
  CU_ASSERT_EQUAL(sigismember(&after, SIGUSR2), 1);
  CU_ASSERT_EQUAL(sigismember(&after, SIGUSR1), 0);
}

static int call_in_child(int channel, const void* arg) {
  (void)channel, (void)arg;
  for (u_int i = 0; i < 5; i++)
    if (echo_differs(clnt, 77, i)) return EXIT_FAILURE;
  return EXIT_SUCCESS;
}

static void a_forked_child_may_use_the_handle(void) {
  for (int i = 0; i < 3; i++) {
    struct child child = child_start(call_in_child, NULL);
    CU_ASSERT_EQUAL(child_wait(&child, deadline_in_ms(PATIENCE_MS)), 0);
    child_end(&child);
    assert_works(clnt);
  }
}

static int destroy_in_child(int channel, const void* arg) {
  (void)channel, (void)arg;
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}

static void a_forked_child_may_destroy_its_copy(void) {
  struct child child = child_start(destroy_in_child, NULL);
  CU_ASSERT_EQUAL(child_wait(&child, deadline_in_ms(PATIENCE_MS)), 0);
  child_end(&child);
  struct traffic before = mark(clnt);
  for (int i = 0; i < 10; i++) assert_works(clnt);
  assert_shared_calls(clnt, before, 10);
}

CU_TestInfo thread_tests[] = {
    {"four threads share a handle and each gets its own answers", threads_share_a_handle},
    {"four threads use two connections", threads_use_handles_of_their_own},
    {"two handles take turns on one socket", two_handles_take_turns_on_a_socket},
    {"threads use two handles on one socket at a time", threads_use_two_handles_on_a_socket},
    {"a signal within a call does not break it", a_signal_does_not_break_a_call},
    {"a call leaves the mask of signals as it was", the_mask_of_signals_stays},
    {"a forked child may call on an inherited handle", a_forked_child_may_use_the_handle},
    {"a forked child may destroy its copy of a handle", a_forked_child_may_destroy_its_copy},
    CU_TEST_INFO_NULL,
};
