/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads on one handle, forks, late replies, and what many calls leave behind. */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "tests/support/deadline.h"

static void* echo_often(void* arg) {
  uintptr_t seed = (uintptr_t)arg, n_wrong = 0;
  char* data = malloc(50000);
  for (u_int i = 0; i < 300; i++) {
    bulk sent = small_bulk(), got = {0};
    sent.data.data_len = i % 7 == 0 ? 50000 : i % 200;
    sent.data.data_val = data;
    memset(data, (int)(seed * 50 + i), sent.data.data_len);
    n_wrong += placed_echo_1(&sent, &got, clnt) != RPC_SUCCESS || !bulk_equal(&sent, &got);
    n_wrong += !FREE_BULK(clnt, &got);
  }
  free(data);
  return (void*)n_wrong;
}

static void four_threads(void) {
  pthread_t threads[4];
  struct rpc_vm_stats before = stats_of(clnt);
  for (uintptr_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, echo_often, (void*)i);
  for (int i = 0; i < 4; i++) {
    void* n_wrong;
    pthread_join(threads[i], &n_wrong);
    CU_ASSERT_PTR_NULL(n_wrong);
  }
  assert_placed(clnt, before, 4 * 300);
}

static void four_threads_in_place(void) {
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  four_threads();
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

/* What a child frees is its own copy: the parent's value stays, and the peer hears of it once. */
static void a_childs_release_is_its_own(void) {
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  static char data[100000] = "held across fork";
  bulk sent = small_bulk(), got = {0};
  sent.data.data_len = sizeof data;
  sent.data.data_val = data;
  char* block = clnt_vm_alloc(clnt, 1000);
  strcpy(block, "the parent's");
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(&sent, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 1);
  pid_t pid = fork();
  if (pid == 0) {
    bool equal = bulk_equal(&sent, &got) && strcmp(block, "the parent's") == 0;
    xdr_free((xdrproc_t)xdr_bulk, &got);
    rpc_vm_free(block);
    _exit(equal ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status;
  CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
  CU_ASSERT_EQUAL(status, 0);
  for (int i = 0; i < 100; i++) assert_echoes(clnt, &sent);
  CU_ASSERT_TRUE(bulk_equal(&sent, &got));
  CU_ASSERT_STRING_EQUAL(block, "the parent's");
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 1);
  FREE_BULK(clnt, &got);
  rpc_vm_free(block);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

/* Gives up on a call that the server holds; its answer comes later, to nobody. */
static void give_up_once(bulk* sent) {
  bulk got = {0};
  char byte;
  CU_ASSERT_EQUAL(clnt_call(clnt, PLACED_HOLD, (xdrproc_t)xdr_bulk, (caddr_t)sent,
                            (xdrproc_t)xdr_bulk, (caddr_t)&got, ((struct timeval){0, 20000})),
                  RPC_TIMEDOUT);
  CU_ASSERT_PTR_NULL(got.data.data_val);
  CU_ASSERT_TRUE(channel_receive(server.process.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)));
  CU_ASSERT_TRUE(channel_send(server.process.channel, &byte, 1));
}

static void late_replies_are_released(void) {
  static char data[100000];
  bulk sent = small_bulk();
  sent.data.data_len = sizeof data;
  sent.data.data_val = data;
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  for (int i = 0; i < 60; i++) give_up_once(&sent);
  assert_echoes(clnt, &sent);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
  CU_ASSERT_TRUE(stats_of(clnt).chunks_held <= 4);
}

/* A call of one of many sizes and shapes. */
static void call_of_size(u_int serial, char* data) {
  bulk sent = small_bulk();
  sent.data.data_len = serial % 50 == 0 ? 60000 : serial % 300;
  sent.data.data_val = data;
  assert_echoes(clnt, &sent);
}

/* In use by malloc and by the heaps, here and there. */
static void nothing_is_left_behind(bool in_place) {
  static const struct policy placed = {true, "same-uid"}, copied = {false, "none"};
  start_again(in_place ? &placed : &copied, in_place);
  char* data = calloc(1, 60000);
  for (u_int i = 0; i < 1000; i++) call_of_size(i, data);
  size_t malloc_before = mallinfo2().uordblks;
  struct rpc_vm_stats before = stats_of(clnt);
  tally server_before = tally_of(clnt);
  for (u_int i = 0; i < 20000; i++) call_of_size(i, data);
  struct rpc_vm_stats after = stats_of(clnt);
  tally server_after = tally_of(clnt);
  CU_ASSERT_EQUAL(after.calls_placed - before.calls_placed, 20000);
  CU_ASSERT_EQUAL(after.releases_held, 0);
  CU_ASSERT_EQUAL(server_after.releases_held, 0);
  CU_ASSERT_TRUE(after.chunks_held <= before.chunks_held + 1);
  CU_ASSERT_TRUE(mallinfo2().uordblks <= malloc_before + 65536);
  CU_ASSERT_TRUE(server_after.malloc_bytes <= server_before.malloc_bytes + 65536);
  free(data);
}

static void copies_leave_nothing(void) { nothing_is_left_behind(false); }
static void values_in_place_leave_nothing(void) { nothing_is_left_behind(true); }

CU_TestInfo life_tests[] = {
    {"four threads on one handle", four_threads},
    {"four threads, results in place", four_threads_in_place},
    {"a child's release is its own", a_childs_release_is_its_own},
    {"late replies are released", late_replies_are_released},
    {"20,000 calls leave nothing behind", copies_leave_nothing},
    {"20,000 calls in place leave nothing behind", values_in_place_leave_nothing},
    CU_TEST_INFO_NULL,
};
