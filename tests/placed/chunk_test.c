/* SPDX-License-Identifier: BSD-3-Clause */
/* What of shared memory each side has, and says that it has. */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "fixture.h"
#include "tests/support/deadline.h"
#include "tests/support/footprint.h"

enum { CHUNK = 256 << 10, BLOCK = 20 << 20, KEPT = 8 /* empty ones, and the region */ };

static uint64_t chunks_of_process(void) {
  struct rpc_vm_stats stats;
  rpc_vm_getstats(&stats, sizeof stats);
  return stats.chunks_held;
}

static void blocks_are_counted_while_they_are_there(void) {
  uint64_t before = stats_of(clnt).chunks_held, in_all = chunks_of_process();
  char* block = clnt_vm_alloc(clnt, BLOCK);
  CU_ASSERT_PTR_NOT_NULL_FATAL(block);
  CU_ASSERT_TRUE(stats_of(clnt).chunks_held >= BLOCK / CHUNK);
  CU_ASSERT_TRUE(stats_of(clnt).chunks_held <= before + BLOCK / CHUNK);
  CU_ASSERT_EQUAL(chunks_of_process() - in_all, stats_of(clnt).chunks_held - before);
  rpc_vm_free(block);
  CU_ASSERT_TRUE(stats_of(clnt).chunks_held <= 1 + KEPT);
}

static void a_servers_are_counted_until_they_went_back(void) {
  want wanted = {BLOCK, TRUE};
  bulk got = {0}, small = small_bulk();
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  for (int i = 0; i < 2; i++) {
    if (i > 0) FREE_BULK(clnt, &got);
    CU_ASSERT_EQUAL_FATAL(placed_make_1(&wanted, &got, clnt), RPC_SUCCESS);
  }
  CU_ASSERT_TRUE(tally_of(clnt).own_chunks >= BLOCK / CHUNK);
  FREE_BULK(clnt, &got);
  for (int i = 0; i < 2; i++) assert_echoes(clnt, &small); /* the server hears of it */
  CU_ASSERT_TRUE(tally_of(clnt).own_chunks <= 1 + KEPT);
}

/* A block outlives its handle, but is nobody's chunk then. */
static void a_handle_that_ended_has_none(void) {
  uint64_t before = chunks_of_process();
  CLIENT* other = connect_placed(&server);
  CU_ASSERT_TRUE(chunks_of_process() > before);
  char* block = clnt_vm_alloc(other, BLOCK);
  clnt_destroy(other);
  CU_ASSERT_EQUAL(chunks_of_process(), before);
  rpc_vm_free(block);
  CU_ASSERT_EQUAL(chunks_of_process(), before);
}

/* Its state as ps(1) has it, and how often it got or lost a CPU. */
static char state_of(pid_t pid, unsigned long* n_switches) {
  char path[64], line[256], state = '?';
  unsigned long count;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE* status = fopen(path, "re");
  CU_ASSERT_PTR_NOT_NULL_FATAL(status);
  *n_switches = 0;
  while (fgets(line, sizeof line, status) != NULL) {
    sscanf(line, "State: %c", &state);
    const char* name = strstr(line, "voluntary_ctxt_switches:");
    if (name != NULL && sscanf(name, "voluntary_ctxt_switches: %lu", &count) == 1) *n_switches += count;
  }
  fclose(status);
  return state;
}

/* Chunks go back in calls and when blocks are freed: there is no thread for it, and nobody wakes up. */
static void nobody_wakes_up_to_give_chunks_back(void) {
  enum { IDLE_MS = 1000 };
  unsigned long before, after;
  bulk small = small_bulk();
  blocks_are_counted_while_they_are_there();
  a_servers_are_counted_until_they_went_back();
  assert_echoes(clnt, &small);
  deadline_t patience = deadline_in_ms(PATIENCE_MS);
  while (state_of(server.process.pid, &before) != 'S' && deadline_left_ms(patience) > 0) sched_yield();
  poll(NULL, 0, IDLE_MS); /* what is looked at is that nothing happens */
  CU_ASSERT_EQUAL(state_of(server.process.pid, &after), 'S');
  CU_ASSERT_EQUAL(after, before);
  CU_ASSERT_EQUAL(footprint_of(server.process.pid).n_threads, 1);
  CU_ASSERT_EQUAL(footprint_of(getpid()).n_threads, 1);
}

CU_TestInfo chunk_tests[] = {
    {"blocks are counted while they are there", blocks_are_counted_while_they_are_there},
    {"a server's are counted until they went back", a_servers_are_counted_until_they_went_back},
    {"nobody wakes up to give chunks back", nobody_wakes_up_to_give_chunks_back},
    {"a handle that has ended has none", a_handle_that_ended_has_none},
    CU_TEST_INFO_NULL,
};
