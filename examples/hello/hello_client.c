/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest client: asks the server on a TCP port of 127.0.0.1 a thousand times. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "hello.h"

int main(int argc, char **argv) {
  if (argc != 3) errx(2, "usage: hello_client PORT NAME");
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  server.sin_port = htons((in_port_t)atoi(argv[1]));
  int fd = RPC_ANYSOCK;
  CLIENT *client = clnttcp_create(&server, HELLO_PROG, HELLO_VERS, &fd, 0, 0);
  if (client == NULL) errx(1, "%s", clnt_spcreateerror("127.0.0.1"));
  char **answer = NULL;
  for (int i = 0; i < 1000; i++) {
    if (answer != NULL) clnt_freeres(client, (xdrproc_t)xdr_wrapstring, (char *)answer);
    answer = hello_1(&argv[2], client);
    if (answer == NULL) errx(1, "%s", clnt_sperror(client, "127.0.0.1"));
  }
  puts(*answer);
  clnt_destroy(client);
  return 0;
}
