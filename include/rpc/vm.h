/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc/vm.h - what vmrpc adds to the API of Sun RPC (libtirpc).
 */
#ifndef RPC_VM_H
#define RPC_VM_H

#include <rpc/rpc.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RPC_VM_API __attribute__((visibility("default")))
#else
#define RPC_VM_API
#endif

/*
 * rpc_vm_version - the version of the library that is loaded, as "MAJOR.MINOR.PATCH".
 *
 * The string is constant and must not be freed. Thread-safe. Since 1.0.
 */
RPC_VM_API const char *rpc_vm_version(void);

#ifdef __cplusplus
}
#endif

#endif
