/* SPDX-License-Identifier: BSD-3-Clause */
/* usage: odd_server STATUS|transport|hangs-up
 * A server for info-test that takes part in vmrpc's control protocol, but not to the end: it answers
 * HELLO with that status, or picks a transport that was not offered, or agrees and hangs up. */
#include <err.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PROGRAM 0x20564D01
#define CONTROL_PROGRAM 0x3F564D52
#define MAGIC 0x564D5250
#define LOCAL 1
#define XDR_NOTHING ((xdrproc_t)(void (*)(void))xdr_void)

static const char* how;

/* struct vmrpc_hello_res of vmrpc_prot.x. */
static bool_t xdr_answer(XDR* xdrs, void* unused) {
  u_int magic = MAGIC, status = (u_int)atoi(how), minor = 0, byte_order = 0x01020304, page_bytes = 4096;
  u_int transport = strcmp(how, "transport") == 0 ? LOCAL + 98 : LOCAL, n_cpus = 0, n_data = 32;
  u_int64_t none = 0;
  char data[32] = "";
  char *cpus = data, *name = data;
  (void)unused;
  return xdr_u_int(xdrs, &magic) && xdr_u_int(xdrs, &status) && xdr_u_int(xdrs, &minor) &&
         xdr_uint64_t(xdrs, &none) && xdr_u_int(xdrs, &byte_order) && xdr_u_int(xdrs, &page_bytes) &&
         xdr_bytes(xdrs, &cpus, &n_cpus, 0) && xdr_u_int(xdrs, &transport) &&
         xdr_bytes(xdrs, &name, &n_data, n_data) && xdr_uint64_t(xdrs, &none);
}

static void answer(struct svc_req* request, SVCXPRT* transport) {
  if (request->rq_prog != CONTROL_PROGRAM)
    svc_sendreply(transport, XDR_NOTHING, NULL);
  else if (request->rq_proc == 1)
    svc_sendreply(transport, (xdrproc_t)xdr_answer, NULL);
  else
    shutdown(transport->xp_fd, SHUT_RDWR);
}

int main(int argc, char** argv) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t nbytes = sizeof here;
  if (argc != 2) errx(2, "usage: odd_server STATUS|transport|hangs-up");
  how = argv[1];
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr*)&here, nbytes) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, (struct sockaddr*)&here, &nbytes) != 0)
    err(1, "cannot listen");
  printf("%d\n", ntohs(here.sin_port));
  fflush(stdout);
  SVCXPRT* transport = svc_vc_create(listener, 0, 0);
  if (transport == NULL || !svc_reg(transport, PROGRAM, 2, answer, NULL) ||
      !svc_reg(transport, CONTROL_PROGRAM, 1, answer, NULL))
    errx(1, "cannot serve");
  svc_run();
  return 0;
}
