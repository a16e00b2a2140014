/* SPDX-License-Identifier: BSD-3-Clause */
/* Procedures that look at what they got and make results of their own. */
#include "service.h"

#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/address.h"
#include "tests/support/deadline.h"
#include "tests/support/footprint.h"

extern void placed_prog_1(struct svc_req*, SVCXPRT*);
extern void by_value_prog_1(struct svc_req*, SVCXPRT*);

static int channel = -1;
static bool is_apart; /* a process made for one call */
static u_int n_notes, noted_bytes;
static bool list_stayed;

static void* copy_of(const void* data, size_t nbytes) {
  void* copy = malloc(nbytes + 1);
  if (copy == NULL) abort();
  return nbytes == 0 ? copy : memcpy(copy, data, nbytes);
}

bulk bulk_copy(const bulk* from) {
  bulk copy = *from;
  copy.label = copy_of(from->label, strlen(from->label) + 1);
  copy.data.data_val = copy_of(from->data.data_val, from->data.data_len);
  copy.numbers.numbers_val =
      copy_of(from->numbers.numbers_val, from->numbers.numbers_len * sizeof(double));
  return copy;
}

bool bulk_equal(const bulk* a, const bulk* b) {
  if (strcmp(a->label, b->label) != 0 || a->data.data_len != b->data.data_len ||
      a->numbers.numbers_len != b->numbers.numbers_len)
    return false;
  return (a->data.data_len == 0 ||
          memcmp(a->data.data_val, b->data.data_val, a->data.data_len) == 0) &&
         (a->numbers.numbers_len == 0 ||
          memcmp(a->numbers.numbers_val, b->numbers.numbers_val,
                 a->numbers.numbers_len * sizeof(double)) == 0);
}

bool lies_in_shared_memory(const void* address) {
  const u_char* at = address;
  struct shared_mapping mapping;
  bool does = false;
  FILE* maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) die("no maps: %m");
  while (next_shared_mapping(maps, &mapping)) does |= at >= mapping.begin && at < mapping.end;
  fclose(maps);
  return does;
}

const node* last_of(const node* list) {
  while (list->next != NULL) list = list->next;
  return list;
}

bool_t placed_ping_1_svc(void* nothing, void* result, struct svc_req* request) {
  (void)nothing, (void)result, (void)request;
  return TRUE;
}

bool_t placed_echo_1_svc(bulk* sent, bulk* result, struct svc_req* request) {
  (void)request;
  *result = bulk_copy(sent);
  return TRUE;
}

bool_t placed_reverse_1_svc(nodes* sent, nodes* result, struct svc_req* request) {
  (void)request;
  *result = NULL;
  list_stayed = *sent != NULL && lies_in_shared_memory(last_of(*sent)) && lies_in_shared_memory(last_of(*sent)->name);
  for (const node* each = *sent; each != NULL; each = each->next) {
    node* head = copy_of(each, sizeof *each);
    head->name = copy_of(each->name, strlen(each->name) + 1);
    head->next = *result;
    *result = head;
  }
  return TRUE;
}

bool_t placed_mail_1_svc(mail* sent, mail* result, struct svc_req* request) {
  (void)request;
  result->when.seconds = sent->when.seconds + 1;
  result->when.zone = copy_of(sent->when.zone, strlen(sent->when.zone) + 1);
  result->text = copy_of(sent->text, strlen(sent->text) + 1);
  return TRUE;
}

/* With SECRET in all bytes that no field is in. */
static void fill_either(either* made, const either* from) {
  memset(made, SECRET, sizeof *made);
  made->arm = from->arm;
  if (from->arm == 1) memcpy(made->either_u.many, from->either_u.many, sizeof made->either_u.many);
  if (from->arm == 2) made->either_u.one = from->either_u.one;
}

void fill_gaps(gaps* made, either* fifth, const gaps* from) {
  memset(made, SECRET, sizeof *made);
  made->first = from->first;
  made->second = from->second;
  made->third = from->third;
  fill_either(&made->fourth, &from->fourth);
  fill_either(made->fifth = fifth, from->fifth);
  made->last = from->last;
}

bool_t placed_gaps_1_svc(gaps* sent, gaps* result, struct svc_req* request) {
  (void)request;
  either* fifth = malloc(sizeof *fifth);
  if (fifth != NULL) fill_gaps(result, fifth, sent);
  return fifth != NULL;
}

/* In two steps, of which the first is kept; NULL when it is not, or what was added is not zero. */
static char* make_block(SVCXPRT* transport, size_t nbytes) {
  static const char zeros[64];
  size_t half = nbytes / 2;
  char* block = svc_vm_alloc(transport, half);
  if (block == NULL) return NULL;
  memset(block, 'h', half);
  block = svc_vm_realloc(transport, block, nbytes);
  bool grew = half > sizeof zeros && block != NULL && block[0] == 'h' && block[half - 1] == 'h' &&
              memcmp(block + half, zeros, sizeof zeros) == 0;
  return grew ? block : NULL;
}

static char* make_data(const want* wanted, SVCXPRT* transport) {
  char* data = wanted->shared ? make_block(transport, wanted->nbytes) : malloc((size_t)wanted->nbytes + 1);
  if (data == NULL) return NULL;
  for (u_int i = 0; i < wanted->nbytes; i++) data[i] = (char)(i * 7 + (i >> 8));
  return data;
}

static bool make_bulk(const want* wanted, bulk* result, SVCXPRT* transport) {
  char* data = make_data(wanted, transport);
  if (data == NULL) return false;
  *result = (bulk){copy_of("made", 5), {wanted->nbytes, data}, {0, NULL}};
  return true;
}

bool_t placed_make_1_svc(want* wanted, bulk* result, struct svc_req* request) {
  return make_bulk(wanted, result, request->rq_xprt);
}

bool_t placed_part_1_svc(want* wanted, part* result, struct svc_req* request) {
  SVCXPRT* transport = request->rq_xprt;
  *result = (part){.label = copy_of("made", 5), .more = calloc(1, sizeof(bulk))};
  if (result->more == NULL || !make_bulk(wanted, result->more, transport) || !make_bulk(wanted, &result->load, transport))
    return FALSE;
  result->data.data_len = result->own.own_len = result->last.last_len = wanted->nbytes;
  result->data.data_val = make_data(wanted, transport);
  result->own.own_val = make_data(wanted, transport);
  result->last.last_val = make_data(wanted, transport);
  return result->data.data_val != NULL && result->own.own_val != NULL && result->last.last_val != NULL;
}

bool_t placed_note_1_svc(bulk* sent, void* result, struct svc_req* request) {
  (void)result, (void)request;
  n_notes++;
  noted_bytes += sent->data.data_len;
  return FALSE; /* no answer */
}

bool_t placed_tally_1_svc(void* nothing, tally* result, struct svc_req* request) {
  (void)nothing;
  struct rpc_vm_stats stats, own;
  struct rpc_vm_info info;
  rpc_vm_getstats(&stats, sizeof stats);
  if (!svc_vm_getstats(request->rq_xprt, &own, sizeof own) || !svc_vm_getinfo(request->rq_xprt, &info, sizeof info))
    return FALSE;
  bool is_sys = request->rq_cred.oa_flavor == AUTH_SYS;
  *result = (tally){.notes = n_notes,
                    .noted_bytes = noted_bytes,
                    .uid = is_sys ? ((struct authunix_parms*)request->rq_clntcred)->aup_uid : ~0u,
                    .calls_xdr = stats.calls_xdr,
                    .calls_placed = stats.calls_placed,
                    .calls_in_place = stats.calls_in_place,
                    .bytes_placed = stats.bytes_placed,
                    .releases_held = stats.releases_held,
                    .malloc_bytes = mallinfo2().uordblks,
                    .list_stayed = list_stayed,
                    .transport = info.transport,
                    .encodings = info.encodings,
                    .own_calls = own.calls_tcp + own.calls_xdr + own.calls_placed,
                    .own_chunks = own.chunks_held};
  return TRUE;
}

bool_t placed_depth_1_svc(nest* sent, u_int* result, struct svc_req* request) {
  (void)request;
  *result = 0;
  for (const nest* each = sent; each->inner.inner_len != 0; each = each->inner.inner_val) ++*result;
  return TRUE;
}

bool_t placed_has_room_1_svc(u_int* nbytes, bool_t* result, struct svc_req* request) {
  void* block = svc_vm_alloc(request->rq_xprt, *nbytes);
  *result = lies_in_shared_memory(block);
  rpc_vm_free(block);
  return TRUE;
}

bool_t placed_hold_1_svc(bulk* sent, bulk* result, struct svc_req* request) {
  char byte = 'h';
  if (!channel_send(channel, &byte, 1) ||
      !channel_receive(channel, &byte, 1, deadline_in_ms(PATIENCE_MS)))
    return FALSE;
  return placed_echo_1_svc(sent, result, request);
}

/* The parent answers nothing; the child, which inherits the connection, answers over its socket. */
bool_t placed_apart_1_svc(bulk* sent, bulk* result, struct svc_req* request) {
  is_apart = fork() == 0;
  if (is_apart) return placed_hold_1_svc(sent, result, request);
  signal(SIGCHLD, SIG_IGN); /* nobody waits for it */
  return FALSE;
}

bool_t placed_relay_1_svc(relay* sent, bulk* result, struct svc_req* request) {
  (void)request;
  CLIENT* back = move_to_placed(connect_to_port(sent->port));
  enum clnt_stat stat = placed_echo_1(&sent->load, result, back);
  placed_stop_1(NULL, NULL, back);
  clnt_destroy(back);
  return stat == RPC_SUCCESS;
}

bool_t placed_stop_1_svc(void* nothing, void* result, struct svc_req* request) {
  svc_exit();
  return placed_ping_1_svc(nothing, result, request);
}

int placed_prog_1_freeresult(SVCXPRT* xprt, xdrproc_t free_result, caddr_t result) {
  (void)xprt;
  if (is_apart) _exit(EXIT_SUCCESS);
  xdr_free(free_result, result);
  return TRUE;
}

pair* by_value_swap_1_svc(pair left, int which, pair right, struct svc_req* request) {
  static pair chosen;
  (void)request;
  chosen = which == 0 ? left : right; /* released after the answer */
  return &chosen;
}

bool_t xdr_stock_bulk(XDR* xdrs, bulk* value) {
  return xdr_string(xdrs, &value->label, 64) &&
         xdr_bytes(xdrs, &value->data.data_val, &value->data.data_len, ~0u) &&
         xdr_array(xdrs, (char**)&value->numbers.numbers_val, &value->numbers.numbers_len, ~0u,
                   sizeof(double), (xdrproc_t)xdr_double);
}

static void stock_dispatch(struct svc_req* request, SVCXPRT* xprt) {
  bulk sent = {0};
  if (request->rq_proc != PLACED_ECHO) {
    svcerr_noproc(xprt);
  } else if (!svc_getargs(xprt, (xdrproc_t)xdr_stock_bulk, &sent)) {
    svcerr_decode(xprt);
  } else {
    svc_sendreply(xprt, (xdrproc_t)xdr_stock_bulk, &sent);
    svc_freeargs(xprt, (xdrproc_t)xdr_stock_bulk, &sent);
  }
}

SVCXPRT* serve_here(void) {
  struct address address;
  SVCXPRT* xprt = svc_vc_create(listen_on_loopback(AF_INET, &address), 0, 0);
  if (xprt == NULL || !svc_reg(xprt, PLACED_PROG, PLACED_VERS, placed_prog_1, NULL) ||
      !svc_reg(xprt, BY_VALUE_PROG, BY_VALUE_VERS, by_value_prog_1, NULL) ||
      !svc_reg(xprt, STOCK_PROG, STOCK_VERS, stock_dispatch, NULL))
    die("a server cannot be made");
  xprt->xp_port = ntohs(((struct sockaddr_in*)&address.socket)->sin_port);
  return xprt;
}

/* Settings are read once per process. */
static int serve_with(int end, const struct policy* policy) {
  char number[12];
  snprintf(number, sizeof number, "%d", end);
  setenv("VMRPC_PLACED_LIMITS", policy->limits, 1);
  setenv("VMRPC_LOG", policy->log, 1);
  fcntl(end, F_SETFD, 0);
  execl("/proc/self/exe", "placed-test", "serve", number, (char*)NULL);
  return EXIT_FAILURE;
}

static int serve(int end, const void* arg) {
  const struct policy* policy = arg;
  channel = end;
  if (policy->limits != NULL) return serve_with(end, policy);
  SVCXPRT* xprt = serve_here();
  if (!svc_vm_setinplace(PLACED_PROG, PLACED_VERS, policy->in_place))
    die("arguments in place are refused");
  if (policy->trust != NULL && !svc_vm_settrust(PLACED_PROG, PLACED_VERS, policy->trust))
    die("trust in %s is refused", policy->trust);
  u_int port = xprt->xp_port;
  if (!channel_send(end, &port, sizeof port)) return EXIT_FAILURE;
  svc_run();
  return EXIT_SUCCESS;
}

int serve_afresh(const char* number) {
  static const struct policy copies = {.in_place = false};
  return serve(atoi(number), &copies);
}

struct server server_start(const struct policy* policy) {
  struct server server = {child_start(serve, policy), 0};
  if (!channel_receive(server.process.channel, &server.port, sizeof server.port,
                       deadline_in_ms(PATIENCE_MS)))
    die("the server does not start");
  return server;
}

void server_end(struct server* server) { child_end(&server->process); }

CLIENT* connect_to_port(u_int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                           .sin_port = htons((uint16_t)port)};
  int fd = RPC_ANYSOCK;
  CLIENT* clnt = clnttcp_create(&to, PLACED_PROG, PLACED_VERS, &fd, 0, 0);
  if (clnt == NULL) die("%s", clnt_spcreateerror("no handle"));
  return clnt;
}

CLIENT* move_to_placed(CLIENT* clnt) {
  static char label[] = "first";
  static node one = {1, label, NULL};
  bulk sent = {label, {0, NULL}, {0, NULL}};
  nodes list = &one;
  if (clnt_vm_upgrade(clnt, (struct timeval){PATIENCE_MS / 1000, 0}) != RPC_SUCCESS)
    die("the connection does not move to shared memory");
  for (int i = 0; i < 2; i++) {
    bulk echoed = {NULL, {0, NULL}, {0, NULL}};
    nodes reversed = NULL;
    if (placed_echo_1(&sent, &echoed, clnt) != RPC_SUCCESS ||
        placed_reverse_1(&list, &reversed, clnt) != RPC_SUCCESS)
      die("%s", clnt_sperror(clnt, "a first call fails"));
    clnt_freeres(clnt, (xdrproc_t)xdr_bulk, (caddr_t)&echoed);
    clnt_freeres(clnt, (xdrproc_t)xdr_nodes, (caddr_t)&reversed);
  }
  return clnt;
}

CLIENT* connect_placed(const struct server* server) {
  return move_to_placed(connect_to_port(server->port));
}
