/* SPDX-License-Identifier: BSD-3-Clause */
/* The dispatchers of calls.x, which rpcgen -m defines and declares nowhere; C linkage, also when
 * compiled as C++. */
#ifndef VMRPC_TESTS_STUBS_DISPATCH_H
#define VMRPC_TESTS_STUBS_DISPATCH_H
#include <rpc/rpc.h>

#ifdef __cplusplus
extern "C" {
#endif
void calls_prog_1(struct svc_req*, SVCXPRT*);
void calls_prog_2(struct svc_req*, SVCXPRT*);
void other_prog_1(struct svc_req*, SVCXPRT*);
#ifdef __cplusplus
}
#endif

#endif
