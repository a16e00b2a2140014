/* SPDX-License-Identifier: BSD-3-Clause */
/* A plugin that calls a server: linked with an RPC library that the program around it knows nothing
 * of. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <rpc/rpc.h>

/* Makes calls on the loopback port; the number of those that were answered. */
int plugin_call(int port, int n_calls) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
  int fd = RPC_ANYSOCK, n_answered = 0;
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CLIENT* clnt = clnttcp_create(&there, 0x20564D01, 3, &fd, 0, 0);
  if (clnt == NULL) return -1;
  for (int i = 0; i < n_calls; i++)
    n_answered += clnt_call(clnt, NULLPROC, (xdrproc_t)(void (*)(void))xdr_void, NULL,
                            (xdrproc_t)(void (*)(void))xdr_void, NULL,
                            ((struct timeval){20, 0})) == RPC_SUCCESS;
  clnt_destroy(clnt);
  return n_answered;
}

#ifdef WITH_MAIN
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

/* The same as a program, which says whether the dynamic linker distrusts its environment. */
int main(int argc, char** argv) {
  int n_answered = plugin_call(argc > 1 ? atoi(argv[1]) : 0, 10);
  printf("secure %lu answered %d\n", getauxval(AT_SECURE), n_answered);
  return n_answered != 10;
}
#endif
