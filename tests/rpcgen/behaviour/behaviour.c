/* SPDX-License-Identifier: BSD-3-Clause */
/* What generated XDR routines do beyond stock's: long lists, deep values, bools, type maps. */
#include "behaviour.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc/vm_types.h>

static int failures;

#define CHECK(condition)                                                    \
	do {                                                                \
		if (!(condition)) {                                         \
			printf ("line %d: %s\n", __LINE__, #condition);     \
			failures++;                                         \
		}                                                           \
	} while (0)

bool_t
xdr_outside (XDR *xdrs, outside *objp)
{
	return xdr_int (xdrs, &objp->x);
}

static void
put_words (char *at, const unsigned *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, at += 4) {
		unsigned word = htonl (words[i]);
		memcpy (at, &word, 4);
	}
}

/* A list of a million decodes, encodes to the same bytes, and is freed. */
static void
long_list (void)
{
	const unsigned count = 1000000;
	const size_t bytes = count * 16 + 4;
	char *in = malloc (bytes), *out = malloc (bytes);
	cell head;
	XDR xdrs;
	unsigned i, seen = 0;

	for (i = 0; i < count; i++) {
		const unsigned cell_words[4] = { i, 1, 0x78000000u, i + 1 < count };
		put_words (in + i * 16, cell_words, 4);
	}
	memset (&head, 0, sizeof (head));
	xdrmem_create (&xdrs, in, (u_int) bytes, XDR_DECODE);
	CHECK (xdr_cell (&xdrs, &head));
	for (cell *at = &head; at != NULL; at = at->next) seen++;
	CHECK (seen == count);
	xdrmem_create (&xdrs, out, (u_int) bytes, XDR_ENCODE);
	CHECK (xdr_cell (&xdrs, &head));
	CHECK (memcmp (in, out, bytes - 4) == 0);
	xdr_free ((xdrproc_t) xdr_cell, &head);
	CHECK (head.next == NULL && head.label == NULL);
	free (in);
	free (out);
}

/* The same when the link is a typedef, entered through it. */
static void
long_named_list (void)
{
	const unsigned count = 1000000;
	const size_t bytes = count * 8 + 4;
	char *in = malloc (bytes);
	items list = NULL;
	XDR xdrs;
	unsigned i, seen = 0;
	const unsigned one = 1;

	put_words (in, &one, 1);
	for (i = 0; i < count; i++) {
		const unsigned words[2] = { i, i + 1 < count };
		put_words (in + 4 + i * 8, words, 2);
	}
	xdrmem_create (&xdrs, in, (u_int) bytes, XDR_DECODE);
	CHECK (xdr_items (&xdrs, &list));
	for (item *at = list; at != NULL; at = at->next) seen++;
	CHECK (seen == count);
	xdr_free ((xdrproc_t) xdr_items, &list);
	CHECK (list == NULL);
	free (in);
}

/* Trees of `depth` pointers, each with the next tree on its left. */
static bool_t
decode_tree (unsigned depth, tree *value, char *in)
{
	XDR xdrs;
	unsigned i;
	size_t at = 0;
	const unsigned more = 1, rest[3] = { 0, 0, 7 };

	for (i = 0; i < depth; i++, at += 4) put_words (in + at, &more, 1);
	put_words (in + at, rest, 3);
	for (at += 12, i = 0; i < depth; i++, at += 8) put_words (in + at, rest + 1, 2);
	memset (value, 0, sizeof (*value));
	xdrmem_create (&xdrs, in, (u_int) at, XDR_DECODE);
	return xdr_tree (&xdrs, value);
}

static void
deep_values (void)
{
	char *in = malloc (200000), *out = malloc (200000);
	tree value;
	XDR xdrs;

	CHECK (decode_tree (4096, &value, in));
	xdrmem_create (&xdrs, out, 200000, XDR_ENCODE);
	CHECK (xdr_tree (&xdrs, &value));
	CHECK (xdr_getpos (&xdrs) == 4096 * 12 + 12);
	CHECK (memcmp (in, out, 4096 * 12 + 12) == 0);
	xdr_free ((xdrproc_t) xdr_tree, &value);

	errno = 0;
	CHECK (!decode_tree (4097, &value, in));
	CHECK (errno == EOVERFLOW);
	xdr_free ((xdrproc_t) xdr_tree, &value);
	CHECK (value.left == NULL);
	free (in);
	free (out);
}

/* Depth through arrays and through two types counts as well. */
static void
deep_arrays (void)
{
	char *in = calloc (1, 200000);
	const unsigned step[2] = { 0, 1 }, end[3] = { 0, 0, 7 };
	const unsigned pointer = 1, body[2] = { 1, 1 };
	tree value;
	first pair;
	XDR xdrs;
	unsigned i;

	for (i = 0; i < 5000; i++) put_words (in + i * 8, step, 2);
	put_words (in + i * 8, end, 3);
	memset (&value, 0, sizeof (value));
	xdrmem_create (&xdrs, in, 200000, XDR_DECODE);
	errno = 0;
	CHECK (!xdr_tree (&xdrs, &value) && errno == EOVERFLOW);
	xdr_free ((xdrproc_t) xdr_tree, &value);

	for (i = 0; i < 5000; i++) {
		put_words (in + i * 12, &pointer, 1);
		put_words (in + i * 12 + 4, body, 2);
	}
	memset (&pair, 0, sizeof (pair));
	xdrmem_create (&xdrs, in, 200000, XDR_DECODE);
	errno = 0;
	CHECK (!xdr_first (&xdrs, &pair) && errno == EOVERFLOW);
	xdr_free ((xdrproc_t) xdr_first, &pair);
	free (in);
}

/* --- freeing goes on behind a union without an arm: the leak detector tells what is left */

static bool_t
decode (xdrproc_t proc, void *value, const unsigned *words, size_t count)
{
	char in[64];
	XDR xdrs;

	put_words (in, words, count);
	xdrmem_create (&xdrs, in, (u_int) count * 4, XDR_DECODE);
	return proc (&xdrs, value);
}

/* xdr_free() with its result. */
static bool_t
release (xdrproc_t proc, void *value)
{
	XDR xdrs;

	memset (&xdrs, 0, sizeof (xdrs));
	xdrs.x_op = XDR_FREE;
	return proc (&xdrs, value);
}

static void
refused_values_are_freed (void)
{
	const unsigned letter = 0x78000000u;
	const unsigned inner[] = { 1, letter, 1, 1, letter, 0, 9 };
	const unsigned kids[] = { 2, 0, 1, 1, letter, 0, 9 };
	const unsigned nodes[] = { 2, 1, 1, 1, letter, 1, 9 };
	branch pointer = { 0 };
	bush array = { 0 };
	chain list = { 0 };

	CHECK (!decode ((xdrproc_t) xdr_branch, &pointer, inner, 7));
	CHECK (pointer.inner != NULL && pointer.inner->leaf.which == 9);
	CHECK (!release ((xdrproc_t) xdr_branch, &pointer) && pointer.inner == NULL);
	CHECK (!decode ((xdrproc_t) xdr_bush, &array, kids, 7));
	CHECK (array.kids.kids_val != NULL && array.kids.kids_val[1].leaf.which == 9);
	CHECK (!release ((xdrproc_t) xdr_bush, &array) && array.kids.kids_val == NULL);
	CHECK (!decode ((xdrproc_t) xdr_chain, &list, nodes, 7));
	CHECK (list.next != NULL && list.next->next != NULL && list.next->next->leaf.which == 9);
	CHECK (!release ((xdrproc_t) xdr_chain, &list) && list.next == NULL);
}

/* What follows the spoilt element or node holds memory of its own. */
static void
what_follows_a_spoilt_element_is_freed (void)
{
	const unsigned letter = 0x78000000u;
	const unsigned kids[] = { 2, 0, 2, 0, 1, 1, letter, 2 };
	const unsigned nodes[] = { 2, 1, 2, 1, 1, 1, letter, 0 };
	bush array = { 0 };
	chain list = { 0 };

	CHECK (decode ((xdrproc_t) xdr_bush, &array, kids, 8));
	array.kids.kids_val[0].leaf.which = 9;
	CHECK (!release ((xdrproc_t) xdr_bush, &array) && array.kids.kids_val == NULL);
	CHECK (decode ((xdrproc_t) xdr_chain, &list, nodes, 8));
	list.leaf.which = list.next->leaf.which = 9;
	CHECK (!release ((xdrproc_t) xdr_chain, &list) && list.next == NULL);
}

static void
booleans (void)
{
	const unsigned words[6] = { 1, 7, 0, 0x80000000u, 1, 9 };
	const unsigned normal[6] = { 1, 1, 0, 1, 1, 9 };
	char in[24], out[24], expected[24];
	flags value;
	XDR xdrs;

	put_words (in, words, 6);
	put_words (expected, normal, 6);
	xdrmem_create (&xdrs, in, sizeof (in), XDR_DECODE);
	CHECK (xdr_flags (&xdrs, &value));
	CHECK (value.one == 1 && value.many[0] == 0 && value.many[1] == 1 && value.many[2] == 1);
	value.one = 3;
	xdrmem_create (&xdrs, out, sizeof (out), XDR_ENCODE);
	CHECK (xdr_flags (&xdrs, &value));
	CHECK (memcmp (out, expected, sizeof (out)) == 0);
}

/* --- maps */

static const struct rpc_vm_field *
field (const struct rpc_vm_map *map, unsigned index)
{
	CHECK (index < map->field_count);
	return &map->fields[index];
}

static void
maps_describe_memory (void)
{
	const struct rpc_vm_map *map = &mixed_vm_map;

	CHECK (map->map_size == sizeof (*map) && map->version == RPC_VM_MAP_VERSION);
	CHECK (map->size == sizeof (mixed) && map->align == _Alignof (mixed));
	CHECK (map->field_count == 7 && map->arms == NULL && strcmp (map->name, "mixed") == 0);
	CHECK (field (map, 0)->kind == RPC_VM_NESTED && field (map, 0)->map == &flat_vm_map);
	CHECK (field (map, 1)->kind == RPC_VM_NESTED && field (map, 1)->count == 2
	       && field (map, 1)->size == sizeof (padded)
	       && field (map, 1)->offset == offsetof (mixed, p));
	CHECK (field (map, 2)->map == &choice_vm_map);
	CHECK (field (map, 3)->kind == RPC_VM_POINTER && field (map, 3)->map == NULL
	       && field (map, 3)->size == sizeof (int));
	CHECK (field (map, 4)->kind == RPC_VM_COUNTED && field (map, 4)->bound == 4096
	       && field (map, 4)->flags == RPC_VM_IN_PLACE && field (map, 4)->size == 1);
	CHECK (field (map, 5)->kind == RPC_VM_COUNTED && field (map, 5)->map != NULL
	       && field (map, 5)->map->fields[0].kind == RPC_VM_BOOL);
	CHECK (field (map, 6)->kind == RPC_VM_FOREIGN && field (map, 6)->xdr != NULL);
	CHECK (map->flags == (RPC_VM_POINTERS | RPC_VM_GAPS | RPC_VM_CHECKED | RPC_VM_FOREIGNERS));
}

static void
maps_tell_blocks_from_padding (void)
{
	CHECK (flat_vm_map.flags == (sizeof (flat) == 24 ? RPC_VM_GAPS : 0));
	CHECK (flat_vm_map.field_count == 2);
	CHECK (field (&flat_vm_map, 0)->size == 12);
	CHECK (padded_vm_map.flags == RPC_VM_GAPS && padded_vm_map.field_count == 2);
	CHECK (flags_vm_map.flags == RPC_VM_CHECKED && flags_vm_map.field_count == 4);
	CHECK (field (&flags_vm_map, 2)->count == 3);
	CHECK (cell_vm_map.flags & RPC_VM_RECURSIVE);
	CHECK (field (&cell_vm_map, 2)->map == &cell_vm_map);
}

static void
maps_list_arms (void)
{
	const struct rpc_vm_map *map = &choice_vm_map;

	CHECK (map->arm_count == 2 && map->default_field == RPC_VM_VOID);
	CHECK (map->arms[0].value == RED && map->arms[0].field == 1);
	CHECK (map->arms[1].value == GREEN && map->arms[1].field == 2);
	CHECK (field (map, 1)->offset == offsetof (choice, choice_u));
	CHECK (field (map, 2)->kind == RPC_VM_STRING && field (map, 2)->bound == 10);
}

static void
fingerprints_ignore_names (void)
{
	/* items and a pointer to item are one thing under two names. */
	CHECK (cell_vm_map.shape != item_vm_map.shape);
	CHECK (flat_vm_map.shape != padded_vm_map.shape);
	CHECK (flat_vm_map.layout != 0 && flat_vm_map.layout != padded_vm_map.layout);
}

/* --- the hook */

static const struct rpc_vm_map *offered;

static bool_t
take_value (XDR *xdrs, int request, void *argument)
{
	struct rpc_vm_xdr *vm = argument;

	(void) xdrs;
	CHECK (request == RPC_VM_XDR && vm->size == sizeof (*vm));
	offered = vm->map;
	vm->done = TRUE;
	return TRUE;
}

static void
hook_offers_the_map_to_our_streams_only (void)
{
	struct xdr_ops ops;
	flat value = { 1, 2, 3, 4 };
	cell list = { 1, NULL, NULL };
	XDR xdrs;

	memset (&ops, 0, sizeof (ops));
	memset (&xdrs, 0, sizeof (xdrs));
	ops.x_control = take_value;
	xdrs.x_op = XDR_ENCODE;
	xdrs.x_ops = &ops;
	xdrs.x_base = (char *) &xdrs;
	CHECK (xdr_flat (&xdrs, &value) && offered == &flat_vm_map);
	CHECK (xdr_cell (&xdrs, &list) && offered == &cell_vm_map);

	/* libtirpc's xdr_sizeof() has ops on its stack with x_control left out. */
	offered = NULL;
	CHECK (xdr_sizeof ((xdrproc_t) xdr_flat, &value) == 20);
	xdrs.x_op = XDR_FREE;
	CHECK (xdr_flat (&xdrs, &value) && offered == NULL);
}

int
main (void)
{
	long_list ();
	long_named_list ();
	deep_values ();
	deep_arrays ();
	refused_values_are_freed ();
	what_follows_a_spoilt_element_is_freed ();
	booleans ();
	maps_describe_memory ();
	maps_tell_blocks_from_padding ();
	maps_list_arms ();
	fingerprints_ignore_names ();
	hook_offers_the_map_to_our_streams_only ();
	return failures != 0;
}
