// SPDX-License-Identifier: BSD-3-Clause
// The functions of rpc/vm.h by run-time look-up: a worker must run with libtirpc alone.
#ifndef VMRPC_BENCH_VM_HPP
#define VMRPC_BENCH_VM_HPP

#include <dlfcn.h>

#include <stdexcept>

#include "rpc/vm.h"

// The function, or null when only libtirpc is there.
#define VM_FUNCTION(name) (reinterpret_cast<decltype(&name)>(::dlsym(RTLD_DEFAULT, #name)))

namespace vmrpc::bench {

// The same for ways that cannot do without.
template <typename Function>
Function* required(Function* function) {
  if (function == nullptr) throw std::runtime_error("the library of vmrpc was not preloaded");
  return function;
}

}  // namespace vmrpc::bench

#endif
