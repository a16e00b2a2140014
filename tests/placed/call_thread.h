/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls in threads of their own, on one connection. */
#ifndef PLACED_CALL_THREAD_H
#define PLACED_CALL_THREAD_H

#include <pthread.h>

#include "fixture.h"

enum { SMALL = 100, LARGE = 1000000 };

struct call {
  CLIENT* handle;
  rpcproc_t procedure;
  xdrproc_t xdr;
  u_int nbytes;
  int timeout_ms;
  pthread_t thread;
  enum clnt_stat stat;
  bool is_equal;
  char* data; /* sent: who leaves the call by a jump frees it */
  _Atomic bool has_ended;
};

/* An echo of so many bytes, not begun. */
struct call call_of(rpcproc_t procedure, u_int nbytes);
/* Makes it, in this thread. */
void* make_call(void* call);
void begin(struct call* call);
void begin_call(struct call* call, rpcproc_t procedure, u_int nbytes);
/* Asserts that it ended that way, with its own answer. */
void end(struct call* call, enum clnt_stat wanted);

/* A server in PLACED_HOLD or PLACED_APART. */
void await_server(void);
void let_server_go_on(void);

/* Calls through shared memory so far. */
uint64_t n_sent(void);
/* Until it is so many. */
void await_sent(uint64_t count);

/* The server is in the first call, whose thread sleeps; `calls` are behind it. */
void begin_behind(struct call* held, struct call* calls, int n_calls);

#endif
