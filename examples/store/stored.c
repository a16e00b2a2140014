/*
 * SPDX-License-Identifier: BSD-3-Clause
 * The server: listens at one address, without rpcbind, and serves until it is told to end.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "number.h"
#include "procs.h"

enum { USAGE = 2, BUFFER_BYTES = 1 << 20 };

/* Made by rpcgen -m; no header declares it. */
void store_prog_1(struct svc_req* request, SVCXPRT* transport);

static const char help[] =
    "Usage: stored [OPTION]... ADDRESS\n"
    "Keep files, series and records in memory and serve them to `store`.\n"
    "\n"
    "ADDRESS is HOST:PORT, [IPV6]:PORT (port 0: any free one) or unix:PATH. It is printed\n"
    "when the server is ready. There is no access check: choose an address that only those\n"
    "reach who may use the store; a socket at unix:PATH is for its owner alone.\n"
    "\n"
    "  -b, --bytes=MIB    memory that the store may use [512]\n"
    "  -n, --names=N      names that it may hold [65536]\n"
    "  -h, --help         print this text\n"
    "\n"
    "Ends on SIGTERM, SIGINT or SIGHUP with status 0; 1 is a failure, 2 wrong usage.\n";

/* Removed at the end. */
static struct sockaddr_un bound;

static void end(int signal_number) {
  (void)signal_number;
  if (bound.sun_path[0] != '\0') unlink(bound.sun_path);
  _exit(EXIT_SUCCESS);
}

static void end_on_signals(void) {
  struct sigaction action = {.sa_handler = end};
  const int signals[] = {SIGTERM, SIGINT, SIGHUP};

  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    sigaction(signals[i], &action, NULL);
}

static int listening_socket(const struct address* address, const char* text) {
  int yes = 1, fd = socket(address->to.any.sa_family, SOCK_STREAM, 0);

  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      bind(fd, &address->to.any, address->length) != 0 || listen(fd, SOMAXCONN) != 0)
    err(EXIT_FAILURE, "%s: cannot listen", text);
  return fd;
}

/* The three ways in which servers are commonly made; each takes a port by number or a path. */
static SVCXPRT* listen_at(struct address* address, const char* text) {
  switch (address->to.any.sa_family) {
    case AF_UNIX:
      umask(077);
      return svcunix_create(RPC_ANYSOCK, BUFFER_BYTES, BUFFER_BYTES, address->to.un.sun_path);
    case AF_INET:
      return svctcp_create(listening_socket(address, text), BUFFER_BYTES, BUFFER_BYTES);
    default:
      return svc_tli_create(listening_socket(address, text), NULL, NULL, BUFFER_BYTES,
                            BUFFER_BYTES);
  }
}

static const char* parse_options(int argc, char** argv) {
  static const struct option options[] = {{"bytes", required_argument, NULL, 'b'},
                                          {"names", required_argument, NULL, 'n'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
  int option;

  store.bytes_max = (size_t)512 << 20;
  store.names_max = 65536;
  while ((option = getopt_long(argc, argv, "b:n:h", options, NULL)) != -1) {
    switch (option) {
      case 'b':
        store.bytes_max = number(optarg, 1, (size_t)1 << 40) << 20;
        break;
      case 'n':
        store.names_max = number(optarg, 1, (size_t)1 << 40);
        break;
      case 'h':
        fputs(help, stdout);
        exit(EXIT_SUCCESS);
      default:
        fputs("Try 'stored --help'.\n", stderr);
        exit(USAGE);
    }
  }
  if (argc - optind != 1) errx(USAGE, "one ADDRESS is needed; try 'stored --help'");
  return argv[optind];
}

int main(int argc, char** argv) {
  const char* text = parse_options(argc, argv);
  char ready[ADDRESS_TEXT_MAX];
  struct address address;
  SVCXPRT* transport;

  address_parse(text, &address);
  transport = listen_at(&address, text);
  if (transport == NULL) errx(EXIT_FAILURE, "%s: cannot listen; is the address free?", text);
  if (address.to.any.sa_family == AF_UNIX) bound = address.to.un;
  end_on_signals();
  /* Protocol 0: rpcbind is not told. */
  if (!svc_register(transport, STORE_PROG, STORE_VERS, store_prog_1, 0))
    errx(EXIT_FAILURE, "%s: cannot register the service", text);
  address_of_socket(transport->xp_fd, 0, ready);
  if (puts(ready) == EOF || fflush(stdout) != 0) err(EXIT_FAILURE, "cannot print the address");
  svc_run();
  errx(EXIT_FAILURE, "%s: the server's loop ended", text);
}
