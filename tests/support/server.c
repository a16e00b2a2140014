/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that runs the test service: its transports, its loop, and how clients reach it. */
#include <poll.h>
#include <netconfig.h>
#include <netinet/in.h>
#include <rpc/rpc.h>
#include <rpc/rpc_com.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/un.h>
#include <unistd.h>

#include "service.h"

static struct netconfig* find_netconfig(const struct address* address) {
  struct netconfig* config = getnetconfigent(address_netid(address));
  if (config == NULL) die("/etc/netconfig has no entry %s", address_netid(address));
  return config;
}

static SVCXPRT* accept_one(int fd) {
  int connection = accept(fd, NULL, NULL);
  return connection < 0 ? NULL : svcfd_create(connection, 0, 0);
}

static SVCXPRT* create_by_socket(int fd, const struct address* address) {
  if (address->socket.ss_family != AF_UNIX) return svctcp_create(fd, 0, 0);
  close(fd);
  address_remove(address);
  return svcunix_create(RPC_ANYSOCK, 0, 0,
                        (char*)(uintptr_t)((const struct sockaddr_un*)&address->socket)->sun_path);
}

SVCXPRT* service_listen(const struct service_options* options, int fd,
                        const struct address* address) {
  switch (options->listener) {
    case LISTEN_TLI:
      return svc_tli_create(fd, find_netconfig(address), NULL, 0, 0);
    case LISTEN_VC:
      return svc_vc_create(fd, 0, 0);
    case LISTEN_SOCKET:
      return create_by_socket(fd, address);
    default:
      return accept_one(fd);
  }
}

static bool select_once(void) {
  fd_set readable = svc_fdset;
  if (select(svc_maxfd + 1, &readable, NULL, NULL, NULL) <= 0) return false;
  svc_getreqset(&readable);
  return true;
}

static bool getreq_once(void) {
  fd_set readable = svc_fdset;
  if (select(svc_maxfd + 1, &readable, NULL, NULL, NULL) <= 0) return false;
  svc_getreq((int)readable.fds_bits[0]);
  return true;
}

static int poll_copy(struct pollfd** copy, int* n_copied) {
  *n_copied = svc_max_pollfd;
  *copy = malloc((size_t)*n_copied * sizeof **copy);
  if (*copy == NULL) abort();
  memcpy(*copy, svc_pollfd, (size_t)*n_copied * sizeof **copy);
  return poll(*copy, (nfds_t)*n_copied, -1);
}

static bool poll_once(void) {
  struct pollfd* copy;
  int n_copied;
  int n_ready = poll_copy(&copy, &n_copied);
  if (n_ready > 0) svc_getreq_poll(copy, n_ready);
  free(copy);
  return n_ready > 0;
}

static bool common_once(void) {
  struct pollfd* copy;
  int n_copied;
  int n_ready = poll_copy(&copy, &n_copied);
  for (int i = 0; i < n_copied && n_ready > 0; i++)
    if (copy[i].fd >= 0 && copy[i].revents != 0) svc_getreq_common(copy[i].fd);
  free(copy);
  return n_ready > 0;
}

void service_loop(enum service_loop loop) {
  switch (loop) {
    case LOOP_SVC_RUN:
      svc_run();
      return;
    case LOOP_SELECT:
      while (select_once()) continue;
      return;
    case LOOP_GETREQ:
      while (getreq_once()) continue;
      return;
    case LOOP_POLL:
      while (poll_once()) continue;
      return;
    case LOOP_COMMON:
      while (common_once()) continue;
      return;
  }
}

static int serve(int channel, const void* arg) {
  struct service_options options = *(const struct service_options*)arg;
  struct address address;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGCHLD, SIG_IGN);
  if (options.max_record != 0) rpc_control(RPC_SVC_CONNMAXREC_SET, &options.max_record);
  int fd = listen_on_loopback(options.family, &address);
  bool told = options.listener == LISTEN_FD && channel_send(channel, &address, sizeof address);
  SVCXPRT* xprt = service_listen(&options, fd, &address);
  if (xprt == NULL) die("the server cannot make its transport");
  service_register(xprt, channel);
  if (!told && !channel_send(channel, &address, sizeof address)) return EXIT_FAILURE;
  if (options.before_loop != NULL) options.before_loop();
  service_loop(options.loop);
  return EXIT_SUCCESS;
}

int service_elsewhere(void) { return child_of_elsewhere(serve, sizeof(struct service_options)); }

static struct child start_process(const struct service_options* options) {
  const bool elsewhere = elsewhere_is_known() && options->family == AF_INET && options->before_loop == NULL;
  return elsewhere ? child_elsewhere(options, sizeof *options) : child_start(serve, options);
}

struct service service_start(const struct service_options* options) {
  struct service service = {.process = start_process(options)};
  if (!channel_receive(service.process.channel, &service.address, sizeof service.address,
                       deadline_in_ms(PATIENCE_MS)))
    die("the server does not start");
  return service;
}

void service_end(struct service* service) {
  child_end(&service->process);
  address_remove(&service->address);
}

CLIENT* service_connect(const struct service* service, rpcprog_t prog, rpcvers_t vers) {
  struct address address = service->address;
  struct netbuf netbuf = {sizeof address.socket, address.length, &address.socket};
  int fd = connect_to(&address);
  CLIENT* clnt = clnt_vc_create(fd, &netbuf, prog, vers, 0, 0);
  if (clnt == NULL)
    close(fd);
  else
    clnt_control(clnt, CLSET_FD_CLOSE, NULL);
  return clnt;
}

enum clnt_stat service_call(CLIENT* clnt, enum service_proc proc, xdrproc_t xargs, void* args,
                            xdrproc_t xres, void* res) {
  return clnt_call(clnt, proc, xargs, args, xres, res, ((struct timeval){PATIENCE_MS / 1000, 0}));
}
