/* SPDX-License-Identifier: BSD-3-Clause */
/* Of either side's memory the other sees values and nothing else: all that it maps is searched, frames, stream and heap.
 * Padding, arms that are not in use and what lies beside the values are full of a pattern, and so is what malloc() gives
 * (MALLOC_PERTURB_, see mallopt(3)). */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "tests/support/footprint.h"

static const u_char secrets[] = {SECRET, SECRET ^ 0xff}; /* freed, allocated */
enum { RUN = 3 };                                         /* bytes in a row that are no chance */

static size_t runs_in(struct shared_mapping mapping) {
  size_t n_runs = 0;
  for (size_t i = 0; i < sizeof secrets; i++) {
    const u_char pattern[RUN] = {secrets[i], secrets[i], secrets[i]};
    const u_char *from = mapping.begin, *found;
    while ((found = memmem(from, (size_t)(mapping.end - from), pattern, RUN)) != NULL) {
      n_runs++;
      from = found + RUN;
    }
  }
  return n_runs;
}

/* In all that is shared, by us or by the server. */
static size_t n_seen(size_t* n_mappings) {
  struct shared_mapping mapping;
  size_t n_runs = 0;
  FILE* maps = fopen("/proc/self/maps", "re");
  CU_ASSERT_PTR_NOT_NULL_FATAL(maps);
  for (*n_mappings = 0; next_shared_mapping(maps, &mapping); ++*n_mappings) n_runs += runs_in(mapping);
  fclose(maps);
  return n_runs;
}

static void assert_nothing_seen(void) {
  size_t n_mappings;
  CU_ASSERT_EQUAL(n_seen(&n_mappings), 0);
  CU_ASSERT_TRUE(n_mappings >= 4); /* both regions, and a chunk of either heap at least */
}

static void send_gaps(int arm) {
  either fifth = {.arm = 2, .either_u.one = 'f'}, own_fifth;
  const gaps like = {'a', 1, TRUE, {.arm = arm, .either_u.one = 'o'}, &fifth, 'z'};
  gaps sent, got = {0};
  fill_gaps(&sent, &own_fifth, &like);
  CU_ASSERT_EQUAL_FATAL(placed_gaps_1(&sent, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_TRUE(got.first == 'a' && got.second == 1 && got.third && got.fourth.arm == arm && got.last == 'z');
  CU_ASSERT_EQUAL(got.fifth->either_u.one, 'f');
  clnt_freeres(clnt, (xdrproc_t)xdr_gaps, (caddr_t)&got);
}

/* From memory with more in it than is sent. */
static void send_beside_secrets(u_int nbytes) {
  static char around[100000];
  memset(around, SECRET, sizeof around);
  memset(around + 100, 'd', nbytes);
  strcpy(around + 10, "label");
  bulk sent;
  memset(&sent, SECRET, sizeof sent);
  sent.label = around + 10;
  sent.data.data_len = nbytes;
  sent.data.data_val = around + 100;
  sent.numbers.numbers_len = 0;
  assert_echoes(clnt, &sent);
}

static void send_list(u_int count) {
  node* list = malloc(count * sizeof *list);
  nodes got = NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(list);
  memset(list, SECRET, count * sizeof *list);
  for (u_int i = 0; i < count; i++) {
    list[i].id = (int)i;
    list[i].name = strcpy(malloc(100), "name");
    list[i].next = i + 1 < count ? &list[i + 1] : NULL;
  }
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&list, &got, clnt), RPC_SUCCESS);
  clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got);
  for (u_int i = 0; i < count; i++) free(list[i].name);
  free(list);
}

/* Its routine is written by hand. */
static void send_stamped(void) {
  mail sent, got;
  memset(&sent, SECRET, sizeof sent);
  memset(&got, 0, sizeof got);
  sent.when.seconds = 7;
  sent.when.zone = "UTC";
  sent.text = "text";
  CU_ASSERT_EQUAL_FATAL(placed_mail_1(&sent, &got, clnt), RPC_SUCCESS);
  clnt_freeres(clnt, (xdrproc_t)xdr_mail, (caddr_t)&got);
}

static void send_all(void) {
  struct rpc_vm_stats before = stats_of(clnt);
  for (int round = 0; round < 4; round++) {
    for (int arm = 0; arm <= 2; arm++) send_gaps(arm);
    for (u_int nbytes = 1; nbytes < 99000; nbytes = nbytes * 3 + 1) send_beside_secrets(nbytes);
    send_list(3);
    send_list(1000);
    send_stamped();
  }
  struct rpc_vm_stats after = stats_of(clnt);
  CU_ASSERT_TRUE(after.calls_placed + after.calls_in_place > before.calls_placed + before.calls_in_place + 60);
}

static void values_are_all_that_is_seen(void) {
  send_all();
  assert_nothing_seen();
}

static void also_in_place(void) {
  static const struct policy trusting = {.in_place = true, .trust = "same-uid"};
  start_again(&trusting, true);
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "same-uid"));
  send_all();
  assert_nothing_seen();
}

static void what_is_sent_is_seen(void) {
  bulk sent = small_bulk();
  size_t n_mappings;
  char data[5000];
  memset(data, SECRET, sizeof data);
  sent.data.data_len = sizeof data;
  sent.data.data_val = data;
  assert_echoes(clnt, &sent);
  CU_ASSERT_TRUE(n_seen(&n_mappings) >= 2 * (sizeof data / RUN)); /* there and back */
}

CU_TestInfo leak_tests[] = {
    {"values are all that is seen", values_are_all_that_is_seen},
    {"also in place", also_in_place},
    {"what is sent is seen", what_is_sent_is_seen},
    CU_TEST_INFO_NULL,
};
