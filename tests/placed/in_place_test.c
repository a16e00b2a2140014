/* SPDX-License-Identifier: BSD-3-Clause */
/* Results and arguments used where the other end put them. */
#include <stdlib.h>

#include "fixture.h"

static const struct policy copies = {.in_place = false}, in_place = {.in_place = true, .trust = "none"},
                           trusting = {.in_place = true, .trust = "same-uid"};

/* A result of that many bytes, in place, asked for until the server knows that we take it. */
static bulk make_held(CLIENT* handle, u_int nbytes) {
  want wanted = {nbytes, FALSE};
  bulk got = {0};
  CU_ASSERT_TRUE(clnt_vm_setinplace(handle, TRUE));
  for (int i = 0; i < 2; i++) {
    memset(&got, 0, sizeof got);
    struct rpc_vm_stats before = stats_of(handle);
    CU_ASSERT_EQUAL_FATAL(placed_make_1(&wanted, &got, handle), RPC_SUCCESS);
    if (i == 0) FREE_BULK(handle, &got);
    else CU_ASSERT_EQUAL(stats_of(handle).calls_in_place - before.calls_in_place, 1);
  }
  CU_ASSERT_EQUAL(stats_of(handle).releases_held, 1);
  return got;
}

static void assert_made(const bulk* made, u_int nbytes) {
  u_int n_wrong = 0;
  CU_ASSERT_EQUAL(made->data.data_len, nbytes);
  for (u_int i = 0; i < nbytes; i++) n_wrong += made->data.data_val[i] != (char)(i * 7 + (i >> 8));
  CU_ASSERT_EQUAL(n_wrong, 0);
}

static void freed_by_clnt_freeres(void) {
  bulk got = make_held(clnt, 100000);
  assert_made(&got, 100000);
  CU_ASSERT_TRUE(FREE_BULK(clnt, &got));
  CU_ASSERT_PTR_NULL(got.data.data_val);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

static void freed_by_xdr_free(void) {
  bulk got = make_held(clnt, 100000);
  xdr_free((xdrproc_t)xdr_bulk, &got);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

/* One piece after the other, by libtirpc's routines and by rpc_vm_free(). */
static void freed_piece_by_piece(void) {
  bulk got = make_held(clnt, 100000);
  XDR xdrs = {.x_op = XDR_FREE};
  CU_ASSERT_TRUE(xdr_string(&xdrs, &got.label, ~0u));
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 1);
  assert_made(&got, 100000);
  rpc_vm_free(got.data.data_val);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

static void a_piece_may_outlive_the_rest(void) {
  bulk got = make_held(clnt, 100000);
  bulk rest = got;
  rest.data.data_val = NULL; /* as programs do that keep a part of a result */
  rest.data.data_len = 0;
  xdr_free((xdrproc_t)xdr_bulk, &rest);
  assert_made(&got, 100000);
  rpc_vm_free(got.data.data_val);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

static void readable_after_destroy(void) {
  bulk got = make_held(clnt, 100000);
  clnt_destroy(clnt);
  clnt = NULL;
  assert_made(&got, 100000);
  xdr_free((xdrproc_t)xdr_bulk, &got);
}

static void readable_after_the_server_was_killed(void) {
  bulk got = make_held(clnt, 2000000);
  server_end(&server);
  assert_made(&got, 2000000);
  CU_ASSERT_NOT_EQUAL(placed_ping_1(NULL, NULL, clnt), RPC_SUCCESS);
  assert_made(&got, 2000000);
  CU_ASSERT_TRUE(FREE_BULK(clnt, &got));
}

static void presets_are_filled_and_the_rest_stays(void) {
  bulk first = make_held(clnt, 100000);
  FREE_BULK(clnt, &first);
  want wanted = {100000, FALSE};
  char label[65] = "";
  bulk got = {.label = label};
  struct rpc_vm_stats before = stats_of(clnt);
  CU_ASSERT_EQUAL_FATAL(placed_make_1(&wanted, &got, clnt), RPC_SUCCESS);
  CU_ASSERT_EQUAL(stats_of(clnt).calls_in_place - before.calls_in_place, 1);
  CU_ASSERT_PTR_EQUAL(got.label, label);
  CU_ASSERT_STRING_EQUAL(label, "made");
  assert_made(&got, 100000);
  CU_ASSERT_TRUE(lies_in_shared_memory(got.data.data_val));
  rpc_vm_free(got.data.data_val);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

/* By annotations in placed.x: nothing is licensed by the handle. */
static void look_at_licensed_part(part* got, bool placed) {
  CU_ASSERT_EQUAL(lies_in_shared_memory(got->data.data_val), placed);
  CU_ASSERT_EQUAL(lies_in_shared_memory(got->load.data.data_val), placed);
  CU_ASSERT_EQUAL(lies_in_shared_memory(got->more->data.data_val), placed);
  assert_made(&got->load, 100000);
  assert_made(got->more, 100000);
  CU_ASSERT_EQUAL(memcmp(got->data.data_val, got->own.own_val, 100000), 0);
  CU_ASSERT_EQUAL(memcmp(got->data.data_val, got->last.last_val, 100000), 0);
}

/* Which is the program's own. */
static void write_to_the_rest(part* got) {
  CU_ASSERT_FALSE(lies_in_shared_memory(got->label) || lies_in_shared_memory(got->own.own_val) ||
                  lies_in_shared_memory(got->last.last_val));
  got->label[0] = 'f';
  CU_ASSERT_STRING_EQUAL(got->label, "fade");
  memset(got->own.own_val, 0, 100000);
  got->last.last_val = realloc(got->last.last_val, 200000); /* malloc made it */
}

static void licensed_fields_alone_stay(void) {
  want wanted = {100000, FALSE};
  for (int i = 0; i < 3; i++) { /* the server does not know at the first that placed values are taken for it */
    part got = {0};
    struct rpc_vm_stats before = stats_of(clnt);
    CU_ASSERT_EQUAL_FATAL(placed_part_1(&wanted, &got, clnt), RPC_SUCCESS);
    CU_ASSERT_EQUAL(stats_of(clnt).calls_in_place - before.calls_in_place, i > 0);
    look_at_licensed_part(&got, i > 0);
    write_to_the_rest(&got);
    CU_ASSERT_TRUE(clnt_freeres(clnt, (xdrproc_t)xdr_part, (caddr_t)&got));
    CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
  }
}

static void licensed_fields_of_the_trusted_stay(void) {
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "same-uid"));
  licensed_fields_alone_stay();
}

static void later_calls_leave_it_alone(void) {
  bulk got = make_held(clnt, 100000), sent = small_bulk();
  for (int i = 0; i < 500; i++) assert_echoes(clnt, &sent);
  assert_made(&got, 100000);
  FREE_BULK(clnt, &got);
}

static void goes_back_as_an_argument(void) {
  bulk got = make_held(clnt, 1000000);
  struct rpc_vm_stats before = stats_of(clnt);
  assert_echoes(clnt, &got);
  CU_ASSERT_TRUE(stats_of(clnt).bytes_placed - before.bytes_placed < 4096);
  FREE_BULK(clnt, &got);
  /* The server's next release says that it is through with it. */
  bulk sent = small_bulk();
  for (int i = 0; i < 2; i++) assert_echoes(clnt, &sent);
  CU_ASSERT_EQUAL(stats_of(clnt).releases_held, 0);
}

/* Arguments in place: the server says so, and gives the same answers. */
static void arguments(const struct policy* policy) {
  start_again(policy, false);
  bulk sent = small_bulk();
  static char data[200000];
  sent.data.data_len = sizeof data;
  sent.data.data_val = data;
  uint64_t before = tally_of(clnt).calls_in_place;
  for (int i = 0; i < 10; i++) {
    data[i * 1000] = (char)i;
    assert_echoes(clnt, &sent);
  }
  CU_ASSERT_EQUAL(tally_of(clnt).calls_in_place - before, policy->in_place ? 10 : 0);
  CU_ASSERT_EQUAL(tally_of(clnt).releases_held, 0);
}

static void arguments_copied(void) { arguments(&copies); }
static void arguments_in_place(void) { arguments(&in_place); }
static void arguments_of_the_trusted(void) { arguments(&trusting); }

static void lists_of_the_trusted_stay(void) {
  assert_lists_stay(clnt, false);
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "same-uid"));
  assert_lists_stay(clnt, true);
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "uid:12345,domid:1")); /* others */
  assert_lists_stay(clnt, false);
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "none"));
  assert_lists_stay(clnt, false);
}

static void argument_lists_of_the_trusted_stay(void) {
  assert_argument_lists_stay(clnt, false);
  start_again(&in_place, false);
  assert_argument_lists_stay(clnt, false);
  start_again(&trusting, false);
  assert_argument_lists_stay(clnt, true);
}

static void results_of_the_trusted(void) {
  CU_ASSERT_TRUE(clnt_vm_settrust(clnt, "same-uid"));
  freed_by_clnt_freeres();
  freed_piece_by_piece();
}

static void unknown_trust_is_refused(void) {
  CU_ASSERT_FALSE(clnt_vm_settrust(clnt, "everybody"));
  CU_ASSERT_FALSE(clnt_vm_settrust(clnt, NULL));
  CU_ASSERT_FALSE(svc_vm_settrust(PLACED_PROG, PLACED_VERS, "uid:"));
  CU_ASSERT_FALSE(clnt_vm_setinplace(NULL, TRUE));
}

CU_TestInfo in_place_tests[] = {
    {"a result is freed by clnt_freeres", freed_by_clnt_freeres},
    {"a result is freed by xdr_free", freed_by_xdr_free},
    {"a result is freed piece by piece", freed_piece_by_piece},
    {"a piece may outlive the rest", a_piece_may_outlive_the_rest},
    {"a result is readable after clnt_destroy", readable_after_destroy},
    {"a result is readable after the server was killed", readable_after_the_server_was_killed},
    {"preset pointers of a result in place are filled", presets_are_filled_and_the_rest_stays},
    {"fields that are licensed stay in place, others do not", licensed_fields_alone_stay},
    {"so do those of a server that is believed", licensed_fields_of_the_trusted_stay},
    {"later calls leave a result alone", later_calls_leave_it_alone},
    {"a result goes back as an argument, by its address", goes_back_as_an_argument},
    {"arguments are copied unless allowed", arguments_copied},
    {"arguments in place", arguments_in_place},
    {"arguments in place of a client that is believed", arguments_of_the_trusted},
    {"results in place of a server that is believed", results_of_the_trusted},
    {"lists of a server that is believed stay where they are, of others not", lists_of_the_trusted_stay},
    {"so do lists of a client that is believed", argument_lists_of_the_trusted_stay},
    {"a list of peers that is not understood is refused", unknown_trust_is_refused},
    CU_TEST_INFO_NULL,
};
