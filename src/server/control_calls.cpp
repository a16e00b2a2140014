// SPDX-License-Identifier: BSD-3-Clause
// The control calls of a connection: told apart from the program's own, and answered.
#include "config.h"

#include "base/boundary.hpp"
#include "server/service_transport.hpp"
#include "base/xdr.hpp"

extern "C" SVCAUTH svc_auth_none;  // libtirpc exports it; no header of its declares it

namespace vmrpc::server {
namespace {

// Takes all that is left of a record. (It cannot be looked at and put back: setting the position of
// libtirpc's record stream back counts the bytes of the fragment wrongly.)
bool_t take_rest(XDR* xdrs, std::vector<char>* rest) {
  constexpr std::size_t kMost = 64 * 1024;  // ours are far smaller
  char unit[BYTES_PER_XDR_UNIT];
  return c_boundary(
      [&]() -> bool_t {
        while (rest->size() < kMost && XDR_GETBYTES(xdrs, unit, sizeof unit)) {
          rest->insert(rest->end(), unit, unit + sizeof unit);
        }
        return TRUE;
      },
      [](clnt_stat, int) -> bool_t { return FALSE; });
}

}  // namespace

// A program of the user's may have our number: then HELLO's magic is missing, and the arguments
// that were taken are kept for its dispatch routine.
bool ServiceTransport::take_control(const rpc_msg& msg) {
  if (msg.rm_call.cb_prog != VMRPC_PROG || msg.rm_call.cb_vers != VMRPC_VERS) return false;
  if (msg.rm_call.cb_proc != VMRPC_HELLO && !hello_accepted_) return false;
  SVC_XP_AUTH(xprt_) = svc_auth_none;
  kept_.clear();
  stock_ops_->xp_getargs(xprt_, as_xdrproc(take_rest), &kept_);
  source_ = Source::kKept;
  u_int magic = 0;
  const bool ours = msg.rm_call.cb_proc != VMRPC_HELLO ||
                    (decode_kept(as_xdrproc(xdr_u_int), &magic) && magic == VMRPC_MAGIC);
  if (!ours) return false;
  source_ = Source::kControl;
  xid_ = msg.rm_xid;
  answer_control(msg.rm_call.cb_proc);
  return true;
}

bool ServiceTransport::decode_kept(xdrproc_t decode, void* arguments) {
  XDR xdr{};
  xdrmem_create(&xdr, kept_.data(), static_cast<u_int>(kept_.size()), XDR_DECODE);
  return decode(&xdr, arguments) != 0;
}

template <typename Arguments, typename Result, typename Step>
void ServiceTransport::answer(bool_t (*decode)(XDR*, Arguments*), bool_t (*encode)(XDR*, Result*),
                              const Step& step) {
  Arguments arguments{};
  if (decode_kept(as_xdrproc(decode), &arguments)) {
    Result result = step(arguments);
    svc_sendreply(xprt_, as_xdrproc(encode), &result);
  } else {
    svcerr_decode(xprt_);
  }
  xdr_free(as_xdrproc(decode), &arguments);
}

// Everything that can fail here fails before the client is told that it may begin.
vmrpc_prove_res ServiceTransport::prove(const vmrpc_prove_args& arguments) {
  vmrpc_prove_res result = upgrade_.prove(arguments);
  if (result.status != VMRPC_OK) return result;
  upgrade_boundary([&] { go_up(); },
                   [&](rpc_vm_reason reason) {
                     report_.stays(reason);
                     result.status = association::status_of(reason);
                   });
  return result;
}

void ServiceTransport::answer_control(rpcproc_t procedure) {
  xprt_->xp_verf.oa_flavor = AUTH_NONE;
  xprt_->xp_verf.oa_length = 0;
  switch (procedure) {
    case VMRPC_HELLO:
      hello_accepted_ = true;
      go_down(RPC_VM_PEER_DIED);  // a client that begins again has lost what it had
      answer(xdr_vmrpc_hello_args, xdr_vmrpc_hello_res,
             [&](const vmrpc_hello_args& a) { return upgrade_.hello(a); });
      break;
    case VMRPC_ATTACH:
      answer(xdr_vmrpc_attach_args, xdr_vmrpc_attach_res,
             [&](const vmrpc_attach_args& a) { return upgrade_.attach(a); });
      break;
    case VMRPC_PROVE:
      answer(xdr_vmrpc_prove_args, xdr_vmrpc_prove_res,
             [&](const vmrpc_prove_args& a) { return prove(a); });
      break;
    case VMRPC_DETACH:
      svc_sendreply(xprt_, as_xdrproc(xdr_void), nullptr);
      upgrade_.reset();
      return go_down(RPC_VM_PEER_DIED);
    default:
      return svcerr_noproc(xprt_);
  }
  if (shared_ == nullptr && upgrade_.reason() != RPC_VM_REASON_NONE) report_.stays(upgrade_.reason());
}

}  // namespace vmrpc::server
