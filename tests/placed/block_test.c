/* SPDX-License-Identifier: BSD-3-Clause */
/* clnt_vm_alloc() and its like. */
#include <pthread.h>
#include <stdlib.h>

#include "fixture.h"

static bool is_zero(const char* block, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++)
    if (block[i] != 0) return false;
  return true;
}

/* Allocates, fills, resizes and frees. */
static void exercise(CLIENT* handle) {
  static const size_t sizes[] = {0, 1, 17, 4096, 100000, 3000000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char* block = clnt_vm_alloc(handle, sizes[i]);
    CU_ASSERT_PTR_NOT_NULL_FATAL(block);
    CU_ASSERT_EQUAL((uintptr_t)block % 16, 0);
    CU_ASSERT_TRUE(is_zero(block, sizes[i]));
    memset(block, 'x', sizes[i]);
    char* larger = clnt_vm_realloc(handle, block, sizes[i] * 2 + 8);
    CU_ASSERT_PTR_NOT_NULL_FATAL(larger);
    CU_ASSERT_TRUE(sizes[i] == 0 || (larger[0] == 'x' && larger[sizes[i] - 1] == 'x'));
    char* smaller = clnt_vm_realloc(handle, larger, sizes[i] / 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(smaller);
    CU_ASSERT_TRUE(sizes[i] < 2 || smaller[sizes[i] / 2 - 1] == 'x');
    rpc_vm_free(smaller);
  }
}

static void blocks_in_shared_memory(void) { exercise(clnt); }

static void blocks_on_a_socket(void) {
  CLIENT* fresh = connect_to_port(server.port);
  exercise(fresh);
  clnt_destroy(fresh);
}

static void null_is_allowed(void) {
  rpc_vm_free(NULL);
  char* block = clnt_vm_realloc(clnt, NULL, 100);
  CU_ASSERT_PTR_NOT_NULL_FATAL(block);
  CU_ASSERT_TRUE(is_zero(block, 100));
  rpc_vm_free(block);
}

static void a_block_of_malloc_may_be_freed(void) { rpc_vm_free(malloc(10)); }

static void reallocated_space_is_zero_again(void) {
  char* block = clnt_vm_alloc(clnt, 64);
  memset(block, 'x', 64);
  rpc_vm_free(block);
  block = clnt_vm_alloc(clnt, 64);
  CU_ASSERT_TRUE(is_zero(block, 64));
  block = clnt_vm_realloc(clnt, block, 5000);
  CU_ASSERT_TRUE(is_zero(block, 5000));
  rpc_vm_free(block);
}

static void blocks_outlive_the_handle_and_the_server(void) {
  char* after_destroy = clnt_vm_alloc(clnt, 100000);
  CLIENT* other = connect_placed(&server);
  char* after_death = clnt_vm_alloc(other, 100000);
  strcpy(after_destroy, "still here");
  strcpy(after_death, "here as well");
  clnt_destroy(clnt);
  clnt = NULL;
  server_end(&server);
  CU_ASSERT_STRING_EQUAL(after_destroy, "still here");
  CU_ASSERT_STRING_EQUAL(after_death, "here as well");
  memset(after_destroy, 'y', 100000);
  memset(after_death, 'y', 100000);
  clnt_destroy(other);
  rpc_vm_free(after_destroy);
  rpc_vm_free(after_death);
}

static void* allocate_and_free(void* arg) {
  char* kept[16] = {NULL};
  uintptr_t n_wrong = 0;
  for (unsigned i = 0; i < 2000; i++) {
    size_t nbytes = 1 + (i * 97) % 20000;
    rpc_vm_free(kept[i % 16]);
    kept[i % 16] = clnt_vm_alloc(arg, nbytes);
    n_wrong += !is_zero(kept[i % 16], nbytes);
    memset(kept[i % 16], 'z', nbytes);
  }
  for (unsigned i = 0; i < 16; i++) rpc_vm_free(kept[i]);
  return (void*)n_wrong;
}

static void any_thread_may_allocate(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, allocate_and_free, clnt);
  for (int i = 0; i < 4; i++) {
    void* n_wrong;
    pthread_join(threads[i], &n_wrong);
    CU_ASSERT_PTR_NULL(n_wrong);
  }
}

/* What is sent lies there already: little is copied however large it is. */
static void a_block_is_passed_by_its_address(void) {
  const u_int nbytes = 1000000;
  bulk in_heap = small_bulk(), in_malloc = small_bulk();
  in_heap.data.data_val = clnt_vm_alloc(clnt, nbytes);
  in_malloc.data.data_val = malloc(nbytes);
  in_heap.data.data_len = in_malloc.data.data_len = nbytes;
  for (u_int i = 0; i < nbytes; i++)
    in_heap.data.data_val[i] = in_malloc.data.data_val[i] = (char)(i * 5);
  struct rpc_vm_stats before = stats_of(clnt);
  assert_echoes(clnt, &in_malloc);
  struct rpc_vm_stats between = stats_of(clnt);
  assert_echoes(clnt, &in_heap);
  struct rpc_vm_stats after = stats_of(clnt);
  CU_ASSERT_TRUE(between.bytes_placed - before.bytes_placed >= nbytes);
  CU_ASSERT_TRUE(after.bytes_placed - between.bytes_placed < 4096);
  assert_placed(clnt, before, 2);
  rpc_vm_free(in_heap.data.data_val);
  free(in_malloc.data.data_val);
}

/* A list of which every second node lies in the heap. */
static void blocks_below_private_memory_are_passed_too(void) {
  static char name[] = "private";
  node last = {3, name, NULL}, first = {1, name, NULL};
  node* middle = clnt_vm_alloc(clnt, sizeof *middle);
  middle->name = clnt_vm_alloc(clnt, 10);
  strcpy(middle->name, "shared");
  *middle = (node){2, middle->name, &last};
  first.next = middle;
  nodes sent = &first, got = NULL;
  struct rpc_vm_stats before = stats_of(clnt);
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&sent, &got, clnt), RPC_SUCCESS);
  assert_placed(clnt, before, 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL(got);
  CU_ASSERT_EQUAL(got->id, 3);
  CU_ASSERT_EQUAL(got->next->id, 2);
  CU_ASSERT_STRING_EQUAL(got->next->name, "shared");
  CU_ASSERT_EQUAL(got->next->next->id, 1);
  CU_ASSERT_PTR_NULL(got->next->next->next);
  clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got);
  rpc_vm_free(middle->name);
  rpc_vm_free(middle);
}

static void a_servers_block_is_passed_by_its_address(void) {
  want wanted = {1000000, TRUE};
  bulk got = {0};
  for (int i = 0; i < 3; i++) { /* the first tells the server that we take it */
    tally before = tally_of(clnt);
    CU_ASSERT_EQUAL_FATAL(placed_make_1(&wanted, &got, clnt), RPC_SUCCESS);
    tally after = tally_of(clnt);
    CU_ASSERT_EQUAL(got.data.data_len, wanted.nbytes);
    CU_ASSERT_EQUAL(got.data.data_val[999999], (char)(999999 * 7 + (999999 >> 8)));
    CU_ASSERT_TRUE(i == 0 || after.bytes_placed - before.bytes_placed < 4096);
    FREE_BULK(clnt, &got);
    memset(&got, 0, sizeof got);
  }
}

CU_TestInfo block_tests[] = {
    {"allocated, resized and freed in shared memory", blocks_in_shared_memory},
    {"allocated, resized and freed on a socket", blocks_on_a_socket},
    {"NULL is allowed", null_is_allowed},
    {"a block of malloc may be freed", a_block_of_malloc_may_be_freed},
    {"space that is used again is zero", reallocated_space_is_zero_again},
    {"blocks outlive the handle and the server", blocks_outlive_the_handle_and_the_server},
    {"any thread may allocate", any_thread_may_allocate},
    {"a block is passed by its address", a_block_is_passed_by_its_address},
    {"blocks below private memory are passed too", blocks_below_private_memory_are_passed_too},
    {"a server's block is passed by its address", a_servers_block_is_passed_by_its_address},
    CU_TEST_INFO_NULL,
};
