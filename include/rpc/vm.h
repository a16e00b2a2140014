/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc/vm.h - what vmrpc adds to the API of Sun RPC (libtirpc).
 *
 * A program needs nothing of this header for its calls to go through shared memory:
 * linking or preloading the library is enough. What is here tells what a handle runs
 * on and why, counts, and tunes.
 *
 * Concepts. A client handle or a server transport over TCP or AF_UNIX starts on its
 * socket. When both ends use this library and can prove that they share memory, the
 * connection is upgraded: from then on its calls go through two regions of shared
 * memory, each written by one side alone. The socket stays open beside them. Whatever
 * prevents the upgrade has a reason, and the handle works on as with plain libtirpc.
 *
 * All functions may be called from any thread. None of them blocks, but
 * clnt_vm_upgrade(). None prints anything.
 */
#ifndef RPC_VM_H
#define RPC_VM_H

#include <rpc/rpc.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RPC_VM_API __attribute__((visibility("default")))
#else
#define RPC_VM_API
#endif

/* What a handle's calls run on. */
enum rpc_vm_transport {
	RPC_VM_SOCKET = 0,	/* TCP or AF_UNIX, as with plain libtirpc */
	RPC_VM_LOCAL = 1,	/* shared memory of two processes on one host */
	RPC_VM_XEN = 2,		/* grant pages of two domains of one Xen host */
	RPC_VM_IVSHMEM = 3	/* a PCI BAR or a file that two guests map */
};

/* Why a handle runs on a socket; each has its remedy in vmrpc(7). */
enum rpc_vm_reason {
	RPC_VM_REASON_NONE = 0,		/* it does not, or nothing was decided yet */
	RPC_VM_OFF,			/* VMRPC=off, or quiesced: vmrpc-ctl(8) */
	RPC_VM_PEER_IS_STOCK,		/* the other end does not use this library */
	RPC_VM_NO_TRANSPORT,		/* no shared memory can reach the peer's address */
	RPC_VM_OTHER_HOST,		/* the peer could not be met in this host's memory */
	RPC_VM_VERSION_MISMATCH,	/* the peer speaks another version of the protocol */
	RPC_VM_PEER_REFUSED,		/* the peer said no without a reason that we know */
	RPC_VM_NOT_ALLOWED,		/* VMRPC_PEERS of either side excludes the other */
	RPC_VM_NO_WINDOW,		/* no address range free on both sides: shared memory, but XDR alone */
	RPC_VM_NO_MEMORY,		/* shared memory or descriptors could not be had */
	RPC_VM_QUOTA,			/* a limit on associations was reached */
	RPC_VM_FLAVOUR,			/* the authentication flavour needs the socket */
	RPC_VM_FORKED,			/* this process inherited the handle by fork() */
	RPC_VM_DATAGRAM,		/* UDP and raw handles are never upgraded */
	RPC_VM_RPCBIND,			/* calls to rpcbind (program 100000) are not */
	RPC_VM_PEER_DIED,		/* the peer ended the association or its process died */
	RPC_VM_PROTOCOL_ERROR		/* the peer wrote what the protocol does not allow */
};

/* Bits of rpc_vm_info.encodings: how messages are laid out in shared memory. */
#define RPC_VM_ENC_XDR 0x1u	/* RFC 4506 bytes, for stubs of any rpcgen */
#define RPC_VM_ENC_PLACED 0x2u	/* values with pointers preserved */

struct rpc_vm_info {
	enum rpc_vm_transport transport;
	enum rpc_vm_reason reason;
	u_int encodings;		/* RPC_VM_ENC_* in use; 0 on a socket */
	bool_t upgrading;		/* TRUE while the peers negotiate */
	u_int64_t region_bytes;		/* size of this side's region; 0 on a socket */
	u_int64_t peer_region_bytes;	/* size of the peer's, as mapped here */
};

/*
 * Counters. calls_* add up to the calls made (client) or received (server).
 * bytes_placed and bytes_received are payload bytes that were moved from private memory
 * into the own region and out of the peer's; headers of frames are not counted.
 */
struct rpc_vm_stats {
	u_int64_t calls_tcp;		/* calls over the socket */
	u_int64_t calls_xdr;		/* calls in XDR through shared memory */
	u_int64_t calls_placed;		/* calls with placed values */
	u_int64_t calls_in_place;	/* of which used where they lay */
	u_int64_t batched;		/* calls sent without waiting for an answer */
	u_int64_t bytes_placed;
	u_int64_t bytes_received;
	u_int64_t spins_won;		/* waits that ended while spinning */
	u_int64_t sleeps;		/* waits that went to sleep */
	u_int64_t doorbells;		/* times that the peer had to be woken */
	u_int64_t fallbacks;		/* messages that went over the socket after the upgrade */
	u_int64_t releases_held;	/* results not released yet */
	u_int64_t chunks_held;		/* chunks of shared memory that this side owns */
};

/*
 * clnt_vm_getinfo, svc_vm_getinfo - what a handle runs on, and why.
 *
 * info   receives the answer
 * size   sizeof *info, so that the struct can grow: what does not fit is left out,
 *        what this library does not know is zeroed
 *
 * Return TRUE, or FALSE when info is NULL or the handle is NULL. A handle that this
 * library did not make (UDP, raw, VMRPC=off) answers RPC_VM_SOCKET with its reason.
 * Since 1.0.
 */
RPC_VM_API bool_t clnt_vm_getinfo(CLIENT *clnt, struct rpc_vm_info *info, size_t size);
RPC_VM_API bool_t svc_vm_getinfo(SVCXPRT *xprt, struct rpc_vm_info *info, size_t size);

/*
 * clnt_vm_getstats, svc_vm_getstats, rpc_vm_getstats - counters of a handle, a
 * transport, or the whole process (those that ended included).
 *
 * The handle's functions return TRUE, or FALSE when stats or the handle is NULL; a
 * handle that this library did not make counts nothing. Since 1.0.
 */
RPC_VM_API bool_t clnt_vm_getstats(CLIENT *clnt, struct rpc_vm_stats *stats, size_t size);
RPC_VM_API bool_t svc_vm_getstats(SVCXPRT *xprt, struct rpc_vm_stats *stats, size_t size);
RPC_VM_API void rpc_vm_getstats(struct rpc_vm_stats *stats, size_t size);

/*
 * rpc_vm_strtransport, rpc_vm_strreason - the word that logs and tools use.
 *
 * Return a constant string, "unknown" for a value out of range, never NULL. The word
 * for RPC_VM_REASON_NONE is "none". Since 1.0.
 */
RPC_VM_API const char *rpc_vm_strtransport(enum rpc_vm_transport transport);
RPC_VM_API const char *rpc_vm_strreason(enum rpc_vm_reason reason);

/*
 * clnt_vm_upgrade - wait until a handle's connection runs over shared memory.
 *
 * clnt      a handle over TCP or AF_UNIX; other kinds return RPC_UNKNOWNPROTO at once
 * timeout   how long to wait; zero asks without waiting
 *
 * Needs no call of the program to have been made before. Calls of other threads on
 * the same handle wait meanwhile. A cancellation point.
 *
 * Returns RPC_SUCCESS, or
 *   RPC_TIMEDOUT       the peer has not answered yet; the handle may be upgraded later
 *   RPC_UNKNOWNPROTO   it stays on its socket; clnt_vm_getinfo() tells the reason
 *   RPC_CANTSEND, RPC_CANTRECV   the connection broke
 * The handle is usable in every case but the last two. Since 1.0.
 */
RPC_VM_API enum clnt_stat clnt_vm_upgrade(CLIENT *clnt, struct timeval timeout);

/*
 * clnt_vm_setspin, rpc_vm_setspin - how long to look for an answer before sleeping.
 *
 * usec   microseconds, at most 1,000,000; 0 sleeps at once. It is an upper bound:
 *        waits that do not succeed while spinning shorten it, and ends that share
 *        one CPU never spin.
 *
 * rpc_vm_setspin() is for the whole process: svc_run() and handles made later.
 * Return TRUE, or FALSE when usec is too large or the handle is not ours. Since 1.0.
 */
RPC_VM_API bool_t clnt_vm_setspin(CLIENT *clnt, u_int usec);
RPC_VM_API bool_t rpc_vm_setspin(u_int usec);

/*
 * clnt_vm_alloc, svc_vm_alloc - a block that the other end can read where it lies.
 *
 * nbytes   at most the handle's window (VMRPC_REGION_MAX, 64 MiB by default)
 *
 * The block is zeroed and aligned to 16. As an argument or result, or anywhere below one, of
 * a type made by rpcgen-vm, it is passed by its address: nothing is copied. While the handle
 * is on its socket, and when the shared heap is full, the block is ordinary memory and all
 * works as always.
 *
 * The caller owns the block until rpc_vm_free(); a block that was sent as part of a result is
 * also freed by xdr_free(). It stays usable after clnt_destroy() and after the other end has
 * died. Its contents must not change while a call that refers to it is under way.
 *
 * Return the block, or NULL with errno ENOMEM. Never block. Since 1.0.
 */
RPC_VM_API void *clnt_vm_alloc(CLIENT *clnt, size_t nbytes);
RPC_VM_API void *svc_vm_alloc(SVCXPRT *xprt, size_t nbytes);

/*
 * clnt_vm_realloc, svc_vm_realloc - change the size of such a block, as realloc(3) does.
 *
 * block    from one of these functions, of any handle; NULL allocates
 * nbytes   what is added is zero
 *
 * A block that the peer may be reading moves. Return NULL with errno ENOMEM, and the block
 * stays as it is. Since 1.0.
 */
RPC_VM_API void *clnt_vm_realloc(CLIENT *clnt, void *block, size_t nbytes);
RPC_VM_API void *svc_vm_realloc(SVCXPRT *xprt, void *block, size_t nbytes);

/*
 * rpc_vm_free - free a block from any of these functions.
 *
 * block   NULL is allowed, a block of malloc(3), and a piece of a result in place as well
 *
 * From any thread, also after the handle was destroyed. The memory is not used again before
 * the other end is through with it. Since 1.0.
 */
RPC_VM_API void rpc_vm_free(void *block);

/*
 * clnt_vm_setinplace, svc_vm_setinplace - use results (arguments) where the other end put them.
 *
 * on     TRUE promises, for types made by rpcgen-vm without --in-place too, that the program
 *        does not write to what it receives, and frees it with clnt_freeres(), svc_freeargs()
 *        or xdr_free() alone. Arguments end with svc_freeargs().
 *
 * Without trust, structs, pointers, lengths and strings are checked private copies, and bulk
 * data (opaque, arrays of scalars) stays in place: the other end can still change its bytes.
 * Call the second before the service's first connection.
 *
 * Return TRUE, or FALSE for a handle that is not ours. Since 1.0.
 */
RPC_VM_API bool_t clnt_vm_setinplace(CLIENT *clnt, bool_t on);
RPC_VM_API bool_t svc_vm_setinplace(rpcprog_t prog, rpcvers_t vers, bool_t on);

/*
 * clnt_vm_settrust, svc_vm_settrust - whom to believe not to change what it has sent.
 *
 * peers   as VMRPC_TRUST, which it replaces for this handle or service: a comma list of
 *         none, same-uid, uid:N, domid:N
 *
 * Values in place from a trusted peer are checked once and not copied at all.
 *
 * Return TRUE, or FALSE for a handle that is not ours or a list that is not understood.
 * Since 1.0.
 */
RPC_VM_API bool_t clnt_vm_settrust(CLIENT *clnt, const char *peers);
RPC_VM_API bool_t svc_vm_settrust(rpcprog_t prog, rpcvers_t vers, const char *peers);

/*
 * rpc_vm_detach - does nothing in this version.
 *
 * For a process that is about to fork and whose child reads values that it holds in place. No
 * transport of this version needs it: on RPC_VM_LOCAL a child inherits the mappings, and on
 * RPC_VM_XEN fork(2) itself gives it copies at the same addresses. It stays for transports
 * where a child can have neither. Since 1.0.
 */
RPC_VM_API void rpc_vm_detach(void);

/*
 * rpc_vm_version - the version of the library that is loaded, as "MAJOR.MINOR.PATCH".
 *
 * The string is constant and must not be freed. Since 1.0.
 */
RPC_VM_API const char *rpc_vm_version(void);

#ifdef __cplusplus
}
#endif

#endif
