// SPDX-License-Identifier: BSD-3-Clause
// The version of the library.
#include "config.h"

#include "rpc/vm.h"

const char* rpc_vm_version(void) { return PACKAGE_VERSION; }
