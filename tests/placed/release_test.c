/* SPDX-License-Identifier: BSD-3-Clause */
/* Results in place are released by whatever frees a value: whole, in parts, piece by piece, by generated routines,
 * by libtirpc's and by hand-written ones. */
#include <rpc/vm.h>
#include <stdlib.h>

#include "fixture.h"

static u_int held(void) { return (u_int)stats_of(clnt).releases_held; }

/* An echo in place whose three pieces are there. */
static void hold_bulk(bulk* got) {
  static char data[5000];
  bulk sent = small_bulk();
  memset(got, 0, sizeof *got);
  sent.data.data_len = sizeof data;
  sent.data.data_val = data;
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(&sent, got, clnt), RPC_SUCCESS);
  CU_ASSERT_TRUE(bulk_equal(&sent, got));
  CU_ASSERT_EQUAL(held(), 1);
}

/* A list of four in place; each node has a name. */
static void hold_list(nodes* got) {
  static char name[] = "a node";
  node list[4];
  nodes sent = list;
  *got = NULL;
  for (int i = 0; i < 4; i++) list[i] = (node){i, name, i < 3 ? &list[i + 1] : NULL};
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&sent, got, clnt), RPC_SUCCESS);
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_EQUAL((*got)->next->next->next->id, 0);
}

/* With `body` both for a server that is not believed and for one that is. */
static void for_both(void (*body)(void)) {
  body();
  CU_ASSERT_EQUAL(held(), 0);
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "same-uid"));
  body();
  CU_ASSERT_EQUAL(held(), 0);
}

static void free_list(void) {
  nodes got;
  hold_list(&got);
  xdr_free((xdrproc_t)xdr_nodes, &got);
  CU_ASSERT_PTR_NULL(got);
}

static void free_list_of_clnt(void) {
  nodes got;
  hold_list(&got);
  CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got));
}

/* The pieces in any order; the last of them gives the value back. */
static void free_pieces(void) {
  XDR xdrs = {.x_op = XDR_FREE};
  bulk got;
  hold_bulk(&got);
  CU_ASSERT_TRUE(xdr_array(&xdrs, (char**)&got.numbers.numbers_val, &got.numbers.numbers_len, ~0u,
                           sizeof(double), (xdrproc_t)xdr_double));
  CU_ASSERT_TRUE(xdr_bytes(&xdrs, &got.data.data_val, &got.data.data_len, ~0u));
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_STRING_EQUAL(got.label, "small");
  CU_ASSERT_TRUE(xdr_string(&xdrs, &got.label, ~0u));
  CU_ASSERT_PTR_NULL(got.label);
  CU_ASSERT_PTR_NULL(got.data.data_val);
  CU_ASSERT_PTR_NULL(got.numbers.numbers_val);
}

static void free_by_wrapstring(void) {
  XDR xdrs = {.x_op = XDR_FREE};
  bulk got;
  hold_bulk(&got);
  CU_ASSERT_TRUE(xdr_wrapstring(&xdrs, &got.label));
  CU_ASSERT_EQUAL(held(), 1);
  xdr_free((xdrproc_t)xdr_bulk, &got); /* the rest */
}

static void free_by_pointer(void) {
  XDR xdrs = {.x_op = XDR_FREE};
  nodes got;
  hold_list(&got);
  CU_ASSERT_TRUE(xdr_pointer(&xdrs, (char**)&got, sizeof(node), (xdrproc_t)xdr_node));
  CU_ASSERT_PTR_NULL(got);
}

static void free_by_reference(void) {
  XDR xdrs = {.x_op = XDR_FREE};
  nodes got;
  hold_list(&got);
  CU_ASSERT_TRUE(xdr_reference(&xdrs, (char**)&got, sizeof(node), (xdrproc_t)xdr_node));
  CU_ASSERT_PTR_NULL(got);
}

/* A routine as people write them, with nothing in it that rpcgen-vm made. */
static void free_by_hand_written_routine(void) {
  bulk got;
  hold_bulk(&got);
  xdr_free((xdrproc_t)xdr_stock_bulk, &got);
  CU_ASSERT_PTR_NULL(got.data.data_val);
}

static void free_by_hand_written_routine_of_clnt(void) {
  bulk got;
  hold_bulk(&got);
  CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_stock_bulk, (caddr_t)&got));
}

/* It has the address of the whole. */
static void first_member(void) {
  bulk got, sent = small_bulk();
  hold_bulk(&got);
  CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_wrapstring, (caddr_t)&got.label));
  CU_ASSERT_PTR_NULL(got.label);
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_EQUAL(got.data.data_len, 5000);
  CU_ASSERT_PTR_NOT_NULL_FATAL(got.data.data_val);
  CU_ASSERT_EQUAL(memcmp(got.numbers.numbers_val, sent.numbers.numbers_val, 3 * sizeof(double)), 0);
  CU_ASSERT_TRUE(FREE_BULK(clnt, &got));
}

/* A list of 200 in place, more than lies in a frame; and a node in its middle. */
static node* hold_long_list(nodes* got) {
  static char name[] = "a node of many";
  static node list[200];
  nodes sent = list;
  for (int i = 0; i < 200; i++) list[i] = (node){i, name, i < 199 ? &list[i + 1] : NULL};
  *got = NULL;
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  CU_ASSERT_EQUAL_FATAL(placed_reverse_1(&sent, got, clnt), RPC_SUCCESS);
  CU_ASSERT_EQUAL(held(), 1);
  node* middle = *got;
  for (int i = 0; i < 100; i++) middle = middle->next;
  return middle;
}

/* Parts of a list, then the whole: whether their addresses were taken out, or lie where they must stay. */
static void end_of_a_list(void) {
  nodes got;
  node* middle = hold_long_list(&got);
  xdr_free((xdrproc_t)xdr_nodes, &middle->next);
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_STRING_EQUAL(middle->name, "a node of many");
  xdr_free((xdrproc_t)xdr_nodes, &middle->next); /* nothing */
  CU_ASSERT_EQUAL(held(), 1);
  xdr_free((xdrproc_t)xdr_nodes, &got);
  CU_ASSERT_EQUAL(held(), 0);
}

static void end_of_a_list_then_all(void) {
  nodes got;
  node* middle = hold_long_list(&got);
  xdr_free((xdrproc_t)xdr_nodes, &middle->next);
  CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got));
}

static void one_name_of_a_list(void) {
  nodes got;
  node* middle = hold_long_list(&got);
  nodes head = got;
  xdr_free((xdrproc_t)xdr_wrapstring, (char*)&middle->name);
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_STRING_EQUAL(middle->next->name, "a node of many");
  xdr_free((xdrproc_t)xdr_nodes, &head);
}

/* The nodes of the first half one by one; the second lives on. */
static void half_of_a_list(void) {
  nodes got, rest;
  node* middle = hold_long_list(&got);
  for (rest = got; rest != middle;) {
    node* next = rest->next;
    rpc_vm_free(rest->name);
    rpc_vm_free(rest);
    rest = next;
  }
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_STRING_EQUAL(rest->name, "a node of many");
  xdr_free((xdrproc_t)xdr_nodes, &rest);
}

static bool has_fences(void) {
  const char* log = getenv("VMRPC_LOG");
  return log != NULL && strncmp(log, "debug", 5) == 0;
}

/* Of a server that is not believed, whose list is the program's to change. */
static void taken_out_below_the_root(void) {
  nodes got;
  if (has_fences()) return; /* which tell of each write */
  hold_list(&got);
  char* kept = got->next->name;
  got->next->name = NULL;
  CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&got));
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_STRING_EQUAL(kept, "a node");
  rpc_vm_free(kept);
  CU_ASSERT_EQUAL(held(), 0);
}

/* A variable that is used again before its first value is released: that one stays as it was. */
static void use_again(u_int nbytes) {
  bulk got, sent = small_bulk();
  hold_bulk(&got);
  bulk first = got, before = bulk_copy(&first);
  sent.data.data_len = nbytes;
  sent.data.data_val = calloc(1, nbytes);
  CU_ASSERT_EQUAL_FATAL(placed_echo_1(&sent, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_TRUE(bulk_equal(&sent, &got));
  free(sent.data.data_val);
  FREE_BULK(clnt, &got);
  CU_ASSERT_EQUAL(held(), 1);
  CU_ASSERT_TRUE(bulk_equal(&first, &before));
  FREE_BULK(clnt, &first);
  xdr_free((xdrproc_t)xdr_bulk, &before);
}

/* A small result that the server made in its heap. */
static bulk hold_made(void) {
  want wanted = {200, TRUE};
  bulk got;
  memset(&got, 0, sizeof got);
  CU_ASSERT_TRUE(clnt_vm_setinplace(clnt, TRUE));
  CU_ASSERT_EQUAL_FATAL(placed_make_1(&wanted, &got, clnt), RPC_SUCCESS);
  return got;
}

/* Two that lie on one page, freed piece by piece: neither takes the other along. */
static void beside_each_other(void) {
  bulk learnt = hold_made();
  FREE_BULK(clnt, &learnt);
  bulk first = hold_made(), second = hold_made(), before = bulk_copy(&second);
  CU_ASSERT_EQUAL(held(), 2);
  CU_ASSERT_TRUE(has_fences() || (uintptr_t)first.data.data_val / 4096 == (uintptr_t)second.data.data_val / 4096);
  rpc_vm_free(first.data.data_val);
  rpc_vm_free(first.label);
  CU_ASSERT_EQUAL(held(), 1);
  bulk third = hold_made(); /* where the first lay */
  CU_ASSERT_TRUE(bulk_equal(&before, &second));
  rpc_vm_free(second.label);
  CU_ASSERT_EQUAL(held(), 2);
  rpc_vm_free(second.data.data_val);
  CU_ASSERT_EQUAL(held(), 1);
  FREE_BULK(clnt, &third);
  xdr_free((xdrproc_t)xdr_bulk, &before);
}

static void used_again(void) { use_again(5000); }
static void used_again_for_xdr(void) { use_again(3000000); }
static void parts_of_lists(void) {
  for_both(end_of_a_list);
  for_both(end_of_a_list_then_all);
  for_both(one_name_of_a_list);
  for_both(half_of_a_list);
}
static void variables_used_again(void) {
  for_both(used_again);
  for_both(used_again_for_xdr);
}
static void first_members(void) { for_both(first_member); }
static void values_on_one_page(void) { for_both(beside_each_other); }
static void lists_by_xdr_free(void) { for_both(free_list); }
static void lists_by_clnt_freeres(void) { for_both(free_list_of_clnt); }
static void pieces(void) { for_both(free_pieces); }
static void wrapped_strings(void) { for_both(free_by_wrapstring); }
static void by_xdr_pointer(void) { for_both(free_by_pointer); }
static void by_xdr_reference(void) { for_both(free_by_reference); }
static void by_hand_written_routines(void) {
  for_both(free_by_hand_written_routine);
  for_both(free_by_hand_written_routine_of_clnt);
}

/* Stock's dispatcher of STOCK_PROG and rpcgen-vm's of PLACED_PROG both call svc_freeargs(): the server holds nothing. */
static void arguments_by_svc_freeargs(void) {
  static const struct policy in_place = {.in_place = true, .trust = "none"}, trusting = {.in_place = true, .trust = "same-uid"};
  static const struct policy* const policies[] = {&in_place, &trusting};
  for (size_t i = 0; i < 2; i++) {
    start_again(policies[i], false);
    bulk sent = small_bulk();
    uint64_t before = tally_of(clnt).calls_in_place;
    for (int n = 0; n < 20; n++) assert_echoes(clnt, &sent);
    free_list(); /* its argument was a list */
    CU_ASSERT_EQUAL(tally_of(clnt).calls_in_place - before, 21);
    CU_ASSERT_EQUAL(tally_of(clnt).releases_held, 0);
  }
}

CU_TestInfo release_tests[] = {
    {"a list, by xdr_free", lists_by_xdr_free},
    {"a list, by clnt_freeres", lists_by_clnt_freeres},
    {"pieces, by xdr_array, xdr_bytes and xdr_string", pieces},
    {"a string, by xdr_wrapstring, then the rest", wrapped_strings},
    {"by xdr_pointer", by_xdr_pointer},
    {"by xdr_reference", by_xdr_reference},
    {"by hand-written routines", by_hand_written_routines},
    {"a piece below the root is taken out, the rest freed", taken_out_below_the_root},
    {"a variable that is used again", variables_used_again},
    {"values that lie on one page, piece by piece", values_on_one_page},
    {"the first member by clnt_freeres, then the rest", first_members},
    {"parts of a list, then the rest", parts_of_lists},
    {"arguments, by svc_freeargs", arguments_by_svc_freeargs},
    CU_TEST_INFO_NULL,
};
