/* SPDX-License-Identifier: BSD-3-Clause */
/* usage: client PATH N: makes N null calls to test-server on that AF_UNIX path; stock. */
#include <err.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char** argv) {
  struct sockaddr_un there = {.sun_family = AF_UNIX};
  if (argc != 3) errx(2, "usage: client PATH N");
  snprintf(there.sun_path, sizeof there.sun_path, "%s", argv[1]);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr*)&there, sizeof there) != 0) err(1, "%s", argv[1]);
  struct netbuf address = {sizeof there, sizeof there, &there};
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
