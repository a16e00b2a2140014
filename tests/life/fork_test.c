/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes that fork while a connection is in shared memory: only its maker may write there. */
#include <stdlib.h>
#include <string.h>

#include "life.h"

static void a_late_child_answers_behind_the_parent(void) {
  struct service service = start_service();
  CLIENT* clnt = connect_upgraded(&service);
  /* Not waited for: plain libtirpc loses the next answer on a connection where a call timed out. */
  CU_ASSERT_EQUAL(
      clnt_call(clnt, SERVICE_LATE_CHILD, XDR_NOTHING, NULL, NULL, NULL, ((struct timeval){0, 0})),
      RPC_SUCCESS);
  for (int i = 0; i < 5; i++)
    CU_ASSERT(works(clnt)); /* by the parent, while the child holds its answer */
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_RELEASE, XDR_NOTHING, NULL, XDR_NOTHING, NULL),
                  RPC_SUCCESS);
  for (int i = 0; i < 50; i++) CU_ASSERT(works(clnt)); /* its answer lies before these */
  clnt_destroy(clnt);
  service_end(&service);
}

/* As ypserv does for each map: the parent goes on at once, the child answers and ends. */
static void each_call_is_answered_by_a_child(void) {
  struct service service = start_service();
  CLIENT* clnt = connect_upgraded(&service);
  u_int before = 0, pid = 0;
  for (int i = 0; i < 20; i++) {
    CU_ASSERT_EQUAL(
        service_call(clnt, SERVICE_BY_CHILD, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, &pid),
        RPC_SUCCESS);
    CU_ASSERT(pid != before && pid != (u_int)service.process.pid);
    before = pid;
    CU_ASSERT(works(clnt));
  }
  clnt_destroy(clnt);
  service_end(&service);
}

static bool fills(CLIENT* clnt, u_int nbytes) {
  struct service_bytes got = {0};
  bool right = service_call(clnt, SERVICE_FILL, (xdrproc_t)xdr_u_int, &nbytes,
                            (xdrproc_t)xdr_service_bytes, &got) == RPC_SUCCESS &&
               got.nbytes == nbytes;
  for (u_int i = 0; right && i < nbytes; i++) right = got.data[i] == service_pattern(nbytes, i);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &got);
  return right;
}

static int call_on_a_new_handle(int channel, const void* arg) {
  CLIENT* clnt = connect_upgraded(arg);
  char byte = 1;
  if (!channel_send(channel, &byte, 1)) return EXIT_FAILURE;
  for (u_int i = 0; i < 200; i++)
    if (!fills(clnt, 10 + 300 * (i % 7))) return EXIT_FAILURE;
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}

static void parent_and_child_call_at_a_time(void) {
  struct service service = start_service();
  CLIENT* clnt = connect_upgraded(&service);
  struct child child = child_start(call_on_a_new_handle, &service);
  char byte;
  CU_ASSERT(channel_receive(child.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
  u_int n_wrong = 0;
  for (u_int i = 0; i < 200; i++) n_wrong += !fills(clnt, 10 + 700 * (i % 5));
  CU_ASSERT_EQUAL(n_wrong, 0);
  CU_ASSERT_EQUAL(child_wait(&child, deadline_in_ms(PATIENCE_MS)), 0);
  child_end(&child);
  clnt_destroy(clnt);
  service_end(&service);
}

static struct service_bytes inherited;

static int release_inherited(int channel, const void* arg) {
  CLIENT* clnt = (CLIENT*)(uintptr_t)arg;
  (void)channel;
  bool right = inherited.nbytes == 5000 && inherited.data[4999] == service_pattern(5000, 4999);
  right = clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &inherited) && right;
  return right && fills(clnt, 2000) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void both_release_a_result(void) {
  struct service service = start_service();
  CLIENT* clnt = connect_upgraded(&service);
  u_int nbytes = 5000;
  memset(&inherited, 0, sizeof inherited);
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_FILL, (xdrproc_t)xdr_u_int, &nbytes,
                               (xdrproc_t)xdr_service_bytes, &inherited),
                  RPC_SUCCESS);
  CU_ASSERT_EQUAL(run_apart(release_inherited, clnt), 0);
  CU_ASSERT_EQUAL_FATAL(inherited.nbytes, 5000);
  CU_ASSERT_EQUAL(inherited.data[4999], service_pattern(5000, 4999));
  CU_ASSERT(clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &inherited));
  CU_ASSERT(fills(clnt, 3000));
  clnt_destroy(clnt);
  service_end(&service);
}

CU_TestInfo fork_tests[] = {
    {"a forked child answers late, while the parent serves the client's next calls",
     a_late_child_answers_behind_the_parent},
    {"children answer every other call of a client", each_call_is_answered_by_a_child},
    {"a client forks, and both call at a time", parent_and_child_call_at_a_time},
    {"a client forks, and both release a result", both_release_a_result},
    CU_TEST_INFO_NULL,
};
