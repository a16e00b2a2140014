/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that serves placed.x and by_value.x, and handles on it. */
#ifndef PLACED_SERVICE_H
#define PLACED_SERVICE_H

#include <netinet/in.h>
#include <rpc/rpc.h>
#include <rpc/vm.h>

#include "by_value.h"
#include "placed.h"
#include "tests/support/child.h"

/* How a server is started: arguments in place, and whom it believes (NULL: as the environment says). */
struct policy {
  bool in_place;
  const char* trust;
  const char *limits, *log; /* not NULL: VMRPC_PLACED_LIMITS and VMRPC_LOG of a fresh process, which copies */
};

struct server {
  struct child process;
  u_int port;
};

struct server server_start(const struct policy* policy);
void server_end(struct server* server);

/* A handle on a connection of its own: on its socket; or in shared memory with PLACED_ECHO and
 * PLACED_REVERSE called until their values are placed. */
CLIENT* connect_to_port(u_int port);
CLIENT* connect_placed(const struct server* server);
CLIENT* move_to_placed(CLIENT* clnt);

/* What main() does in that fresh process. */
int serve_afresh(const char* channel);

/* Where a peer can write, or this process for a peer; what malloc() gave does not. */
bool lies_in_shared_memory(const void* address);

const node* last_of(const node* list);

/* Serves placed.x in this process at a free port, until PLACED_STOP. */
SVCXPRT* serve_here(void);

/* What stock rpcgen makes of bulk; STOCK_PROG echoes one so, as procedure PLACED_ECHO. */
bool_t xdr_stock_bulk(XDR* xdrs, bulk* value);
#define STOCK_PROG 0x20560033
#define STOCK_VERS 1

/* The same, in memory that was full of SECRET before, `fifth` for what it points to. */
enum { SECRET = 0xa5 };
void fill_gaps(gaps* made, either* fifth, const gaps* from);

/* Its own copy of everything, by malloc(3). */
bulk bulk_copy(const bulk* from);
bool bulk_equal(const bulk* a, const bulk* b);

#endif
