/* SPDX-License-Identifier: BSD-3-Clause */
/* client NETTYPE: calls twice.x as soon as a server is registered; gives up after ten seconds. */
#include <stdio.h>
#include <time.h>

#include "twice.h"

int
main (int argc, char **argv)
{
	const time_t deadline = time (NULL) + 10;
	int number = 21, *answer;
	CLIENT *client;

	if (argc != 2)
		return 2;
	while ((client = clnt_create ("localhost", TWICE_PROG, TWICE_ONE, argv[1])) == NULL)
		if (time (NULL) > deadline) {
			clnt_pcreateerror (argv[1]);
			return 1;
		}
	answer = twice_1 (&number, client);
	if (answer == NULL)
		clnt_perror (client, argv[1]);
	clnt_destroy (client);
	return answer == NULL || *answer != 42;
}
