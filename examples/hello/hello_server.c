/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest server: answers on the TCP port of 127.0.0.1 that it is given, 0 for any free one. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "hello.h"

void hello_prog_1(struct svc_req *request, SVCXPRT *transport); /* made by rpcgen */

char **hello_1_svc(char **name, struct svc_req *request) {
  static char text[80], *answer = text;
  (void)request;
  snprintf(text, sizeof text, "hello, %s", *name);
  return &answer;
}

int main(int argc, char **argv) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  here.sin_port = htons(argc > 1 ? (in_port_t)atoi(argv[1]) : 0);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0) err(1, "bind");
  if (listen(listener, 16) != 0) err(1, "listen");
  SVCXPRT *transport = svctcp_create(listener, 0, 0);
  if (transport == NULL || !svc_register(transport, HELLO_PROG, HELLO_VERS, hello_prog_1, 0))
    errx(1, "cannot serve");
  printf("port %d\n", transport->xp_port);
  fflush(stdout);
  svc_run();
}
