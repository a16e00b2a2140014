/* SPDX-License-Identifier: BSD-3-Clause */
/* Holds a result in place, without a call, until it is told to look at it again. */
#include <err.h>
#include <fcntl.h>
#include <netconfig.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <interop.h>

enum { BYTES = 300000 };

static CLIENT* clnt;

/* As the server fills it. */
static int is_right(const blob* got) {
  u_int i = 0;
  while (i < got->blob_len && got->blob_val[i] == (char)(i * 7 + (i >> 8))) i++;
  return got->blob_len == BYTES && i == BYTES;
}

static blob* fetch(void) {
  u_int nbytes = BYTES;
  blob* got = interop_fill_1(&nbytes, clnt);
  if (got == NULL) errx(EXIT_FAILURE, "%s", clnt_sperror(clnt, "fill"));
  return got;
}

static void wait_for_line(const char* path) {
  char line[8];
  const int fd = open(path, O_RDONLY);
  if (fd < 0 || read(fd, line, sizeof line) < 0) err(EXIT_FAILURE, "%s", path);
  close(fd);
}

/* Arguments: a netconfig name, a universal address, and a FIFO to make and to wait at. */
int main(int argc, char** argv) {
  if (argc != 4) errx(EXIT_FAILURE, "usage: holder NETID ADDRESS FIFO");
  signal(SIGPIPE, SIG_IGN);
  struct netconfig* config = getnetconfigent(argv[1]);
  struct netbuf* address = config == NULL ? NULL : uaddr2taddr(config, argv[2]);
  clnt = address == NULL ? NULL : clnt_tli_create(RPC_ANYFD, config, address, INTEROP_PROG, INTEROP_VERS, 0, 0);
  if (clnt == NULL) errx(EXIT_FAILURE, "%s", clnt_spcreateerror(argv[2]));
  if (mkfifo(argv[3], 0600) != 0) err(EXIT_FAILURE, "%s", argv[3]);
  for (int i = 0; i < 10; i++) clnt_freeres(clnt, (xdrproc_t)xdr_blob, fetch());
  blob held = *fetch();
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts(is_right(&held) ? "holding" : "wrong from the start");
  wait_for_line(argv[3]);
  puts(is_right(&held) ? "still right" : "wrong");
  clnt_freeres(clnt, (xdrproc_t)xdr_blob, &held);
  blob* again = fetch();
  puts(is_right(again) ? "right again" : "wrong again");
  clnt_freeres(clnt, (xdrproc_t)xdr_blob, again);
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}
