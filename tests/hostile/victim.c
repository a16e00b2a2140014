/* SPDX-License-Identifier: BSD-3-Clause */
/* The service of the hostile tests and its type. */
#include "victim.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../support/child.h"
#include "rpc/vm.h"
#include "rpc/vm_types.h"

extern const struct rpc_vm_map value_vm_map;

static const struct rpc_vm_field value_fields[] = {
    {RPC_VM_COUNTED, 0, offsetof(struct value, n_numbers), sizeof(u_int), 1, 100000, NULL, NULL},
    {RPC_VM_STRING, 0, offsetof(struct value, label), 1, 1, 255, NULL, NULL},
    {RPC_VM_POINTER, 0, offsetof(struct value, next), sizeof(struct value), 1, 0, &value_vm_map, NULL},
};
const struct rpc_vm_map value_vm_map = {sizeof(struct rpc_vm_map),
                                        RPC_VM_MAP_VERSION,
                                        RPC_VM_POINTERS | RPC_VM_GAPS | RPC_VM_RECURSIVE,
                                        sizeof(struct value),
                                        _Alignof(struct value),
                                        value_fields,
                                        NULL,
                                        3,
                                        0,
                                        RPC_VM_NO_FIELD,
                                        0x51a9e0f7,
                                        0x7a1e,
                                        "value"};

bool_t xdr_value(XDR* xdrs, struct value* value) {
  if (xdrs->x_op != XDR_FREE && (void*)xdrs->x_base == (void*)xdrs && xdrs->x_ops->x_control != NULL) {
    struct rpc_vm_xdr vm = {sizeof vm, &value_vm_map, value, FALSE};
    if (xdrs->x_ops->x_control(xdrs, RPC_VM_XDR, &vm)) return vm.done;
  }
  return xdr_encoded_value(xdrs, value);
}

bool_t xdr_encoded_value(XDR* xdrs, struct value* value) {
  return xdr_array(xdrs, (char**)&value->numbers, &value->n_numbers, 100000, sizeof(u_int),
                   (xdrproc_t)xdr_u_int) &&
         xdr_string(xdrs, &value->label, 255) &&
         xdr_pointer(xdrs, (char**)&value->next, sizeof(struct value), (xdrproc_t)xdr_encoded_value);
}

u_int sum_of(const struct value* value) {
  u_int sum = 0;
  for (; value != NULL; value = value->next) {
    for (u_int i = 0; i < value->n_numbers; i++) sum += value->numbers[i];
    sum += (u_int)strlen(value->label) + 1;
  }
  return sum;
}

void make_values(struct value* values, u_int count) {
  static u_int numbers[HOSTILE_NUMBERS];
  static char label[] = "a value";
  for (u_int i = 0; i < HOSTILE_NUMBERS; i++) numbers[i] = i;
  for (u_int i = 0; i < count; i++)
    values[i] = (struct value){HOSTILE_NUMBERS, numbers, label, i + 1 < count ? &values[i + 1] : NULL};
}

static hostile_hook before_make;

static void sum(SVCXPRT* xprt, xdrproc_t xdr) {
  struct value value = {0};
  if (!svc_getargs(xprt, xdr, &value)) {
    svcerr_decode(xprt);
    return;
  }
  u_int result = sum_of(&value);
  svc_sendreply(xprt, (xdrproc_t)xdr_u_int, &result);
  svc_freeargs(xprt, xdr, &value);
}

static void make(SVCXPRT* xprt, xdrproc_t xdr) {
  u_int count = 0;
  struct value values[HOSTILE_MOST_VALUES];
  if (!svc_getargs(xprt, (xdrproc_t)xdr_u_int, &count) || count == 0 || count > HOSTILE_MOST_VALUES) {
    svcerr_decode(xprt);
    return;
  }
  if (before_make != NULL && before_make()) return;
  make_values(values, count);
  svc_sendreply(xprt, xdr, values);
}

static void dispatch(struct svc_req* request, SVCXPRT* xprt) {
  switch (request->rq_proc) {
    case HOSTILE_NULL:
      svc_sendreply(xprt, (xdrproc_t)(void (*)(void))xdr_void, NULL);
      return;
    case HOSTILE_SUM:
      sum(xprt, (xdrproc_t)xdr_value);
      return;
    case HOSTILE_MAKE:
      make(xprt, (xdrproc_t)xdr_value);
      return;
    case HOSTILE_SUM_ENCODED:
      sum(xprt, (xdrproc_t)xdr_encoded_value);
      return;
    case HOSTILE_MAKE_ENCODED:
      make(xprt, (xdrproc_t)xdr_encoded_value);
      return;
    default:
      svcerr_noproc(xprt);
  }
}

int hostile_serve(int channel, hostile_hook hook) {
  struct address address;
  before_make = hook;
  signal(SIGPIPE, SIG_IGN);
  SVCXPRT* xprt = svc_vc_create(listen_on_loopback(AF_INET, &address), 0, 0);
  if (xprt == NULL) return EXIT_FAILURE;
  for (rpcvers_t version = HOSTILE_COPY; version <= HOSTILE_IN_PLACE; version++) {
    if (!svc_reg(xprt, HOSTILE_PROG, version, dispatch, NULL)) return EXIT_FAILURE;
    svc_vm_setinplace(HOSTILE_PROG, version, version != HOSTILE_COPY);
  }
  svc_vm_settrust(HOSTILE_PROG, HOSTILE_IN_PLACE, HOSTILE_TRUST);
  if (!channel_send(channel, &address, sizeof address)) return EXIT_FAILURE;
  svc_run();
  return EXIT_SUCCESS;
}
