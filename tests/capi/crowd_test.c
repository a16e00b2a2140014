/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of several threads that stand behind each other on one handle: none feels what the others do. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

struct caller {
  pthread_t thread;
  enum service_proc proc;
  xdrproc_t encode, decode;
  struct service_bytes sent;
  struct service_bytes got;
  u_int sum;
  long patience_ms;
  enum clnt_stat stat;
};

static void* call(void* arg) {
  struct caller* caller = arg;
  struct timeval patience = {caller->patience_ms / 1000, caller->patience_ms % 1000 * 1000};
  char* result = caller->decode == (xdrproc_t)xdr_u_int ? (char*)&caller->sum : (char*)&caller->got;
  caller->stat = clnt_call(clnt, caller->proc, caller->encode, (char*)&caller->sent, caller->decode, result, patience);
  return NULL;
}

static void start(struct caller* caller) {
  CU_ASSERT_EQUAL_FATAL(pthread_create(&caller->thread, NULL, call, caller), 0);
}
static void join(struct caller* caller, enum clnt_stat wanted) {
  pthread_join(caller->thread, NULL);
  CU_ASSERT_EQUAL(caller->stat, wanted);
}

static struct caller holder(long patience_ms) {
  return (struct caller){.proc = SERVICE_HOLD, .encode = XDR_NOTHING, .decode = XDR_NOTHING, .patience_ms = patience_ms};
}
static struct caller echoer(void) {
  static char data[] = "some bytes";
  return (struct caller){.proc = SERVICE_ECHO, .encode = (xdrproc_t)xdr_service_bytes, .decode = (xdrproc_t)xdr_service_bytes,
                         .sent = {data, sizeof data}, .patience_ms = PATIENCE_MS};
}
static void join_echoer(struct caller* caller) {
  join(caller, RPC_SUCCESS);
  CU_ASSERT_EQUAL(caller->got.nbytes, caller->sent.nbytes);
  CU_ASSERT(caller->stat == RPC_SUCCESS && memcmp(caller->got.data, caller->sent.data, caller->got.nbytes) == 0);
  xdr_free((xdrproc_t)xdr_service_bytes, &caller->got);
}

static void let_pass(int ms) {
  deadline_t deadline = deadline_in_ms(ms);
  while (deadline_left_ms(deadline) > 0) sched_yield();
}

static void await_server(void) {
  char byte;
  CU_ASSERT_TRUE_FATAL(channel_receive(service.process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
}
static void let_server_go_on(void) {
  char byte = 'g';
  CU_ASSERT_TRUE_FATAL(channel_send(service.process.channel, &byte, 1));
}

/* The answer that it waits for stops in the middle. libtirpc 1.3.3 lets go of its lock before it reads what the call
 * returns, so that another's RPC_SUCCESS may be there by then. */
static void one_that_gives_up_leaves_others_alone(void) {
  struct caller hasty = echoer(), others[3];
  hasty.proc = SERVICE_STALL;
  hasty.patience_ms = 100;
  start(&hasty);
  await_server();
  for (int i = 0; i < 3; i++) {
    others[i] = echoer();
    start(&others[i]);
  }
  pthread_join(hasty.thread, NULL);
  CU_ASSERT(hasty.stat == RPC_TIMEDOUT || (hasty.stat == RPC_SUCCESS && !traffic_is_counted()));
  let_server_go_on();
  for (int i = 0; i < 3; i++) join_echoer(&others[i]);
}

/* Each is short of its own time, and the last waits longer than that in all. */
static void time_begins_with_the_turn(void) {
  enum { N = 3, EACH_MS = 400, PATIENCE = 1000 };
  struct caller callers[N];
  for (int i = 0; i < N; i++) {
    callers[i] = holder(PATIENCE);
    start(&callers[i]);
  }
  for (int i = 0; i < N; i++) {
    await_server();
    let_pass(EACH_MS);
    let_server_go_on();
  }
  for (int i = 0; i < N; i++) join(&callers[i], RPC_SUCCESS);
}

static int n_encoded;

/* Makes its data while it is encoded: twice would be two halves of something. */
static bool_t xdr_generated(XDR* xdrs, struct service_bytes* bytes) {
  u_int n = bytes->nbytes;
  if (xdrs->x_op != XDR_ENCODE) return xdr_service_bytes(xdrs, bytes);
  n_encoded++;
  if (!xdr_u_int(xdrs, &n)) return FALSE;
  for (u_int i = 0; i < n; i += 4)
    if (!xdr_opaque(xdrs, bytes->data + i, 4)) return FALSE;
  memset(bytes->data, 0, n);
  return TRUE;
}

static void assert_encoded_once(u_int nbytes) {
  struct caller held = holder(PATIENCE_MS), summed = {.proc = SERVICE_SUM, .encode = (xdrproc_t)xdr_generated,
                                                      .decode = (xdrproc_t)xdr_u_int, .patience_ms = PATIENCE_MS};
  u_int wanted = 0;
  summed.sent = (struct service_bytes){malloc(nbytes), nbytes};
  for (u_int i = 0; i < nbytes; i++) wanted += (u_char)(summed.sent.data[i] = service_pattern(1, i));
  n_encoded = 0;
  start(&held);
  await_server();
  start(&summed);
  let_pass(20); /* so that it stands behind the other */
  let_server_go_on();
  join(&held, RPC_SUCCESS);
  join(&summed, RPC_SUCCESS);
  CU_ASSERT_EQUAL(n_encoded, 1);
  CU_ASSERT_EQUAL(summed.sum, wanted);
  free(summed.sent.data);
}

static void each_is_encoded_once(void) {
  for (u_int nbytes = 400; nbytes <= 400000; nbytes *= 10) assert_encoded_once(nbytes);
}

CU_TestInfo crowd_tests[] = {
    {"one that gives up in the middle of its answer leaves others alone", one_that_gives_up_leaves_others_alone},
    {"the time of a call begins with its turn", time_begins_with_the_turn},
    {"each call is encoded once", each_is_encoded_once},
    CU_TEST_INFO_NULL,
};
