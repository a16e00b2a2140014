/* SPDX-License-Identifier: BSD-3-Clause */
/* The procedures of the test service. */
#include "service.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traffic.h"

static int channel = -1; /* to the test */
static u_int* notes;
static u_int n_notes;
static u_int n_counted;
u_int* service_executions;

bool_t xdr_service_bytes(XDR* xdrs, struct service_bytes* bytes) {
  return xdr_bytes(xdrs, &bytes->data, &bytes->nbytes, ~0u);
}

u_int service_notes_in_order(const struct service_bytes* answer) {
  u_int n = 0, serial;
  for (; (n + 1) * sizeof serial <= answer->nbytes; n++) {
    memcpy(&serial, answer->data + n * sizeof serial, sizeof serial);
    if (serial != n) break;
  }
  return n;
}

bool_t xdr_service_error(XDR* xdrs, struct service_error* error) {
  return xdr_u_int(xdrs, &error->failure) && xdr_u_int(xdrs, &error->detail);
}

bool_t xdr_service_caller(XDR* xdrs, struct service_caller* caller) {
  return xdr_opaque(xdrs, (char*)caller, sizeof *caller);
}

static bool_t xdr_refused(XDR* xdrs, void* value) {
  (void)xdrs, (void)value;
  return FALSE;
}

static void note(u_int serial) {
  if ((n_notes & (n_notes + 1)) == 0) {
    notes = realloc(notes, (2 * (size_t)n_notes + 2) * sizeof *notes);
    if (notes == NULL) abort();
  }
  notes[n_notes++] = serial;
}

static bool get_u_int(SVCXPRT* xprt, u_int* value) {
  if (svc_getargs(xprt, (xdrproc_t)xdr_u_int, value)) return true;
  svcerr_decode(xprt);
  return false;
}

static bool get_bytes(SVCXPRT* xprt, struct service_bytes* bytes) {
  *bytes = (struct service_bytes){0};
  if (svc_getargs(xprt, (xdrproc_t)xdr_service_bytes, bytes)) return true;
  svcerr_decode(xprt);
  return false;
}

static void free_bytes(SVCXPRT* xprt, struct service_bytes* bytes) {
  svc_freeargs(xprt, (xdrproc_t)xdr_service_bytes, bytes);
}

static void reply(SVCXPRT* xprt, void* xres, void* result) {
  svc_sendreply(xprt, (xdrproc_t)xres, result);
}

static void reply_u_int(SVCXPRT* xprt, u_int value) { reply(xprt, xdr_u_int, &value); }

static void reply_void(SVCXPRT* xprt) { reply(xprt, xdr_void, NULL); }

static void echo(SVCXPRT* xprt) {
  struct service_bytes bytes;
  if (!get_bytes(xprt, &bytes)) return;
  reply(xprt, xdr_service_bytes, &bytes);
  free_bytes(xprt, &bytes);
}

static void sum(SVCXPRT* xprt) {
  struct service_bytes bytes;
  u_int total = 0;
  if (!get_bytes(xprt, &bytes)) return;
  for (u_int i = 0; i < bytes.nbytes; i++) total += (u_char)bytes.data[i];
  reply_u_int(xprt, total);
  free_bytes(xprt, &bytes);
}

static void fill(SVCXPRT* xprt) {
  u_int nbytes;
  if (!get_u_int(xprt, &nbytes)) return;
  struct service_bytes bytes = {malloc((size_t)nbytes + 1), nbytes};
  if (bytes.data == NULL) {
    svcerr_systemerr(xprt);
    return;
  }
  for (u_int i = 0; i < nbytes; i++) bytes.data[i] = service_pattern(nbytes, i);
  reply(xprt, xdr_service_bytes, &bytes);
  free(bytes.data);
}

static void note_serial(SVCXPRT* xprt) {
  u_int serial;
  if (svc_getargs(xprt, (xdrproc_t)xdr_u_int, &serial)) note(serial);
}

static void note_bytes(SVCXPRT* xprt, bool answered) {
  struct service_bytes bytes;
  u_int serial;
  if (!get_bytes(xprt, &bytes)) return;
  memcpy(&serial, bytes.data, sizeof serial);
  note(serial);
  if (answered) reply_u_int(xprt, serial);
  free_bytes(xprt, &bytes);
}

static void reply_notes(SVCXPRT* xprt) {
  struct service_bytes bytes = {(char*)notes, n_notes * (u_int)sizeof *notes};
  reply(xprt, xdr_service_bytes, &bytes);
  free(notes);
  notes = NULL;
  n_notes = 0;
}

static u_int ip_port(const void* address) {
  const struct sockaddr* sa = address;
  switch (sa->sa_family) {
    case AF_INET:
      return ntohs(((const struct sockaddr_in*)address)->sin_port);
    case AF_INET6:
      return ntohs(((const struct sockaddr_in6*)address)->sin6_port);
    default:
      return 0;
  }
}

static void fill_socket_identity(SVCXPRT* xprt, struct service_caller* caller) {
  struct sockaddr_storage peer = {0};
  socklen_t length = sizeof peer;
  struct ucred cred = {0};
  socklen_t cred_length = sizeof cred;
  const struct netbuf* by_handle = svc_getrpccaller(xprt);
  if (by_handle->buf != NULL) caller->port_by_handle = ip_port(by_handle->buf);
  if (getpeername(xprt->xp_fd, (struct sockaddr*)&peer, &length) == 0)
    caller->port_by_socket = ip_port(&peer);
  if (getsockopt(xprt->xp_fd, SOL_SOCKET, SO_PEERCRED, &cred, &cred_length) == 0)
    caller->pid_by_socket = (u_int)cred.pid;
}

static void fill_credentials(const struct svc_req* request, struct service_caller* caller) {
  caller->flavor = (u_int)request->rq_cred.oa_flavor;
  if (request->rq_cred.oa_flavor != AUTH_SYS) return;
  const struct authunix_parms* sys = request->rq_clntcred;
  caller->uid = sys->aup_uid;
  caller->gid = sys->aup_gid;
  caller->n_gids = sys->aup_len;
  for (u_int i = 0; i < sys->aup_len && i < NGRPS; i++) caller->gids[i] = sys->aup_gids[i];
  strncpy(caller->machine, sys->aup_machname, MAX_MACHINE_NAME);
}

static void describe_caller(const struct svc_req* request, SVCXPRT* xprt) {
  struct service_caller caller = {0};
  fill_credentials(request, &caller);
  fill_socket_identity(xprt, &caller);
  reply(xprt, xdr_service_caller, &caller);
}

static void reply_traffic(SVCXPRT* xprt) {
  struct traffic traffic = traffic_of_process();
  struct service_bytes bytes = {(char*)&traffic, sizeof traffic};
  reply(xprt, xdr_service_bytes, &bytes);
}

static void count(SVCXPRT* xprt) {
  if (service_executions != NULL) ++*service_executions;
  reply_u_int(xprt, ++n_counted);
}

static void report_count(void) {
  char byte = 'n';
  n_counted++;
  channel_send(channel, &byte, 1);
}

static void hold(SVCXPRT* xprt) {
  char byte = 'h';
  if (channel_send(channel, &byte, 1) &&
      channel_receive(channel, &byte, 1, deadline_in_ms(PATIENCE_MS)))
    reply_void(xprt);
}

static bool_t hold_between(XDR* xdrs, struct service_bytes* half) {
  char byte = 's';
  u_int nbytes = 2 * half->nbytes;
  return xdr_u_int(xdrs, &nbytes) && xdr_opaque(xdrs, half->data, half->nbytes) && channel_send(channel, &byte, 1) &&
         channel_receive(channel, &byte, 1, deadline_in_ms(PATIENCE_MS)) && xdr_opaque(xdrs, half->data, half->nbytes);
}

static void stall(SVCXPRT* xprt) {
  struct service_bytes half = {calloc(200000, 1), 200000};
  reply(xprt, hold_between, &half);
  free(half.data);
}

static void fail(SVCXPRT* xprt) {
  struct service_error error;
  if (!svc_getargs(xprt, (xdrproc_t)xdr_service_error, &error)) {
    svcerr_decode(xprt);
    return;
  }
  switch (error.failure) {
    case FAIL_DECODE:
      svcerr_decode(xprt);
      return;
    case FAIL_SYSTEM:
      svcerr_systemerr(xprt);
      return;
    case FAIL_AUTH:
      svcerr_auth(xprt, (enum auth_stat)error.detail);
      return;
    case FAIL_WEAKAUTH:
      svcerr_weakauth(xprt);
      return;
    case FAIL_NOPROG:
      svcerr_noprog(xprt);
      return;
    case FAIL_PROGVERS:
      svcerr_progvers(xprt, error.detail, error.detail + 1);
      return;
    default:
      svcerr_noproc(xprt);
      return;
  }
}

static void reply_twice(SVCXPRT* xprt) {
  u_int value;
  if (!get_u_int(xprt, &value)) return;
  reply_u_int(xprt, value);
  reply_u_int(xprt, value + 1);
}

static void reply_by_child(SVCXPRT* xprt) {
  pid_t pid = fork();
  if (pid == 0) {
    reply_u_int(xprt, (u_int)getpid());
    _exit(0);
  }
  if (pid < 0) svcerr_systemerr(xprt);
}

static SVCXPRT* remembered;

static void* destroy_remembered(void* unused) {
  (void)unused;
  svc_destroy(remembered);
  return NULL;
}

static void destroy_apart(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, destroy_remembered, NULL) != 0) abort();
  pthread_detach(thread);
}

static int late_child[2] = {-1, -1}; /* a socket pair, whose other end it holds */

static void reply_by_late_child(SVCXPRT* xprt) {
  char byte;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, late_child) != 0) abort();
  if (fork() == 0) {
    close(late_child[0]);
    if (read(late_child[1], &byte, 1) == 1) reply_u_int(xprt, (u_int)getpid());
    _exit(0);
  }
  close(late_child[1]);
}

static void release_late_child(SVCXPRT* xprt) {
  char byte = 1;
  if (write(late_child[0], &byte, 1) != 1 || read(late_child[0], &byte, 1) != 0) abort();
  close(late_child[0]);
  reply_void(xprt);
}

/* What ends the server, a service, a connection or a process of it. False: no such procedure. */
static bool end_something(enum service_proc proc, SVCXPRT* xprt) {
  switch (proc) {
    case SERVICE_EXIT:
      reply_void(xprt);
      svc_exit();
      return true;
    case SERVICE_UNREGISTER:
      svc_unreg(SERVICE_OTHER_PROG, SERVICE_VERS);
      reply_void(xprt);
      return true;
    case SERVICE_DIE:
      _exit(EXIT_FAILURE);
    case SERVICE_LATE_CHILD:
      reply_by_late_child(xprt);
      return true;
    case SERVICE_RELEASE:
      release_late_child(xprt);
      return true;
    case SERVICE_REMEMBER:
      remembered = xprt;
      reply_void(xprt);
      return true;
    case SERVICE_DESTROY:
      svc_destroy(remembered);
      reply_void(xprt);
      return true;
    case SERVICE_DESTROY_APART:
      destroy_apart();
      reply_void(xprt);
      return true;
    case SERVICE_HANG_UP:
      shutdown(xprt->xp_fd, SHUT_RDWR);
      return true;
    default:
      return false;
  }
}

static void signal_parent(SVCXPRT* xprt) {
  kill(getppid(), SIGUSR1);
  reply_void(xprt);
}

static void reply_nothing(SVCXPRT* xprt) {
  (void)xprt;
  report_count();
}

static void note_and_reply(SVCXPRT* xprt) { note_bytes(xprt, true); }
static void note_silently(SVCXPRT* xprt) { note_bytes(xprt, false); }
static void reply_one(SVCXPRT* xprt) { reply_u_int(xprt, 1); }
static void refuse_to_encode(SVCXPRT* xprt) { reply(xprt, xdr_refused, NULL); }

/* Those that need nothing but the transport. */
static void (*routine_of(enum service_proc procedure))(SVCXPRT*) {
  static const struct {
    enum service_proc procedure;
    void (*routine)(SVCXPRT*);
  } routines[] = {
      {SERVICE_NULL, reply_void},           {SERVICE_ECHO, echo},
      {SERVICE_SUM, sum},                   {SERVICE_FILL, fill},
      {SERVICE_NOTE, note_serial},          {SERVICE_NOTE_BYTES, note_silently},
      {SERVICE_NOTED, note_and_reply},      {SERVICE_NOTES, reply_notes},
      {SERVICE_COUNT, count},               {SERVICE_TRAFFIC, reply_traffic},
      {SERVICE_NO_REPLY, reply_nothing},    {SERVICE_HOLD, hold},
      {SERVICE_STALL, stall},
      {SERVICE_SIGNAL, signal_parent},      {SERVICE_ERROR, fail},
      {SERVICE_SHORT, reply_one},           {SERVICE_TWICE, reply_twice},
      {SERVICE_BY_CHILD, reply_by_child},   {SERVICE_UNENCODABLE, refuse_to_encode},
  };
  for (size_t i = 0; i < sizeof routines / sizeof *routines; i++)
    if (routines[i].procedure == procedure) return routines[i].routine;
  return NULL;
}

static void dispatch(struct svc_req* request, SVCXPRT* xprt) {
  enum service_proc procedure = (enum service_proc)request->rq_proc;
  void (*routine)(SVCXPRT*) = routine_of(procedure);
  if (routine != NULL) routine(xprt);
  else if (procedure == SERVICE_CALLER) describe_caller(request, xprt);
  else if (procedure == SERVICE_PROGRAM) reply_u_int(xprt, request->rq_prog * 16 + request->rq_vers);
  else if (!end_something(procedure, xprt)) svcerr_noproc(xprt);
}

void service_register(SVCXPRT* xprt, int test_channel) {
  channel = test_channel;
  if (!svc_reg(xprt, SERVICE_PROG, SERVICE_VERS, dispatch, NULL) ||
      !svc_reg(xprt, SERVICE_PROG, SERVICE_LATER_VERS, dispatch, NULL) ||
      !svc_reg(xprt, SERVICE_OTHER_PROG, SERVICE_VERS, dispatch, NULL))
    die("svc_reg refuses");
}
