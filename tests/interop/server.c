/* SPDX-License-Identifier: BSD-3-Clause */
/* A server as any program has it: rpcgen's stubs and svc_run. */
#include <netconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <interop.h>

static char* own_copy(const char* data, size_t nbytes) {
  char* copy = malloc(nbytes + 1);
  if (copy == NULL) abort();
  memcpy(copy, data, nbytes);
  copy[nbytes] = '\0';
  return copy;
}

void* interop_ping_1_svc(void* argument, struct svc_req* request) {
  (void)argument, (void)request;
  static char nothing;
  return &nothing;
}

/* The argument is released after the reply was sent, so it may serve as the result. */
record* interop_echo_1_svc(record* argument, struct svc_req* request) {
  (void)request;
  return argument;
}

double* interop_total_1_svc(numbers* argument, struct svc_req* request) {
  static double total;
  (void)request;
  total = 0;
  for (u_int i = 0; i < argument->numbers_len; i++) total += argument->numbers_val[i];
  return &total;
}

list* interop_reverse_1_svc(list* argument, struct svc_req* request) {
  static list reversed;
  (void)request;
  xdr_free((xdrproc_t)xdr_list, &reversed);
  reversed = NULL;
  for (const node* each = *argument; each != NULL; each = each->next) {
    node* head = malloc(sizeof *head);
    if (head == NULL) abort();
    *head = (node){own_copy(each->name, strlen(each->name)), each->weight, reversed};
    reversed = head;
  }
  return &reversed;
}

text* interop_greet_1_svc(text* argument, struct svc_req* request) {
  static text greeting;
  (void)request;
  free(greeting);
  if (asprintf(&greeting, "hello, %s", *argument) < 0) abort();
  return &greeting;
}

/* In words of 8 bytes: looking at large values takes little beside moving them. */
u_int* interop_sum_1_svc(blob* argument, struct svc_req* request) {
  static u_int result;
  uint64_t sum = 0, word = 0;
  u_int at = 0;
  (void)request;
  for (; argument->blob_len - at >= sizeof word; at += sizeof word) {
    memcpy(&word, argument->blob_val + at, sizeof word);
    sum = sum * 31 + word;
  }
  for (; at < argument->blob_len; at++) sum = sum * 31 + (u_char)argument->blob_val[at];
  result = (u_int)(sum ^ sum >> 32);
  return &result;
}

blob* interop_fill_1_svc(u_int* argument, struct svc_req* request) {
  static blob filled;
  (void)request;
  free(filled.blob_val);
  filled = (blob){*argument, malloc((size_t)*argument + 1)};
  if (filled.blob_val == NULL) abort();
  for (u_int i = 0; i < *argument; i++) filled.blob_val[i] = (char)(i * 7 + (i >> 8));
  return &filled;
}

u_int* interop_who_1_svc(void* argument, struct svc_req* request) {
  static u_int uid;
  (void)argument;
  uid = ~0u;
  if (request->rq_cred.oa_flavor == AUTH_SYS)
    uid = ((struct authunix_parms*)request->rq_clntcred)->aup_uid;
  return &uid;
}

void* interop_stop_1_svc(void* argument, struct svc_req* request) {
  svc_exit();
  return interop_ping_1_svc(argument, request);
}

/* Arguments: a netconfig name and where to listen as a universal address; prints where it does. */
int main(int argc, char** argv) {
  extern void interop_prog_1(struct svc_req*, SVCXPRT*);
  if (argc != 3) return EXIT_FAILURE;
  struct netconfig* config = getnetconfigent(argv[1]);
  struct t_bind bind = {.qlen = 10};
  struct netbuf* address = config == NULL ? NULL : uaddr2taddr(config, argv[2]);
  if (address == NULL) return EXIT_FAILURE;
  bind.addr = *address;
  SVCXPRT* xprt = svc_tli_create(RPC_ANYFD, config, &bind, 0, 0);
  if (xprt == NULL || !svc_reg(xprt, INTEROP_PROG, INTEROP_VERS, interop_prog_1, NULL)) {
    fprintf(stderr, "cannot serve at %s\n", argv[2]);
    return EXIT_FAILURE;
  }
  puts(taddr2uaddr(config, &xprt->xp_ltaddr));
  fflush(stdout);
  svc_run();
  return EXIT_SUCCESS;
}
