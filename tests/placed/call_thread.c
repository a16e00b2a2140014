/* SPDX-License-Identifier: BSD-3-Clause */
/* Beginning and ending calls in threads. */
#include "call_thread.h"

#include <sched.h>
#include <stdlib.h>

#include "tests/support/deadline.h"

struct call call_of(rpcproc_t procedure, u_int nbytes) {
  return (struct call){.handle = clnt, .procedure = procedure, .xdr = (xdrproc_t)xdr_bulk, .nbytes = nbytes,
                       .timeout_ms = PATIENCE_MS};
}

void* make_call(void* arg) {
  struct call* call = arg;
  bulk sent = small_bulk(), got = {0};
  sent.data.data_len = call->nbytes;
  sent.data.data_val = call->data = malloc(call->nbytes);
  pthread_cleanup_push(free, call->data); /* the call may be cancelled */
  memset(sent.data.data_val, (int)call->procedure, call->nbytes);
  struct timeval timeout = {call->timeout_ms / 1000, call->timeout_ms % 1000 * 1000};
  call->stat = clnt_call(call->handle, call->procedure, call->xdr, (caddr_t)&sent, call->xdr, (caddr_t)&got, timeout);
  call->is_equal = call->stat == RPC_SUCCESS && bulk_equal(&sent, &got);
  clnt_freeres(call->handle, call->xdr, (caddr_t)&got);
  pthread_cleanup_pop(true);
  call->has_ended = true;
  return NULL;
}

void begin(struct call* call) {
  CU_ASSERT_EQUAL_FATAL(pthread_create(&call->thread, NULL, make_call, call), 0);
}

void begin_call(struct call* call, rpcproc_t procedure, u_int nbytes) {
  *call = call_of(procedure, nbytes);
  begin(call);
}

void end(struct call* call, enum clnt_stat wanted) {
  CU_ASSERT_EQUAL(pthread_join(call->thread, NULL), 0);
  CU_ASSERT_EQUAL(call->stat, wanted);
  CU_ASSERT_EQUAL(call->is_equal, wanted == RPC_SUCCESS);
}

void await_server(void) {
  char byte;
  CU_ASSERT_TRUE_FATAL(channel_receive(server.process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
}

void let_server_go_on(void) {
  char byte = 'g';
  CU_ASSERT_TRUE_FATAL(channel_send(server.process.channel, &byte, 1));
}

uint64_t n_sent(void) {
  struct rpc_vm_stats stats = stats_of(clnt);
  return stats.calls_placed + stats.calls_xdr;
}

void await_sent(uint64_t count) {
  deadline_t patience = deadline_in_ms(PATIENCE_MS);
  while (n_sent() < count && deadline_left_ms(patience) > 0) sched_yield();
  CU_ASSERT_EQUAL(n_sent(), count);
}

void begin_behind(struct call* held, struct call* calls, int n_calls) {
  uint64_t before = n_sent();
  begin_call(held, PLACED_HOLD, SMALL);
  await_server();
  for (int i = 0; i < n_calls; i++) {
    begin_call(&calls[i], PLACED_ECHO, SMALL + (u_int)i);
    await_sent(before + 2 + (uint64_t)i);
  }
}
