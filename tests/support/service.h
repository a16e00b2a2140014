/* SPDX-License-Identifier: BSD-3-Clause */
/* A service whose procedures show what a server sees and does; written by hand, so that it can
 * misbehave. */
#ifndef TEST_SERVICE_H
#define TEST_SERVICE_H

#include <rpc/rpc.h>

#include "address.h"
#include "child.h"

#define SERVICE_PROG 0x20560001
#define SERVICE_OTHER_PROG 0x20560002
#define SERVICE_MISSING_PROG 0x20560003
#define SERVICE_VERS 1 /* the lowest served */
#define SERVICE_LATER_VERS 3

/* xdr_void is declared without arguments, which compilers take for another type of function. */
#define XDR_NOTHING ((xdrproc_t)(void (*)(void))xdr_void)

enum service_proc {
  SERVICE_NULL,
  SERVICE_ECHO,       /* bytes -> bytes */
  SERVICE_SUM,        /* bytes -> u_int, the sum of all bytes */
  SERVICE_FILL,       /* u_int n -> n bytes of service_pattern() */
  SERVICE_NOTE,       /* batched: u_int serial, no reply */
  SERVICE_NOTE_BYTES, /* batched: bytes that start with a u_int serial, no reply */
  SERVICE_NOTED,      /* the same, answered with the serial */
  SERVICE_NOTES,    /* -> bytes: the serials noted since the last SERVICE_NOTES, as native u_ints */
  SERVICE_COUNT,    /* -> u_int: one more than the call before answered */
  SERVICE_CALLER,   /* -> struct service_caller */
  SERVICE_PROGRAM,  /* -> u_int, the program and version called, mixed */
  SERVICE_TRAFFIC,  /* -> struct traffic of the server's process */
  SERVICE_NO_REPLY, /* counts like SERVICE_COUNT, reports to the channel, never answers */
  SERVICE_HOLD,     /* reports to the channel, answers when a byte comes back */
  SERVICE_STALL,    /* the same in the middle of a long result */
  SERVICE_SIGNAL,   /* sends SIGUSR1 to the parent process before it answers */
  SERVICE_ERROR,    /* struct service_error -> the error asked for */
  SERVICE_SHORT,    /* -> a result that ends too early for a hyper */
  SERVICE_TWICE,    /* u_int -> u_int, answered two times */
  SERVICE_UNENCODABLE, /* the server's result routine fails */
  SERVICE_BY_CHILD,    /* a forked process answers */
  SERVICE_EXIT,        /* svc_exit() after the answer */
  SERVICE_UNREGISTER,  /* svc_unreg() of SERVICE_OTHER_PROG */
  SERVICE_DIE,         /* the process ends at once */
  SERVICE_LATE_CHILD,  /* a forked process answers, after SERVICE_RELEASE */
  SERVICE_RELEASE,     /* lets it, and answers when it has ended */
  SERVICE_REMEMBER,    /* this connection, for SERVICE_DESTROY */
  SERVICE_DESTROY,     /* svc_destroy() of that one; of its own, libtirpc cannot */
  SERVICE_DESTROY_APART, /* the same by a thread of its own, while the connection is looked at */
  SERVICE_HANG_UP,     /* shutdown() of its own instead of an answer */
};

/* Which of svcerr_*() to use; detail is its argument if it has one. */
enum service_failure {
  FAIL_DECODE,
  FAIL_SYSTEM,
  FAIL_AUTH,
  FAIL_WEAKAUTH,
  FAIL_NOPROG,
  FAIL_PROGVERS
};

struct service_error {
  u_int failure;
  u_int detail;
};

struct service_bytes {
  char* data;
  u_int nbytes;
};

/* What a dispatch routine can learn about who calls. */
struct service_caller {
  u_int flavor;
  u_int uid, gid;
  u_int n_gids;
  u_int gids[NGRPS];
  char machine[MAX_MACHINE_NAME + 1];
  u_int port_by_handle; /* of svc_getrpccaller(), for IP */
  u_int port_by_socket; /* of getpeername(xp_fd), for IP */
  u_int pid_by_socket;  /* of SO_PEERCRED, for AF_UNIX */
};

/* Set it to shared memory before servers start: SERVICE_COUNT then also counts there. */
extern u_int* service_executions;

bool_t xdr_service_bytes(XDR* xdrs, struct service_bytes* bytes);

/* How many serials an answer of SERVICE_NOTES has, if they are 0, 1, 2 ...; else how many of them come before the first
 * that is another. */
u_int service_notes_in_order(const struct service_bytes* answer);
bool_t xdr_service_error(XDR* xdrs, struct service_error* error);
bool_t xdr_service_caller(XDR* xdrs, struct service_caller* caller);

/* Byte number i of a payload; seed makes payloads differ. */
static inline char service_pattern(u_int seed, u_int i) {
  return (char)(seed * 31 + i * 7 + (i >> 8) * 13);
}

/* How a server makes its transports and how it waits for calls. */
enum service_listener { LISTEN_TLI, LISTEN_VC, LISTEN_SOCKET, LISTEN_FD };
enum service_loop { LOOP_SVC_RUN, LOOP_SELECT, LOOP_POLL, LOOP_COMMON, LOOP_GETREQ };

struct service_options {
  int family; /* AF_INET, AF_INET6 or AF_UNIX */
  enum service_listener listener;
  enum service_loop loop;
  int max_record;            /* RPC_SVC_CONNMAXREC_SET, when not 0 */
  void (*before_loop)(void); /* run by the server when clients can connect already */
};

struct service {
  struct child process;
  struct address address;
};

/* Elsewhere (child.h) when that is known, for IPv4 and without before_loop. */
struct service service_start(const struct service_options* options);
/* What the program does there. */
int service_elsewhere(void);
void service_end(struct service* service);

/* A handle on a connection of its own. NULL with rpc_createerr when it cannot be made. */
CLIENT* service_connect(const struct service* service, rpcprog_t prog, rpcvers_t vers);
enum clnt_stat service_call(CLIENT* clnt, enum service_proc proc, xdrproc_t xargs, void* args,
                            xdrproc_t xres, void* res);

/* For a server's process: the transports by `listener`, then the loop; returns when it ends. */
SVCXPRT* service_listen(const struct service_options* options, int fd,
                        const struct address* address);
void service_register(SVCXPRT* xprt, int channel);
void service_loop(enum service_loop loop);

#endif
