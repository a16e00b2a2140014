// SPDX-License-Identifier: BSD-3-Clause
// Which routine serves a program and version: what svc_reg() and its kin have told libtirpc, whose own list is static.
//
// Only what is certain is known here. For anything else svc_getreq_common() is asked, so that libtirpc decides.
#pragma once

#include <rpc/rpc.h>

#include <atomic>
#include <cstdint>

namespace vmrpc::server {

using Dispatch = void (*)(svc_req*, SVCXPRT*);

// libtirpc took this registration.
void note_service(rpcprog_t program, rpcvers_t version, Dispatch dispatch);
// libtirpc is about to drop one or all registrations of this.
void forget_service(rpcprog_t program, rpcvers_t version);

// A transport's memory of the service that it was asked for last. For one thread at a time.
class KnownService {
 public:
  // Null: not known for certain.
  Dispatch find(rpcprog_t program, rpcvers_t version) {
    if (program != program_ || version != version_ || changes_ != g_changes.load(std::memory_order_acquire)) {
      look_up(program, version);
    }
    return dispatch_;
  }

 private:
  friend void note_service(rpcprog_t, rpcvers_t, Dispatch);
  friend void forget_service(rpcprog_t, rpcvers_t);
  void look_up(rpcprog_t program, rpcvers_t version);

  static inline std::atomic<std::uint64_t> g_changes{1};

  std::uint64_t changes_ = 0;
  rpcprog_t program_ = 0;
  rpcvers_t version_ = 0;
  Dispatch dispatch_ = nullptr;
};

}  // namespace vmrpc::server
