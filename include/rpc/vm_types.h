/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc/vm_types.h - type maps: how the values of a type lie in memory.
 *
 * A type map tells the placement code of libvmrpc everything about a C type that takes part
 * in RPC: where its bytes are, which of them are pointers, what these point to, and what a
 * value from a peer must satisfy. rpcgen-vm writes one map, TYPE_vm_map, for every type of an
 * .x file; sizes and offsets are filled in by the C compiler, so a map is right for the ABI
 * that it is compiled for. This page is complete: a map can be written by hand from it, for a
 * type whose XDR routine is written by hand too.
 *
 * A map is constant data. It refers to other maps by address and, for recursive types, to
 * itself. Nobody allocates, locks or changes anything.
 *
 *	struct node {			typedef string name<255>;
 *		int id;
 *		name label;
 *		node *next;
 *	};
 *
 *	static const struct rpc_vm_field node_fields[] = {
 *		{ RPC_VM_BLOCK, 0, offsetof (node, id), sizeof (int), 1, 0, NULL, NULL },
 *		{ RPC_VM_STRING, 0, offsetof (node, label), 1, 1, 255, NULL, NULL },
 *		{ RPC_VM_POINTER, 0, offsetof (node, next), sizeof (node), 1, 0, &node_vm_map, NULL },
 *	};
 *	const struct rpc_vm_map node_vm_map = {
 *		sizeof (struct rpc_vm_map), RPC_VM_MAP_VERSION,
 *		RPC_VM_POINTERS | RPC_VM_GAPS | RPC_VM_RECURSIVE,
 *		sizeof (node), offsetof (struct { char c; node t; }, t),
 *		node_fields, NULL, 3, 0, RPC_VM_NO_FIELD, shape, layout, "node"
 *	};
 *
 * How the maps reach the library: the generated xdr_node() recognises a stream of ours and
 * hands the map over, see struct rpc_vm_xdr below.
 *
 * Since 1.0.
 */
#ifndef RPC_VM_TYPES_H
#define RPC_VM_TYPES_H

#include <stddef.h>
#include <rpc/types.h>
#include <rpc/xdr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Maps of another version are not read: the call uses XDR. */
#define RPC_VM_MAP_VERSION 1

/*
 * Kinds of fields.
 *
 * The fields of a struct are those of C, in their order; neighbours that hold only plain
 * bytes with no padding in between may be one field. What no field covers is padding: it is
 * zeroed when placed and ignored when received.
 *
 * A field is an array of `count` elements in place, which is 1 for all but fixed arrays.
 *
 *   RPC_VM_BLOCK    Plain bytes: integers, floating point, enums, opaque[n]. `size` counts
 *                   them all, `count` is 1. Any content is valid.
 *   RPC_VM_BOOL     bool_t. Received as 0 or 1: anything else but 0 becomes 1.
 *   RPC_VM_NESTED   A struct, union or typedef in place, described by `map`.
 *   RPC_VM_STRING   char *, never NULL, with a NUL behind at most `bound` bytes.
 *   RPC_VM_POINTER  NULL, or the address of one element.
 *   RPC_VM_COUNTED  struct { u_int len; T *val; }, the C of T<bound> and opaque<bound>: the
 *                   address of `len` elements, at most `bound`. `val` means nothing when
 *                   `len` is 0.
 *   RPC_VM_FOREIGN  A type without a map. Its `size` bytes are placed and received by calling
 *                   `xdr`, as on any other transport.
 *
 * What RPC_VM_POINTER and RPC_VM_COUNTED point to:
 *   map != NULL                 elements of that map, aligned as it says
 *   map == NULL, xdr != NULL    elements of `size` bytes without a map: by calling `xdr`
 *   both NULL                   plain elements of `size` bytes, which is 1, 2, 4 or 8, and is
 *                               also how they are aligned
 */
#define RPC_VM_BLOCK	1
#define RPC_VM_BOOL	2
#define RPC_VM_NESTED	3
#define RPC_VM_STRING	4
#define RPC_VM_POINTER	5
#define RPC_VM_COUNTED	6
#define RPC_VM_FOREIGN	7

/*
 * Flags of a map.
 *
 *   RPC_VM_POINTERS   Some bytes of the value are an address (STRING, POINTER, COUNTED), or
 *                     may be one (FOREIGN), directly or in a nested value.
 *   RPC_VM_GAPS       There may be padding, or arms of a union that do not hold: bytes that
 *                     must not be sent as they are.
 *   RPC_VM_CHECKED    There are bools or discriminants, which are looked at when received.
 *   RPC_VM_RECURSIVE  Values may contain values of the type itself: mind the depth.
 *   RPC_VM_FOREIGNERS There are fields or elements of kind FOREIGN, directly or nested.
 *   RPC_VM_IN_PLACE   The author allows values to be used where they lie.
 *
 * A map with neither POINTERS nor GAPS is sent by one memcpy of `size` bytes, arrays of it by
 * one for all; without POINTERS and CHECKED it is received so.
 *
 * Flags of a field: RPC_VM_IN_PLACE allows it for this field (and what hangs on it) alone;
 * RPC_VM_SIGNED tells how to widen a discriminant.
 */
#define RPC_VM_POINTERS		0x01
#define RPC_VM_GAPS		0x02
#define RPC_VM_CHECKED		0x04
#define RPC_VM_RECURSIVE	0x08
#define RPC_VM_FOREIGNERS	0x10
#define RPC_VM_IN_PLACE		0x20
#define RPC_VM_SIGNED		0x40

struct rpc_vm_map;

struct rpc_vm_field {
	u_int32_t kind;
	u_int32_t flags;
	size_t offset;			/* from the start of the value */
	size_t size;			/* of one element, in bytes */
	u_int32_t count;		/* elements in place */
	u_int32_t bound;		/* largest length of STRING and COUNTED */
	const struct rpc_vm_map *map;
	xdrproc_t xdr;
};

/*
 * Unions. fields[0] is the discriminant (a BLOCK or BOOL of 1, 2, 4 or 8 bytes), the other
 * fields are the arms, all in the C union behind it. Load the discriminant, sign-extended if
 * it has RPC_VM_SIGNED, cut it to 32 bits and find it in `arms`: `field` is the index of the
 * field that holds, or RPC_VM_VOID. If it is not there, `default_field` holds, and when that
 * is RPC_VM_NO_FIELD the value is invalid: neither sent nor received.
 */
#define RPC_VM_VOID	0xfffffffeu
#define RPC_VM_NO_FIELD	0xffffffffu

struct rpc_vm_arm {
	u_int32_t value;
	u_int32_t field;
};

struct rpc_vm_map {
	size_t map_size;		/* sizeof (struct rpc_vm_map), so that it can grow */
	u_int32_t version;		/* RPC_VM_MAP_VERSION */
	u_int32_t flags;
	size_t size;			/* sizeof the type */
	size_t align;			/* its alignment */
	const struct rpc_vm_field *fields;
	const struct rpc_vm_arm *arms;	/* NULL: not a union */
	u_int32_t field_count;
	u_int32_t arm_count;
	u_int32_t default_field;
	u_int64_t shape;
	u_int64_t layout;
	const char *name;		/* for messages only */
};

/*
 * The fingerprint of a type is the same on both sides exactly when a value of one is a value
 * of the other, byte for byte, whatever the names are. It comes in two parts:
 *
 *   shape    what the type is made of: kinds, kinds of scalars, and the shapes of all that it
 *            points to. Computed by rpcgen-vm; equal for equal types, any number will do.
 *   layout   the words of this one map that the C compiler knows: sizes, offsets, counts,
 *            bounds, cases. Does not look into other maps.
 *
 * The fingerprint of a map is a hash over (shape, layout) of every map that can be reached
 * from it, each taken once, in the order of a depth-first walk along `fields`. It is the same
 * in every run, so the library keeps it.
 */

/*
 * How a generated XDR routine offers its value. A stream of ours
 *   - holds its own address in x_base, and
 *   - has x_ops->x_control, which takes the request RPC_VM_XDR with a struct rpc_vm_xdr.
 * x_control returns TRUE when it has dealt with the value, and `done` is then what the XDR
 * routine returns; it returns FALSE to have the value encoded or decoded as always.
 *
 * Both are asked, in this order, and never for XDR_FREE: xdr_free() of libtirpc leaves x_ops
 * uninitialised, xdr_sizeof() leaves x_control so.
 *
 *	if (xdrs->x_op != XDR_FREE && (void *) xdrs->x_base == (void *) xdrs
 *	    && xdrs->x_ops->x_control != NULL) {
 *		struct rpc_vm_xdr vm = { sizeof vm, &node_vm_map, objp, FALSE };
 *		if (xdrs->x_ops->x_control (xdrs, RPC_VM_XDR, &vm))
 *			return vm.done;
 *	}
 */
#define RPC_VM_XDR 0x564D0001

struct rpc_vm_xdr {
	size_t size;			/* sizeof (struct rpc_vm_xdr), so that it can grow */
	const struct rpc_vm_map *map;
	void *objp;
	bool_t done;
};

#ifdef __cplusplus
}
#endif

#endif
