/* SPDX-License-Identifier: BSD-3-Clause */
/* A dispatcher of one's own over the table that -T writes, see golden/tables.x. */
#include "tables.h"
#include "tables_tbl.i"

int *
add_1_svc (point *argp, struct svc_req *request)
{
	static int result;

	(void) request;
	result = argp->x + 1;
	return &result;
}

void *
none_1_svc (void *argp, struct svc_req *request)
{
	(void) request;
	return argp;
}

int
main (void)
{
	char words[4];
	point value = { 41 }, received = { 0 };
	const struct rpcgen_table *add = &prog_1_table[ADD];
	XDR xdrs;
	int *answer;

	xdrmem_create (&xdrs, words, sizeof (words), XDR_ENCODE);
	if (!add->xdr_arg (&xdrs, &value) || add->len_arg != sizeof (point))
		return 1;
	xdrmem_create (&xdrs, words, sizeof (words), XDR_DECODE);
	if (!add->xdr_arg (&xdrs, &received))
		return 1;
	answer = (int *) (void *) add->proc ((char *) &received, NULL);
	if (answer == NULL || *answer != 42 || add->len_res != sizeof (int))
		return 1;
	/* Numbers without a procedure are entries without a routine. */
	return prog_1_nproc != NONE + 1 || prog_1_table[0].proc != NULL;
}
