/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that destroy what another uses, and threads that are cancelled. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "life.h"

struct hold {
  CLIENT* clnt;
  enum clnt_stat stat;
};

static void* call_hold(void* arg) {
  struct hold* hold = arg;
  hold->stat = service_call(hold->clnt, SERVICE_HOLD, XDR_NOTHING, NULL, XDR_NOTHING, NULL);
  return NULL;
}

static atomic_int destroyer_tid;

static void* destroy(void* arg) {
  destroyer_tid = gettid();
  CLIENT* clnt = arg;
  clnt_destroy(clnt);
  return NULL;
}

static bool is_asleep(int tid) {
  char path[64], line[512] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
  FILE* stat = fopen(path, "r");
  if (stat == NULL) return false;
  bool read = fgets(line, sizeof line, stat) != NULL;
  fclose(stat);
  const char* state = strrchr(line, ')');
  return read && state != NULL && state[2] == 'S';
}

static void await_call_in_server(const struct service* service) {
  char byte;
  CU_ASSERT_FATAL(channel_receive(service->process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
}

static void let_it_answer(const struct service* service) {
  char byte = 1;
  CU_ASSERT(channel_send(service->process.channel, &byte, 1));
}

static void destroying_waits_for_the_call_of_another_thread(void) {
  struct service service = start_service();
  struct hold hold = {.clnt = connect_upgraded(&service), .stat = RPC_FAILED};
  pthread_t caller, destroyer;
  destroyer_tid = 0;
  CU_ASSERT_FATAL(pthread_create(&caller, NULL, call_hold, &hold) == 0);
  await_call_in_server(&service);
  CU_ASSERT_FATAL(pthread_create(&destroyer, NULL, destroy, hold.clnt) == 0);
  deadline_t deadline = deadline_in_ms(PATIENCE_MS);
  while ((destroyer_tid == 0 || !is_asleep(destroyer_tid)) && deadline_left_ms(deadline) > 0)
    sched_yield();
  CU_ASSERT(is_asleep(destroyer_tid));
  let_it_answer(&service);
  pthread_join(caller, NULL);
  pthread_join(destroyer, NULL);
  CU_ASSERT_EQUAL(hold.stat, RPC_SUCCESS);
  service_end(&service);
}

/* libtirpc leaves its connection locked; ours has to be usable again. */
static void a_thread_is_cancelled_within_a_call(void) {
  struct service service = start_service();
  CLIENT* other = connect_upgraded(&service);
  struct hold hold = {.clnt = connect_upgraded(&service), .stat = RPC_FAILED};
  pthread_t caller;
  void* result = NULL;
  CU_ASSERT_FATAL(pthread_create(&caller, NULL, call_hold, &hold) == 0);
  await_call_in_server(&service);
  CU_ASSERT_EQUAL(pthread_cancel(caller), 0);
  pthread_join(caller, &result);
  CU_ASSERT_PTR_EQUAL(result, PTHREAD_CANCELED);
  let_it_answer(&service);
  CU_ASSERT(works(other));
  if (traffic_is_counted()) {
    CU_ASSERT(works(hold.clnt));
    clnt_destroy(hold.clnt);
  }
  clnt_destroy(other);
  service_end(&service);
}

/* What a thread that is to be cancelled at the next chance does then. */
static void* call_while_cancelled(void* arg) {
  pthread_cancel(pthread_self());
  works(arg);
  pthread_testcancel();
  return NULL;
}
static void* destroy_while_cancelled(void* arg) {
  CLIENT* clnt = arg;
  pthread_cancel(pthread_self());
  clnt_destroy(clnt);
  pthread_testcancel();
  return NULL;
}

static void is_cancelled(void* (*body)(void*), CLIENT* clnt) {
  pthread_t thread;
  void* result = NULL;
  CU_ASSERT_FATAL(pthread_create(&thread, NULL, body, clnt) == 0);
  pthread_join(thread, &result);
  CU_ASSERT_PTR_EQUAL(result, PTHREAD_CANCELED);
}

static void a_thread_is_cancelled_before_it_begins(void) {
  struct service service = start_service();
  for (int i = 0; i < 20; i++) {
    CLIENT* clnt = connect_upgraded(&service);
    is_cancelled(call_while_cancelled, clnt);
    if (!traffic_is_counted()) continue;
    CU_ASSERT(works(clnt));
    clnt_destroy(clnt);
  }
  service_end(&service);
}

/* Not with plain libtirpc, whose clnt_destroy() is left half way through with the lock of all
 * connections. */
static void a_thread_is_cancelled_while_it_destroys(void) {
  struct service service = start_service();
  for (int i = 0; i < 20; i++) is_cancelled(destroy_while_cancelled, connect_upgraded(&service));
  service_end(&service);
}

CU_TestInfo thread_tests[] = {
    {"destroying a handle waits for another thread's call on it",
     destroying_waits_for_the_call_of_another_thread},
    {"a thread may be cancelled within a call", a_thread_is_cancelled_within_a_call},
    {"a thread may be cancelled when it begins a call", a_thread_is_cancelled_before_it_begins},
    CU_TEST_INFO_NULL,
};
CU_TestInfo destroy_tests[] = {
    {"a thread may be cancelled when it destroys a handle",
     a_thread_is_cancelled_while_it_destroys},
    CU_TEST_INFO_NULL,
};
