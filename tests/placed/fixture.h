/* SPDX-License-Identifier: BSD-3-Clause */
/* What each test starts from, and what several of them look at. */
#ifndef PLACED_FIXTURE_H
#define PLACED_FIXTURE_H

#include <CUnit/CUnit.h>
#include <string.h>

#include "service.h"

extern struct server server; /* fresh for each test; copies what it gets */
extern CLIENT* clnt;         /* its values are placed; a test may destroy it and set it to NULL */

void fixture_set_up(void);
void fixture_tear_down(void);
/* The same with a server, and a handle if in_place, that use values where they lie. */
void start_again(const struct policy* policy, bool in_place);

struct rpc_vm_stats stats_of(CLIENT* handle);
/* What the server says of itself; asserts success. */
tally tally_of(CLIENT* handle);

/* A value whose strings and arrays are in static memory. */
bulk small_bulk(void);
/* Echoes and asserts that the same came back; freed by clnt_freeres(). */
void assert_echoes(CLIENT* handle, bulk* sent);
/* Asserts that n calls were placed since `before`, and none went another way. */
void assert_placed(CLIENT* handle, struct rpc_vm_stats before, unsigned n);
void assert_xdr(CLIENT* handle, struct rpc_vm_stats before, unsigned n);

#define FREE_BULK(handle, value) clnt_freeres(handle, (xdrproc_t)xdr_bulk, (caddr_t)(value))

/* Whether nodes and names of results stay where the server put them, and those of arguments where we did. */
void assert_lists_stay(CLIENT* handle, bool stays);
void assert_argument_lists_stay(CLIENT* handle, bool stays);

extern CU_TestInfo api_tests[], block_tests[], chunk_tests[], in_place_tests[], leak_tests[], life_tests[], limit_tests[],
    line_tests[], mixed_tests[], release_tests[], shared_handle_tests[], short_limit_tests[], small_heap_tests[], trusting_tests[];

#endif
