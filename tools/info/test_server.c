/* SPDX-License-Identifier: BSD-3-Clause */
/* A stock server for info-test: the null procedure of versions 2 and 3 on any free port of the
 * loopback address, or on the AF_UNIX path or IPv4 address that it is given, "6" for IPv6, or "mute"
 * to accept and never answer. Prints where it listens. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define PROGRAM 0x20564D01

static void answer(struct svc_req* request, SVCXPRT* transport) {
  if (request->rq_proc != 0)
    svcerr_noproc(transport);
  else
    svc_sendreply(transport, (xdrproc_t)(void (*)(void))xdr_void, NULL);
}

static int listen_on(const struct sockaddr* address, socklen_t nbytes) {
  int listener = socket(address->sa_family, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, address, nbytes) != 0 || listen(listener, 16) != 0)
    err(1, "cannot listen");
  return listener;
}

static int listen_on_path(const char* path) {
  struct sockaddr_un here = {.sun_family = AF_UNIX};
  snprintf(here.sun_path, sizeof here.sun_path, "%s", path);
  return listen_on((struct sockaddr*)&here, sizeof here);
}

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "4";
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in6 here6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  if (strchr(how, '.') != NULL) inet_aton(how, &here.sin_addr);
  int listener = *how == '/'   ? listen_on_path(how)
                 : *how == '6' ? listen_on((struct sockaddr*)&here6, sizeof here6)
                               : listen_on((struct sockaddr*)&here, sizeof here);
  socklen_t nbytes = sizeof here6;
  if (getsockname(listener, (struct sockaddr*)&here6, &nbytes) != 0) err(1, "getsockname");
  printf("%d\n", *how == '/' ? 0 : ntohs(here6.sin6_port));
  fflush(stdout);
  if (strcmp(how, "mute") == 0) return pause();
  SVCXPRT* transport = svc_vc_create(listener, 0, 0);
  for (rpcvers_t version = 2; version <= 3; version++)
    if (transport == NULL || !svc_reg(transport, PROGRAM, version, answer, NULL))
      errx(1, "cannot serve");
  svc_run();
  return 0;
}
