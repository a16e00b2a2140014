// SPDX-License-Identifier: BSD-3-Clause
// Which transports this library takes over.
#pragma once

#include <rpc/rpc.h>

namespace vmrpc::server {

// xprt_register() and xprt_unregister() as this library does them: a connected stream that
// libtirpc made becomes ours, all others pass through.
void register_transport(SVCXPRT* xprt);
void unregister_transport(SVCXPRT* xprt);

}  // namespace vmrpc::server
