/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads on one handle, forks, late replies, and what many calls leave behind. */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "tests/support/deadline.h"
#include "tests/support/footprint.h"

/* `make check-long` sets it: the numbers that the project promises, which take half an hour. */
static bool is_long(void) { return getenv("PLACED_TEST_LONG") != NULL; }

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

enum { MOST_DATA = 1000000, MEBIBYTE_KIB = 1024 };

/* A call of one of many sizes and shapes. */
static void call_of_size(u_int serial, char* data) {
  bulk sent = small_bulk();
  sent.data.data_len = serial % 1000 == 0 ? MOST_DATA : serial % 50 == 0 ? 60000 : serial % 300;
  sent.data.data_val = data;
  assert_echoes(clnt, &sent);
}

/* AddressSanitizer keeps what is freed for a while. */
#ifdef __SANITIZE_ADDRESS__
enum { KEEPS_FREED = 1 };
#else
enum { KEEPS_FREED = 0 };
#endif

static bool client_has_room(u_int nbytes) {
  char* block = clnt_vm_alloc(clnt, nbytes);
  bool has = lies_in_shared_memory(block);
  rpc_vm_free(block);
  return has;
}

static bool server_has_room(u_int nbytes) {
  bool_t has = FALSE;
  CU_ASSERT_EQUAL(placed_ping_1(NULL, NULL, clnt), RPC_SUCCESS); /* it is told of what it sent before */
  CU_ASSERT_EQUAL(placed_has_room_1(&nbytes, &has, clnt), RPC_SUCCESS);
  return has;
}

enum { LEAK = 65536 };

/* The largest block that a heap holds beside what is in use: what leaks makes it smaller. */
static u_int room_in(bool (*has_room)(u_int nbytes)) {
  u_int nbytes = 64 << 20;
  while (nbytes > LEAK && !has_room(nbytes)) nbytes -= LEAK;
  return nbytes;
}

/* In use by malloc and by the heaps, here and there. */
static void nothing_is_left_behind(bool in_place) {
  static const struct policy placed = {.in_place = true, .trust = "same-uid"}, copied = {.trust = "none"};
  start_again(in_place ? &placed : &copied, in_place);
  const u_int first = is_long() ? 10000 : 2000, n_calls = is_long() ? 1000000 : 20000;
  char* data = calloc(1, MOST_DATA);
  for (u_int i = 0; i < first; i++) call_of_size(i, data);
  struct footprint client_before = footprint_of(getpid()), server_foot = footprint_of(server.process.pid);
  u_int client_room = room_in(client_has_room), server_room = room_in(server_has_room);
  CU_ASSERT_TRUE(client_room > 32 << 20 && server_room > 32 << 20);
  size_t malloc_before = mallinfo2().uordblks;
  struct rpc_vm_stats before = stats_of(clnt);
  tally server_before = tally_of(clnt);
  for (u_int i = 0; i < n_calls; i++) call_of_size(i, data);
  struct rpc_vm_stats after = stats_of(clnt);
  tally server_after = tally_of(clnt);
  CU_ASSERT_EQUAL(after.calls_placed - before.calls_placed, n_calls);
  CU_ASSERT_TRUE(KEEPS_FREED ||
                 footprint_of(getpid()).resident_kib <= client_before.resident_kib + 4 * MEBIBYTE_KIB);
  CU_ASSERT_TRUE(KEEPS_FREED ||
                 footprint_of(server.process.pid).resident_kib <= server_foot.resident_kib + 4 * MEBIBYTE_KIB);
  CU_ASSERT_EQUAL(after.releases_held, 0);
  CU_ASSERT_EQUAL(server_after.releases_held, 0);
  CU_ASSERT_TRUE(after.chunks_held <= before.chunks_held + 1);
  CU_ASSERT_TRUE(server_after.own_chunks <= server_before.own_chunks + 1);
  CU_ASSERT_TRUE(client_has_room(client_room - LEAK));
  CU_ASSERT_TRUE(server_has_room(server_room - LEAK));
  CU_ASSERT_TRUE(mallinfo2().uordblks <= malloc_before + LEAK);
  CU_ASSERT_TRUE(server_after.malloc_bytes <= server_before.malloc_bytes + LEAK);
  free(data);
}

/* Resident memory of both ends, what they share counted for each. */
static unsigned long resident_kib(void) {
  return footprint_of(getpid()).resident_kib + footprint_of(server.process.pid).resident_kib;
}

static void a_burst_leaves_nothing(void) {
  enum { N_BLOCKS = 8, BLOCK = 4 << 20 };
  bulk sent = small_bulk();
  char* blocks[N_BLOCKS];
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  for (int i = 0; i < 100; i++) assert_echoes(clnt, &sent);
  unsigned long before = resident_kib();
  for (int i = 0; i < N_BLOCKS; i++) {
    blocks[i] = clnt_vm_alloc(clnt, BLOCK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(blocks[i]);
    memset(blocks[i], 'a' + i, BLOCK);
    bulk large = small_bulk();
    large.data.data_len = BLOCK;
    large.data.data_val = blocks[i];
    assert_echoes(clnt, &large);
  }
  CU_ASSERT_TRUE(resident_kib() > before + N_BLOCKS * BLOCK / 1024);
  for (int i = 0; i < N_BLOCKS; i++) rpc_vm_free(blocks[i]);
  for (int i = 0; i < 10; i++) assert_echoes(clnt, &sent); /* the peer hears of what went */
  CU_ASSERT_TRUE(KEEPS_FREED || resident_kib() <= before + before / 10 + 4 * MEBIBYTE_KIB);
}

/* Connects, calls, keeps the result and goes. */
static bulk leave_unreleased(void) {
  bulk sent = small_bulk(), got = {0};
  CLIENT* handle = connect_placed(&server);
  CU_ASSERT_TRUE(clnt_vm_setinplace(handle, TRUE));
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(&sent, &got, handle), RPC_SUCCESS);
  clnt_destroy(handle);
  return got;
}

static unsigned long address_space_kib(void) {
  unsigned long pages = 0;
  FILE* file = fopen("/proc/self/statm", "re");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CU_ASSERT_EQUAL(fscanf(file, "%lu", &pages), 1);
  fclose(file);
  return pages * 4;
}

/* After some hundred, results are copied: nothing of an association outlives its handle. */
static void results_of_many_handles_are_never_released(void) {
  const u_int n_handles = is_long() ? 100000 : 400, settled = is_long() ? 5000 : 320;
  bulk sent = small_bulk(), *left = calloc(n_handles, sizeof *left);
  CU_ASSERT_PTR_NOT_NULL_FATAL(left);
  for (u_int i = 0; i < settled; i++) left[i] = leave_unreleased();
  unsigned long resident = resident_kib(), space = address_space_kib();
  for (u_int i = settled; i < n_handles; i++) left[i] = leave_unreleased();
  /* The results themselves, by malloc, are some hundred bytes each. */
  CU_ASSERT_TRUE(KEEPS_FREED || resident_kib() <= resident + 4 * MEBIBYTE_KIB + (n_handles - settled) / 4);
  CU_ASSERT_TRUE(KEEPS_FREED || address_space_kib() <= space + 4 * MEBIBYTE_KIB + (n_handles - settled) / 4);
  for (u_int i = 0; i < n_handles; i++) {
    CU_ASSERT_TRUE(bulk_equal(&sent, &left[i]));
    xdr_free((xdrproc_t)xdr_bulk, &left[i]);
  }
  free(left);
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
    {"a burst leaves nothing behind", a_burst_leaves_nothing},
    {"results of many handles are never released", results_of_many_handles_are_never_released},
    CU_TEST_INFO_NULL,
};
