/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls the interop server until that fails, and tells when the call failed; or so many times, and tells the median
 * of what they took. With "clock" alone, tells the time of this domain; with "stalls", tells for
 * ever from when to when nothing ran here, since the machine that emulates this one had other work. */
#include <err.h>
#include <netconfig.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <interop.h>
#ifdef IN_HEAP
#include "rpc/vm.h"
#endif

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell_stalls(void) {
  const double longest = 0.3;
  const struct timespec tick = {0, 100 * 1000 * 1000};
  puts("stalls");
  for (double last = seconds();;) {
    fflush(stdout);
    nanosleep(&tick, NULL);
    const double now = seconds();
    if (now - last > longest) printf("%.2f %.2f\n", last, now);
    last = now;
  }
}

static CLIENT* connected(const char* netid, const char* universal_address) {
  struct netconfig* config = getnetconfigent(netid);
  struct netbuf* address = config == NULL ? NULL : uaddr2taddr(config, universal_address);
  CLIENT* clnt = address == NULL ? NULL : clnt_tli_create(RPC_ANYFD, config, address, INTEROP_PROG, INTEROP_VERS, 0, 0);
  if (clnt == NULL) errx(EXIT_FAILURE, "%s", clnt_spcreateerror(universal_address));
  return clnt;
}

static enum clnt_stat call(CLIENT* clnt, blob* argument, double patience) {
  u_int sum;
  const xdrproc_t nothing = (xdrproc_t)(void (*)(void))xdr_void;
  struct timeval timeout = {(time_t)patience, (suseconds_t)((patience - (double)(time_t)patience) * 1e6)};
  if (argument->blob_len == 0) return clnt_call(clnt, INTEROP_PING, nothing, NULL, nothing, NULL, timeout);
  return clnt_call(clnt, INTEROP_SUM, (xdrproc_t)xdr_blob, (char*)argument, (xdrproc_t)xdr_u_int, (char*)&sum, timeout);
}

/* For the argument, zeroed: in the shared heap if that is what is measured. */
static char* memory(CLIENT* clnt, size_t bytes) {
#ifdef IN_HEAP
  clnt_vm_upgrade(clnt, (struct timeval){20, 0}); /* over TCP, it is ordinary memory */
  return clnt_vm_alloc(clnt, bytes);
#else
  (void)clnt;
  return calloc(1, bytes);
#endif
}

static int by_value(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return x < y ? -1 : x > y;
}

/* Arguments: a netconfig name, a universal address, the size of each call's argument, 0 for a null call, and how many
 * calls, 0 for no end, of null calls a multiple of ten. Says "calling" when the first ten were made. */
int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "clock") == 0) return printf("%.2f\n", seconds()) < 0;
  if (argc == 2 && strcmp(argv[1], "stalls") == 0) tell_stalls();
  if (argc != 5) errx(EXIT_FAILURE, "usage: caller NETID ADDRESS BYTES CALLS");
  signal(SIGPIPE, SIG_IGN);
  CLIENT* clnt = connected(argv[1], argv[2]);
  blob argument = {(u_int)atoi(argv[3]), memory(clnt, (size_t)atoi(argv[3]) + 1)};
  const long calls = atol(argv[4]);
  /* Under a paravirtual kernel, looking at the clock takes as long as some null calls. */
  const long together = calls != 0 && argument.blob_len == 0 ? 10 : 1;
  double* took = calloc((size_t)calls + 1, sizeof *took);
  if (argument.blob_val == NULL || took == NULL) err(EXIT_FAILURE, "calloc");
  for (long made = 0; calls == 0 || made < calls; made += together) {
    const double begin = seconds();
    enum clnt_stat stat = RPC_SUCCESS;
    for (long i = 0; i < together && stat == RPC_SUCCESS; i++) stat = call(clnt, &argument, 60);
    if (stat != RPC_SUCCESS) {
      printf("%s at %.2f\n", clnt_sperrno(stat), seconds());
      return EXIT_FAILURE;
    }
    if (calls != 0) took[made / together] = (seconds() - begin) / (double)together;
    if (made + together == 10) puts("calling");
    fflush(stdout);
  }
  const size_t timed = (size_t)(calls / together);
  qsort(took, timed, sizeof *took, by_value);
  printf("median %.1f us\n", took[timed / 2] * 1e6);
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}
