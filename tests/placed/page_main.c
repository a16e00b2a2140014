/* SPDX-License-Identifier: BSD-3-Clause */
/* A client and a server of the programs of doc/placement.md; says how each of them ends. */
#include "page_main.h"

#include <netinet/in.h>
#include <rpc/vm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/address.h"

#define N_CALLS 6

static pid_t start_server(int listener) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  SVCXPRT* xprt = svc_vc_create(listener, 0, 0);
  if (xprt == NULL || !svc_reg(xprt, IMAGES, FIRST, images_1, NULL)) _exit(EXIT_FAILURE);
  svc_run();
  _exit(EXIT_FAILURE);
}

static CLIENT* connect_to_server(const struct address* address) {
  struct sockaddr_in to = *(const struct sockaddr_in*)&address->socket;
  int fd = RPC_ANYSOCK;
  CLIENT* clnt = clnttcp_create(&to, IMAGES, FIRST, &fd, 0, 0);
  if (clnt == NULL || clnt_vm_upgrade(clnt, (struct timeval){20, 0}) != RPC_SUCCESS) {
    fprintf(stderr, "no shared memory\n");
    exit(EXIT_FAILURE);
  }
  return clnt;
}

static int is_in_place(CLIENT* clnt) {
  struct rpc_vm_stats stats;
  clnt_vm_getstats(clnt, &stats, sizeof stats);
  return stats.calls_in_place != 0;
}

/* Whether it was answered. */
static int call(CLIENT* clnt) {
#if defined DROPS_PIXELS || defined TAKES_NO_PIXELS
  static char pixels[1000];
  image sent = {640, {sizeof pixels, pixels}};
  image* got = invert_1(&sent, clnt);
  if (got == NULL) return 0;
#ifdef DROPS_PIXELS
  if (is_in_place(clnt)) drop_pixels(got);
#endif
  clnt_freeres(clnt, (xdrproc_t)xdr_image, (caddr_t)got);
  return 1;
#else
  return invert_once(clnt) >= 0;
#endif
}

static void run_client(const struct address* address) {
  CLIENT* clnt = connect_to_server(address);
  int n_answered = 0;
  while (n_answered < N_CALLS && call(clnt)) n_answered++;
  printf("%d of %d calls answered, %s in place\n", n_answered, N_CALLS, is_in_place(clnt) ? "some" : "none");
  exit(EXIT_SUCCESS);
}

static void say_end(const char* who, int status) {
  if (WIFSIGNALED(status)) printf("%s: %s\n", who, sigabbrev_np(WTERMSIG(status)));
  else printf("%s: exit %d\n", who, WEXITSTATUS(status));
}

int main(void) {
  struct address address;
  int status;
  setvbuf(stdout, NULL, _IONBF, 0);
  alarm(60);
  pid_t server = start_server(listen_on_loopback(AF_INET, &address));
  pid_t client = fork();
  if (client == 0) run_client(&address);
  if (server < 0 || client < 0 || waitpid(client, &status, 0) != client) return EXIT_FAILURE;
  say_end("client", status);
  kill(server, SIGTERM);
  if (waitpid(server, &status, 0) != server) return EXIT_FAILURE;
  say_end("server", status);
  return EXIT_SUCCESS;
}
