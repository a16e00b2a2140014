// SPDX-License-Identifier: BSD-3-Clause
// Where regions and doorbells come from: the interface of all transports.
//
// Two ends meet in three steps, each a call of the control protocol over the socket. What a
// transport has to tell the other end travels as opaque bytes in these calls:
//
//   client                          server
//   hello()          -- HELLO -->   hello(offer)
//   attach(answer)   <-- answer --
//                    -- ATTACH -->  attach(data)
//   finish(answer)   <-- answer --  finish()
//
// Neither side ever blocks in them. A step that fails throws UpgradeError. That both ends really
// share memory is proved afterwards, with nonces read through it (association/).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "memory/region.hpp"
#include "rpc/vm.h"
#include "wait/doorbell.hpp"

namespace vmrpc::transport {

using Bytes = std::vector<unsigned char>;
using View = std::span<const unsigned char>;

// What a meeting ends in.
struct Endpoint {
  rpc_vm_transport kind = RPC_VM_SOCKET;
  std::unique_ptr<memory::OwnRegion> own;
  std::unique_ptr<memory::PeerRegion> peer;
  std::unique_ptr<wait::Doorbell> bell;
  bool peer_may_vanish = false;  // with its kernel, which then tells nobody: the socket has to be watched
};

class ClientMeeting {
 public:
  virtual ~ClientMeeting() = default;
  virtual Bytes hello() = 0;
  virtual Bytes attach(View answer) = 0;
  virtual Endpoint finish(View answer) = 0;
};

class ServerMeeting {
 public:
  virtual ~ServerMeeting() = default;
  virtual Bytes hello(View offer) = 0;
  virtual Bytes attach(View data) = 0;
  virtual Endpoint finish() = 0;
};

// One backend. `reaches` tells whether the other end of a connected socket could be met at all;
// where it says no, nothing is asked of the peer.
struct Backend {
  rpc_vm_transport kind;
  bool (*reaches)(int socket);
  std::unique_ptr<ClientMeeting> (*client)();
  std::unique_ptr<ServerMeeting> (*server)();
  bool one_kernel;  // schedules both ends: their affinity masks name the same CPUs
};

// The backends that the settings allow, best first.
std::span<const Backend> backends();
// The one of that kind, or null.
const Backend* find_backend(rpc_vm_transport kind);

}  // namespace vmrpc::transport
