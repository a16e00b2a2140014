// SPDX-License-Identifier: BSD-3-Clause
// The client worker: handles on the service, and the workloads made over them.
#ifndef VMRPC_BENCH_CLIENT_HPP
#define VMRPC_BENCH_CLIENT_HPP

#include <rpc/rpc.h>

#include <memory>
#include <string>

#include "arguments.hpp"
#include "timing.hpp"

namespace vmrpc::bench {

struct HandleDeleter {
  void operator()(CLIENT* client) const;
};
using Handle = std::unique_ptr<CLIENT, HandleDeleter>;

// Connects as the arguments transport=tcp|unix|udp, address=, port=, buffers= and auth= say.
Handle connect_handle(const Arguments& arguments);

// Throws std::runtime_error with the procedure's name and the reason unless a call succeeded.
void require_success(clnt_stat stat, const char* what, CLIENT* client);

// The workload of arguments workload= and size=, over a handle that must outlive it.
std::unique_ptr<Operation> make_operation(CLIENT* client, const Arguments& arguments);

int run_client(const Arguments& arguments);
int run_server(const Arguments& arguments);
int run_floor(const Arguments& arguments);

}  // namespace vmrpc::bench

#endif
