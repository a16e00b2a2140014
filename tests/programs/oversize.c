/* SPDX-License-Identifier: BSD-3-Clause */
/* usage: oversize PORT PROGRAM VERSION BYTES...: for each size a connection to that server of the loopback address,
 * a null call on it, and one with an argument of that size. Prints how they end; stock. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>

static bool_t xdr_zeroes(XDR* xdrs, u_int* nbytes) {
  char* zeroes = calloc(*nbytes + 1, 1);
  bool_t done = zeroes != NULL && xdr_opaque(xdrs, zeroes, *nbytes);
  free(zeroes);
  return done;
}

static const char* call(CLIENT* clnt, u_int nbytes) {
  return clnt_sperrno(clnt_call(clnt, NULLPROC, (xdrproc_t)xdr_zeroes, &nbytes, (xdrproc_t)(void (*)(void))xdr_void,
                                NULL, ((struct timeval){20, 0})));
}

int main(int argc, char** argv) {
  if (argc < 5) errx(2, "usage: oversize PORT PROGRAM VERSION BYTES...");
  for (int i = 4; i < argc; i++) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(argv[1]))};
    int fd = RPC_ANYSOCK;
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CLIENT* clnt = clnttcp_create(&there, (rpcprog_t)atoi(argv[2]), (rpcvers_t)atoi(argv[3]), &fd, 0, 0);
    if (clnt == NULL) errx(1, "%s", clnt_spcreateerror("no handle"));
    printf("nothing: %s\n", call(clnt, 0));
    printf("%s bytes: %s\n", argv[i], call(clnt, (u_int)atoi(argv[i])));
    clnt_destroy(clnt);
  }
  return 0;
}
