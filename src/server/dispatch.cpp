// SPDX-License-Identifier: BSD-3-Clause
// Serving a call that lies in shared memory: the steps of libtirpc's svc_getreq_common(), without its locks and its list.
#include "config.h"

#include <rpc/rpc.h>
#include <rpc/svc_auth.h>

#include <cstring>

#include "server/run_loop.hpp"
#include "server/service_transport.hpp"

namespace vmrpc::server {
namespace {

void copy_auth(opaque_auth& to, const opaque_auth& from) {
  to.oa_flavor = from.oa_flavor;
  to.oa_length = from.oa_length;
  std::memcpy(to.oa_base, from.oa_base, from.oa_length);
}

}  // namespace

// A call as svc_getreq_common() keeps it; the cooked credentials of the largest flavour take less than their part.
struct ServiceTransport::Call {
  Call() noexcept {  // the rest is filled in as far as it is used
    message.rm_call.cb_cred.oa_base = credentials;
    message.rm_call.cb_verf.oa_base = verifier;
    request.rq_clntcred = cooked;
  }
  void hand_over(rpc_msg& to) const {
    opaque_auth cred = to.rm_call.cb_cred, verf = to.rm_call.cb_verf;
    copy_auth(cred, message.rm_call.cb_cred);
    copy_auth(verf, message.rm_call.cb_verf);
    to = message;
    to.rm_call.cb_cred = cred;
    to.rm_call.cb_verf = verf;
  }

  rpc_msg message;
  svc_req request;
  char credentials[MAX_AUTH_BYTES], verifier[MAX_AUTH_BYTES];
  alignas(16) char cooked[1024];
};

bool ServiceTransport::serve() {
  if (socket_buffered_) return note_dispatch(), svc_getreq_common(registered_fd()), true;
  Call call;
  if (shared() == nullptr || !on_shared([&] { return receive_shared(&call.message); })) return false;
  const Dispatch dispatch = service_.find(subject_.program, subject_.version);
  note_dispatch();
  if (dispatch != nullptr) return run(call, dispatch), true;
  handed_over_ = &call;
  svc_getreq_common(registered_fd());
  return true;
}

// What svc_getreq_common() is given of a call that was received already.
bool ServiceTransport::take_handed_over(rpc_msg* msg) {
  const Call* const call = std::exchange(handed_over_, nullptr);
  if (call == nullptr) return false;
  call->hand_over(*msg);
  return true;
}

// The dispatch routine may destroy the transport: nothing is touched after it.
void ServiceTransport::run(Call& call, Dispatch dispatch) {
  svc_req& request = call.request;
  const call_body& body = call.message.rm_call;
  request.rq_xprt = xprt_;
  request.rq_prog = body.cb_prog;
  request.rq_vers = body.cb_vers;
  request.rq_proc = body.cb_proc;
  request.rq_cred = body.cb_cred;
  bool_t is_answered = FALSE;
  const auth_stat why = _gss_authenticate(&request, &call.message, &is_answered);
  if (why != AUTH_OK) return svcerr_auth(xprt_, why);
  if (!is_answered) dispatch(&request, xprt_);
}

// While the client is on with its answer.
void ServiceTransport::take_releases() {
  association::Shared* const shared = this->shared();
  if (shared == nullptr || shared->heaps == nullptr || !shared->heaps->awaits_releases()) return;
  on_shared([&] { return shared->heaps->take_releases(), true; });
}

void ServiceTransport::finish() {
  handed_over_ = nullptr;  // a transport that libtirpc has forgotten takes nothing
  take_releases();
  if (status() == XPRT_DIED) SVC_DESTROY(xprt_);
}

}  // namespace vmrpc::server
