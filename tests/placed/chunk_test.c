/* SPDX-License-Identifier: BSD-3-Clause */
/* What of shared memory each side has, and says that it has. */
#include "fixture.h"

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

CU_TestInfo chunk_tests[] = {
    {"blocks are counted while they are there", blocks_are_counted_while_they_are_there},
    {"a server's are counted until they went back", a_servers_are_counted_until_they_went_back},
    {"a handle that has ended has none", a_handle_that_ended_has_none},
    CU_TEST_INFO_NULL,
};
