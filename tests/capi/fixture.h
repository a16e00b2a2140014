/* SPDX-License-Identifier: BSD-3-Clause */
/* What each test of the C API starts from: a server of its own and a handle on it. */
#ifndef CAPI_FIXTURE_H
#define CAPI_FIXTURE_H

#include <CUnit/CUnit.h>
#include <rpc/rpc.h>

#include "../support/service.h"
#include "../support/traffic.h"

/*
 * Each test runs in every variant: on each family, on a fresh connection, and on one that ten calls
 * have gone over, which libvmrpc has moved to shared memory by then.
 */
struct variant {
  const char* suite; /* its name */
  int family;
  bool warm;
};

extern const struct variant variants[]; /* ended by one without a name */
extern const struct variant* variant;   /* of the running suite */
extern struct service service;          /* fresh for each test: svc_tli_create() and svc_run() */
extern CLIENT* clnt; /* a handle on it; a test may destroy it and set it to NULL */

void fixture_set_up(void);
void fixture_tear_down(void);

/* Options of a server in the running variant's family. */
struct service_options plain_options(void);
/* A handle in the state that the running variant asks for. */
CLIENT* connect_warm(const struct service* target, rpcprog_t prog, rpcvers_t vers);
/* Makes the calls of a warm variant on a handle that a test created itself. */
void warm_up(CLIENT* handle);

/*
 * Asserts that every call since the last mark ran through shared memory, and that there were n:
 * when the counters exist and the variant is warm. Else nothing.
 */
struct traffic mark(CLIENT* handle);
void assert_shared_calls(CLIENT* handle, struct traffic mark, unsigned n);

/* Calls with their result as value, asserting success. */
u_int call_u_int(CLIENT* handle, enum service_proc proc);
void assert_works(CLIENT* handle);

#define TEN_SECONDS ((struct timeval){10, 0})

/* The tests of one subject, ended by CU_TEST_INFO_NULL. */
extern CU_TestInfo auth_tests[], beyond_tests[], call_tests[], control_tests[], create_tests[],
    crowd_tests[], error_tests[], server_tests[], thread_tests[], timeout_tests[];

#endif
