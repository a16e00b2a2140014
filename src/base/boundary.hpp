// SPDX-License-Identifier: BSD-3-Clause
// C++ exceptions stop here on their way to a C caller, and user callbacks' before they reach us.
#pragma once

#include <cerrno>
#include <cxxabi.h>
#include <new>
#include <utility>

#include "base/error.hpp"

namespace vmrpc {

// Runs `body`; what it throws becomes the value of `fail(clnt_stat, errno)`.
template <typename Body, typename Fail>
[[gnu::no_sanitize("null")]]  // UBSan (GCC 12) misreads the forced-unwind handler
auto c_boundary(Body&& body, Fail&& fail) {
  try {
    return body();
  } catch (abi::__forced_unwind&) {
    throw;  // pthread_cancel(): swallowing it aborts the process
  } catch (const RpcError& e) {
    return fail(e.stat(), e.sys_errno());
  } catch (const std::bad_alloc&) {
    return fail(RPC_SYSTEMERROR, ENOMEM);
  } catch (...) {
    return fail(RPC_SYSTEMERROR, EIO);
  }
}

// The same for a step of an upgrade: what it throws becomes the value of `fail(rpc_vm_reason)`.
template <typename Body, typename Fail>
[[gnu::no_sanitize("null")]]
auto upgrade_boundary(Body&& body, Fail&& fail) {
  try {
    return body();
  } catch (abi::__forced_unwind&) {
    throw;
  } catch (const UpgradeError& e) {
    return fail(e.reason());
  } catch (const std::bad_alloc&) {
    return fail(RPC_VM_NO_MEMORY);
  } catch (...) {
    return fail(RPC_VM_PROTOCOL_ERROR);
  }
}

// Runs `body` and calls `failed(const RpcError&)` for an RpcError before it is passed on.
template <typename Body, typename Failed>
[[gnu::no_sanitize("null")]]
auto observing_errors(Body&& body, Failed&& failed) {
  try {
    return body();
  } catch (const RpcError& e) {
    failed(e);
    throw;
  }
}

// Runs `body`. An RpcError for which `recover(const RpcError&)` says true ends here: false is returned.
template <typename Body, typename Recover>
bool completes(const Body& body, const Recover& recover) {
  try {
    body();
    return true;
  } catch (const RpcError& e) {
    if (!recover(e)) throw;
    return false;
  }
}

}  // namespace vmrpc
