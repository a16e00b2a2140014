/* SPDX-License-Identifier: BSD-3-Clause */
/* Time-outs: of the argument, zero, and those set by clnt_control. */
#include "fixture.h"

static const struct timeval a_fifth_of_a_second = {0, 200000};

static enum clnt_stat call_no_reply(struct timeval timeout) {
  u_int result = 0;
  return clnt_call(clnt, SERVICE_NO_REPLY, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int, (char*)&result,
                   timeout);
}

static void assert_takes_a_fifth_of_a_second(struct timeval argument) {
  int64_t start = now_us();
  CU_ASSERT_EQUAL(call_no_reply(argument), RPC_TIMEDOUT);
  int64_t took_ms = (now_us() - start) / 1000;
  CU_ASSERT(took_ms >= 200);
  CU_ASSERT(took_ms < 1000);
}

static void a_call_without_answer_times_out(void) {
  struct rpc_err error;
  assert_takes_a_fifth_of_a_second(a_fifth_of_a_second);
  clnt_geterr(clnt, &error);
  CU_ASSERT_EQUAL(error.re_status, RPC_TIMEDOUT);
  CU_ASSERT_STRING_EQUAL(clnt_sperror(clnt, "x"), "x: RPC: Timed out");
}

/* Asked over another connection: libtirpc takes the next answer for the one that never came. */
static void a_call_that_timed_out_ran_once(void) {
  CLIENT* other = connect_warm(&service, SERVICE_PROG, SERVICE_VERS);
  for (u_int i = 0; i < 5; i++) {
    char byte;
    CU_ASSERT_EQUAL(call_no_reply((struct timeval){0, 20000}), RPC_TIMEDOUT);
    CU_ASSERT(channel_receive(service.process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
    CU_ASSERT_EQUAL(call_u_int(other, SERVICE_COUNT), 2 * i + 2);
  }
  clnt_destroy(other);
}

static void a_late_answer_is_ignored(void) {
  char byte = 'r';
  CU_ASSERT_EQUAL(clnt_call(clnt, SERVICE_HOLD, XDR_NOTHING, NULL, XDR_NOTHING, NULL,
                            ((struct timeval){0, 50000})),
                  RPC_TIMEDOUT);
  CU_ASSERT(channel_receive(service.process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
  CU_ASSERT(channel_send(service.process.channel, &byte, 1));
  for (u_int i = 1; i <= 10; i++) CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), i);
}

static void zero_with_results_sends_and_times_out(void) {
  u_int result = 0;
  for (u_int i = 0; i < 10; i++) {
    CU_ASSERT_EQUAL(clnt_call(clnt, SERVICE_COUNT, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int,
                              (char*)&result, ((struct timeval){0, 0})),
                    RPC_TIMEDOUT);
    CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), 2 * i + 2);
  }
}

static void zero_without_results_is_batched(void) {
  struct rpc_err error;
  CU_ASSERT_EQUAL(
      clnt_call(clnt, SERVICE_NO_REPLY, XDR_NOTHING, NULL, NULL, NULL, ((struct timeval){0, 0})),
      RPC_SUCCESS);
  clnt_geterr(clnt, &error);
  CU_ASSERT_EQUAL(error.re_status, RPC_SUCCESS);
  CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), 2);
}

static void a_set_time_out_overrides_the_argument(void) {
  CU_ASSERT(clnt_control(clnt, CLSET_TIMEOUT, (char*)&a_fifth_of_a_second));
  assert_takes_a_fifth_of_a_second(TEN_SECONDS);
}

static void zero_overrides_a_set_time_out(void) {
  u_int result = 0;
  CU_ASSERT(clnt_control(clnt, CLSET_TIMEOUT, (char*)&a_fifth_of_a_second));
  int64_t start = now_us();
  CU_ASSERT_EQUAL(clnt_call(clnt, SERVICE_COUNT, XDR_NOTHING, NULL, (xdrproc_t)xdr_u_int,
                            (char*)&result, ((struct timeval){0, 0})),
                  RPC_TIMEDOUT);
  CU_ASSERT(now_us() - start < 200000);
  CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), 2);
}

static void a_set_time_out_can_be_read(void) {
  struct timeval got = {0, 0};
  CU_ASSERT(clnt_control(clnt, CLSET_TIMEOUT, (char*)&a_fifth_of_a_second));
  CU_ASSERT(clnt_control(clnt, CLGET_TIMEOUT, (char*)&got));
  CU_ASSERT_EQUAL(got.tv_sec, 0);
  CU_ASSERT_EQUAL(got.tv_usec, 200000);
}

static void an_invalid_time_out_is_refused(void) {
  struct timeval negative = {-1, 0}, too_many = {0, 1000001};
  CU_ASSERT(!clnt_control(clnt, CLSET_TIMEOUT, (char*)&negative));
  CU_ASSERT(!clnt_control(clnt, CLSET_TIMEOUT, (char*)&too_many));
  assert_works(clnt);
}

CU_TestInfo timeout_tests[] = {
    {"a call without an answer times out when told", a_call_without_answer_times_out},
    {"a call that timed out ran once", a_call_that_timed_out_ran_once},
    {"an answer that comes too late is ignored", a_late_answer_is_ignored},
    {"time-out zero with a result sends the call and reports RPC_TIMEDOUT",
     zero_with_results_sends_and_times_out},
    {"time-out zero without a result is a batched call", zero_without_results_is_batched},
    {"CLSET_TIMEOUT overrides the argument of a call", a_set_time_out_overrides_the_argument},
    {"a time-out of zero overrides CLSET_TIMEOUT", zero_overrides_a_set_time_out},
    {"CLGET_TIMEOUT tells what CLSET_TIMEOUT set", a_set_time_out_can_be_read},
    {"CLSET_TIMEOUT refuses an impossible time", an_invalid_time_out_is_refused},
    CU_TEST_INFO_NULL,
};
