/* SPDX-License-Identifier: BSD-3-Clause */
/* The server's routine as it has to be: the answer lies in memory of its own. */
#include <rpc/vm.h>

#include "page_main.h"

image* invert_1_svc(image* sent, struct svc_req* request) {
  static image answer;
  rpc_vm_free(answer.pixels.pixels_val); /* of the last call: kept while the client has it */
  answer = *sent;
  answer.pixels.pixels_val = svc_vm_alloc(request->rq_xprt, sent->pixels.pixels_len);
  for (u_int i = 0; i < sent->pixels.pixels_len; i++)
    answer.pixels.pixels_val[i] = sent->pixels.pixels_val[i] ^ 0x7f;
  return &answer;
}
