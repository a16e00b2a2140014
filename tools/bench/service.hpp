// SPDX-License-Identifier: BSD-3-Clause
// How the service keeps what it answers with.
#ifndef VMRPC_BENCH_SERVICE_HPP
#define VMRPC_BENCH_SERVICE_HPP

namespace vmrpc::bench {

// Whether GET and READ answer with a block of the connection's shared heap.
extern bool answer_from_heap;

}  // namespace vmrpc::bench

#endif
