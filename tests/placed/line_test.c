/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of several threads on their way: one is sent while another waits for its answer, each gets its own, and what
 * ends one leaves the others alone. */
#include <sched.h>
#include <unistd.h>

#include "call_thread.h"
#include "tests/support/deadline.h"

static void await_end_of_one(struct call* a, struct call* b) {
  deadline_t patience = deadline_in_ms(PATIENCE_MS);
  while (!a->has_ended && !b->has_ended && deadline_left_ms(patience) > 0) sched_yield();
  CU_ASSERT_TRUE(a->has_ended != b->has_ended);
}

static void calls_are_sent_behind_one_that_waits(void) {
  struct call held, behind[3];
  begin_behind(&held, behind, 3);
  CU_ASSERT_FALSE(held.has_ended);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  for (int i = 0; i < 3; i++) end(&behind[i], RPC_SUCCESS);
}

/* More than a frame holds waits until it has the turn; what comes after it waits, too. */
static void large_calls_wait_for_their_turn(void) {
  struct call held, large[2], small[2];
  uint64_t before = n_sent();
  begin_call(&held, PLACED_HOLD, LARGE);
  await_server();
  for (int i = 0; i < 2; i++) {
    begin_call(&large[i], PLACED_ECHO, LARGE);
    begin_call(&small[i], PLACED_ECHO, SMALL);
  }
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  for (int i = 0; i < 2; i++) {
    end(&large[i], RPC_SUCCESS);
    end(&small[i], RPC_SUCCESS);
  }
  CU_ASSERT_EQUAL(n_sent(), before + 5);
}

/* More calls than there are frames. */
static void many_calls_behind_one(void) {
  enum { MANY = 40 };
  static struct call held, behind[MANY];
  begin_call(&held, PLACED_HOLD, SMALL);
  await_server();
  for (int i = 0; i < MANY; i++) begin_call(&behind[i], PLACED_ECHO, SMALL + (u_int)i);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  for (int i = 0; i < MANY; i++) end(&behind[i], RPC_SUCCESS);
}

static void begin_short(struct call* call, rpcproc_t procedure) {
  *call = call_of(procedure, SMALL);
  call->timeout_ms = 30;
  begin(call);
}

/* As where libtirpc waits for its lock: the time that a call was given begins when it is the first. */
static void the_time_begins_with_the_turn(void) {
  struct call held, hasty, large = call_of(PLACED_ECHO, LARGE);
  uint64_t before = n_sent();
  begin_behind(&held, NULL, 0);
  begin_short(&hasty, PLACED_ECHO);
  await_sent(before + 2);
  large.timeout_ms = 500;
  begin(&large);
  deadline_t longer_than_both = deadline_in_ms(600);
  while (deadline_left_ms(longer_than_both) > 0) sched_yield();
  CU_ASSERT_FALSE(hasty.has_ended);
  CU_ASSERT_FALSE(large.has_ended);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  end(&hasty, RPC_SUCCESS);
  end(&large, RPC_SUCCESS);
}

static void the_first_gives_up(void) {
  struct call held, behind;
  uint64_t before = n_sent();
  begin_short(&held, PLACED_HOLD);
  await_server();
  begin_call(&behind, PLACED_ECHO, SMALL);
  await_sent(before + 2);
  end(&held, RPC_TIMEDOUT);
  let_server_go_on();
  end(&behind, RPC_SUCCESS);
}

static void cancel(struct call* call) {
  void* result;
  CU_ASSERT_EQUAL(pthread_cancel(call->thread), 0);
  CU_ASSERT_EQUAL(pthread_join(call->thread, &result), 0);
  CU_ASSERT_PTR_EQUAL(result, PTHREAD_CANCELED);
}

static void one_behind_is_cancelled(void) {
  struct call held, behind[2];
  begin_behind(&held, behind, 2);
  cancel(&behind[0]);
  let_server_go_on();
  end(&held, RPC_SUCCESS);
  end(&behind[1], RPC_SUCCESS);
}

static void the_first_is_cancelled(void) {
  struct call held, behind[2];
  begin_behind(&held, behind, 2);
  cancel(&held);
  let_server_go_on();
  end(&behind[0], RPC_SUCCESS);
  end(&behind[1], RPC_SUCCESS);
}

static void the_server_dies(void) {
  struct call held, behind[3];
  begin_behind(&held, behind, 3);
  child_kill(&server.process);
  end(&held, RPC_CANTRECV);
  for (int i = 0; i < 3; i++) end(&behind[i], RPC_CANTRECV);
}

/* The one that waits in front comes upon the answer of one behind it. */
static void answers_in_another_order(void) {
  struct call apart, behind[2];
  begin_call(&apart, PLACED_APART, SMALL);
  await_server();
  for (int i = 0; i < 2; i++) {
    begin_call(&behind[i], PLACED_ECHO, SMALL);
    end(&behind[i], RPC_SUCCESS);
  }
  CU_ASSERT_FALSE(apart.has_ended);
  let_server_go_on();
  end(&apart, RPC_SUCCESS);
}

/* Two processes answer over the socket, whichever is first. */
static void answers_over_the_socket_in_any_order(void) {
  struct call apart[2];
  for (int i = 0; i < 2; i++) {
    begin_call(&apart[i], PLACED_APART, SMALL);
    await_server();
  }
  let_server_go_on();
  await_end_of_one(&apart[0], &apart[1]);
  let_server_go_on();
  for (int i = 0; i < 2; i++) end(&apart[i], RPC_SUCCESS);
}

static void* call_often(void* arg) {
  uintptr_t seed = (uintptr_t)arg, n_wrong = 0;
  for (u_int i = 0; i < 300; i++) {
    u_int size = (i + (u_int)seed * 7) % 23 == 0 ? LARGE : (i + (u_int)seed) % 5 == 0 ? 20000 : i % 300;
    struct call call = call_of(PLACED_ECHO, size);
    make_call(&call);
    n_wrong += !call.is_equal;
  }
  return (void*)n_wrong;
}

/* With clients that sleep for each call, sizes that go ahead and sizes that wait follow each other. */
static void many_calls_of_many_threads(void) {
  enum { THREADS = 6 };
  pthread_t threads[THREADS];
  CU_ASSERT_TRUE(clnt_vm_setspin(clnt, 0));
  uint64_t before = n_sent();
  for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, call_often, (void*)i);
  for (int i = 0; i < THREADS; i++) {
    void* n_wrong;
    pthread_join(threads[i], &n_wrong);
    CU_ASSERT_PTR_NULL(n_wrong);
  }
  CU_ASSERT_EQUAL(n_sent(), before + THREADS * 300);
}

CU_TestInfo line_tests[] = {
    {"calls are sent behind one that waits", calls_are_sent_behind_one_that_waits},
    {"large calls wait for their turn", large_calls_wait_for_their_turn},
    {"more calls than frames", many_calls_behind_one},
    {"the time begins with the turn", the_time_begins_with_the_turn},
    {"the first gives up", the_first_gives_up},
    {"one behind is cancelled", one_behind_is_cancelled},
    {"the first is cancelled", the_first_is_cancelled},
    {"the server dies", the_server_dies},
    {"answers in another order", answers_in_another_order},
    {"answers over the socket in any order", answers_over_the_socket_in_any_order},
    {"many calls of many threads", many_calls_of_many_threads},
    CU_TEST_INFO_NULL,
};
