/* SPDX-License-Identifier: BSD-3-Clause */
/* usage: client PATH|ADDRESS:PORT N: makes N null calls to test-server there; stock. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A connection to it, and its address. */
static int connect_to(char* where, struct netbuf* address) {
  static struct sockaddr_un path = {.sun_family = AF_UNIX};
  static struct sockaddr_in port = {.sin_family = AF_INET};
  char* colon = strchr(where, ':');
  if (*where == '/') {
    snprintf(path.sun_path, sizeof path.sun_path, "%s", where);
    *address = (struct netbuf){sizeof path, sizeof path, &path};
  } else {
    if (colon == NULL) errx(2, "no port in %s", where);
    *colon = '\0';
    port.sin_port = htons((in_port_t)atoi(colon + 1));
    if (inet_aton(where, &port.sin_addr) == 0) errx(2, "no address: %s", where);
    *address = (struct netbuf){sizeof port, sizeof port, &port};
  }
  int fd = socket(*where == '/' ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  if (connect(fd, address->buf, address->len) != 0) err(1, "%s", where);
  return fd;
}

int main(int argc, char** argv) {
  struct netbuf address;
  if (argc != 3) errx(2, "usage: client PATH|ADDRESS:PORT N");
  int fd = connect_to(argv[1], &address);
  CLIENT* clnt = clnt_vc_create(fd, &address, 0x20564D01, 3, 0, 0);
  if (clnt == NULL) errx(1, "%s", clnt_spcreateerror("no handle"));
  for (int i = 0; i < atoi(argv[2]); i++)
    if (clnt_call(clnt, NULLPROC, (xdrproc_t)(void (*)(void))xdr_void, NULL,
                  (xdrproc_t)(void (*)(void))xdr_void, NULL,
                  ((struct timeval){20, 0})) != RPC_SUCCESS)
      errx(1, "%s", clnt_sperror(clnt, "call"));
  clnt_destroy(clnt);
  return 0;
}
