// SPDX-License-Identifier: BSD-3-Clause
// Finding libtirpc's functions behind our own of the same name.
#include "config.h"

#include "base/stock.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

namespace vmrpc {
namespace {

void* next_symbol(const char* name) {
  void* symbol = ::dlvsym(RTLD_NEXT, name, "TIRPC_0.3.0");
  if (symbol == nullptr) {
    std::fprintf(stderr, "vmrpc: libtirpc.so.3 has no %s: reinstall libtirpc3\n", name);
    std::abort();
  }
  return symbol;
}

template <typename Function>
void find(Function*& slot, const char* name) {
  slot = reinterpret_cast<Function*>(next_symbol(name));
}

Stock find_all() {
  Stock s{};
  find(s.clnt_vc_create, "clnt_vc_create");
  find(s.xprt_register, "xprt_register");
  find(s.xprt_unregister, "xprt_unregister");
  find(s.svc_run, "svc_run");
  find(s.svc_reg, "svc_reg");
  find(s.svc_unreg, "svc_unreg");
  find(s.svc_register, "svc_register");
  find(s.svc_unregister, "svc_unregister");
  find(s.xdr_array, "xdr_array");
  find(s.xdr_vector, "xdr_vector");
  find(s.xdr_bytes, "xdr_bytes");
  find(s.xdr_pointer, "xdr_pointer");
  find(s.xdr_reference, "xdr_reference");
  find(s.xdr_string, "xdr_string");
  return s;
}

const void* object_of(const void* address) {
  Dl_info info{};
  return ::dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

}  // namespace

const Stock& stock() {
  static const Stock found = find_all();
  return found;
}

bool is_stock_code(const void* function) {
  static const void* const libtirpc = object_of(reinterpret_cast<const void*>(stock().svc_run));
  return libtirpc != nullptr && object_of(function) == libtirpc;
}

}  // namespace vmrpc
