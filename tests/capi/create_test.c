/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way to make the two ends that needs no rpcbind. */
#include <netconfig.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "fixture.h"

/* Does a handle work, also long enough to be moved, and does it own its socket? */
static void try_handle(CLIENT* handle) {
  CU_ASSERT_PTR_NOT_NULL_FATAL(handle);
  if (variant->warm) warm_up(handle);
  struct traffic before = mark(handle);
  assert_works(handle);
  assert_works(handle);
  assert_shared_calls(handle, before, 2);
  clnt_destroy(handle);
}

static struct netbuf address_of(struct service* target) {
  return (struct netbuf){sizeof target->address.socket, target->address.length,
                         &target->address.socket};
}

static void tli_create_connects_by_itself(void) {
  struct netbuf address = address_of(&service);
  struct netconfig* config = getnetconfigent(address_netid(&service.address));
  CU_ASSERT_PTR_NOT_NULL_FATAL(config);
  try_handle(clnt_tli_create(RPC_ANYFD, config, &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  freenetconfigent(config);
}

static void tli_create_takes_a_connected_socket(void) {
  struct netbuf address = address_of(&service);
  int fd = connect_to(&service.address);
  try_handle(clnt_tli_create(fd, NULL, &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  close(fd);
}

static void vc_create_takes_a_connected_socket(void) {
  struct netbuf address = address_of(&service);
  int fd = connect_to(&service.address);
  try_handle(clnt_vc_create(fd, &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  CU_ASSERT_EQUAL(close(fd), 0); /* clnt_destroy() leaves the caller's socket open */
}

static void vc_create_connects_a_socket_that_is_not(void) {
  struct netbuf address = address_of(&service);
  int fd = socket(variant->family, SOCK_STREAM, 0);
  try_handle(clnt_vc_create(fd, &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  close(fd);
}

static void vc_create_takes_buffer_sizes(void) {
  struct netbuf address = address_of(&service);
  int fd = connect_to(&service.address);
  try_handle(clnt_vc_create(fd, &address, SERVICE_PROG, SERVICE_VERS, 100, 200));
  close(fd);
}

static CLIENT* create_by_socket(int* fd) {
  if (variant->family == AF_UNIX)
    return clntunix_create((struct sockaddr_un*)&service.address.socket, SERVICE_PROG, SERVICE_VERS,
                           fd, 0, 0);
  return clnttcp_create((struct sockaddr_in*)&service.address.socket, SERVICE_PROG, SERVICE_VERS,
                        fd, 0, 0);
}

static void historical_create_connects_by_itself(void) {
  int fd = RPC_ANYSOCK;
  if (variant->family == AF_INET6) return; /* takes IPv4 addresses only */
  CLIENT* handle = create_by_socket(&fd);
  CU_ASSERT_NOT_EQUAL(fd, RPC_ANYSOCK);
  try_handle(handle);
}

static void historical_create_takes_a_connected_socket(void) {
  int fd = connect_to(&service.address);
  if (variant->family != AF_INET6) try_handle(create_by_socket(&fd));
  close(fd);
}

static void create_on_a_closed_port_fails(void) {
  struct netbuf address = address_of(&service);
  int fd = socket(variant->family, SOCK_STREAM, 0);
  service_end(&service);
  CU_ASSERT_PTR_NULL(clnt_vc_create(fd, &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  CU_ASSERT_EQUAL(rpc_createerr.cf_stat, RPC_SYSTEMERROR);
  CU_ASSERT_NOT_EQUAL(rpc_createerr.cf_error.re_errno, 0);
  CU_ASSERT_PTR_NOT_NULL(strstr(clnt_spcreateerror("x"), "x: "));
  close(fd);
}

static void try_server(enum service_listener listener, enum service_loop loop) {
  struct service_options options = plain_options();
  options.listener = listener;
  options.loop = loop;
  struct service own = service_start(&options);
  CLIENT* handle = connect_warm(&own, SERVICE_PROG, SERVICE_VERS);
  try_handle(handle);
  service_end(&own);
}

static void server_by_vc_create(void) { try_server(LISTEN_VC, LOOP_SVC_RUN); }
static void server_by_historical_create(void) {
  if (variant->family != AF_INET6) try_server(LISTEN_SOCKET, LOOP_SVC_RUN);
}
static void server_by_fd_create(void) { try_server(LISTEN_FD, LOOP_SVC_RUN); }
static void loop_of_select(void) { try_server(LISTEN_TLI, LOOP_SELECT); }
static void loop_of_getreq(void) { try_server(LISTEN_TLI, LOOP_GETREQ); }
static void loop_of_poll(void) { try_server(LISTEN_TLI, LOOP_POLL); }
static void loop_of_getreq_common(void) { try_server(LISTEN_TLI, LOOP_COMMON); }

static int serve_socket_pair(int channel, const void* arg) {
  int fd = *(const int*)arg;
  SVCXPRT* xprt = svcfd_create(fd, 0, 0);
  if (xprt == NULL) return 1;
  service_register(xprt, channel);
  service_loop(LOOP_SVC_RUN);
  return 0;
}

static void both_ends_of_a_socket_pair(void) {
  int ends[2];
  CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  struct child server = child_start(serve_socket_pair, &ends[1]);
  close(ends[1]);
  struct sockaddr_un unnamed = {.sun_family = AF_UNIX};
  struct netbuf address = {sizeof unnamed, sizeof unnamed, &unnamed};
  try_handle(clnt_vc_create(ends[0], &address, SERVICE_PROG, SERVICE_VERS, 0, 0));
  close(ends[0]);
  child_end(&server);
}

CU_TestInfo create_tests[] = {
    {"clnt_tli_create connects by itself", tli_create_connects_by_itself},
    {"clnt_tli_create takes a connected socket", tli_create_takes_a_connected_socket},
    {"clnt_vc_create takes a connected socket and leaves it open",
     vc_create_takes_a_connected_socket},
    {"clnt_vc_create connects a socket that is not", vc_create_connects_a_socket_that_is_not},
    {"clnt_vc_create takes small buffer sizes", vc_create_takes_buffer_sizes},
    {"clnttcp_create and clntunix_create connect by themselves",
     historical_create_connects_by_itself},
    {"clnttcp_create and clntunix_create take a connected socket",
     historical_create_takes_a_connected_socket},
    {"creating a handle fails with a reason when nothing listens", create_on_a_closed_port_fails},
    {"svc_vc_create serves", server_by_vc_create},
    {"svctcp_create and svcunix_create serve", server_by_historical_create},
    {"svcfd_create serves an accepted connection", server_by_fd_create},
    {"a loop of select on svc_fdset and svc_getreqset serves", loop_of_select},
    {"a loop of select on svc_fdset and svc_getreq serves", loop_of_getreq},
    {"a loop of poll on svc_pollfd and svc_getreq_poll serves", loop_of_poll},
    {"a loop of poll on svc_pollfd and svc_getreq_common serves", loop_of_getreq_common},
    {"both ends of a socket pair make a connection", both_ends_of_a_socket_pair},
    CU_TEST_INFO_NULL,
};
