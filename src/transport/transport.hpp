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

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/fd.hpp"
#include "memory/region.hpp"
#include "memory/window.hpp"
#include "rpc/vm.h"
#include "wait/doorbell.hpp"

namespace vmrpc::transport {

using Bytes = std::vector<unsigned char>;
using View = std::span<const unsigned char>;

// How the chunks of a heap reach the peer once both ends have met (memory/heap.hpp). Nothing here blocks.
class ChunkExchange {
 public:
  struct Announcement {
    std::size_t first_chunk, chunk_count;
    OwnedFd memory;
  };

  virtual ~ChunkExchange() = default;
  // Maps fresh zeroed chunks at `at`, which was reserved, and announces them to the peer. False: not now.
  virtual bool share(void* at, std::size_t first_chunk, std::size_t chunk_count) = 0;
  // The next announcement of the peer's, if there is one. What makes no sense is passed over.
  virtual std::optional<Announcement> take() = 0;
  // Maps what was announced for reading. kNo: it is not memory that stays as it is. kGone: the peer has taken it
  // back meanwhile, as it may.
  enum class Mapped { kYes, kGone, kNo };
  virtual Mapped map(const Announcement& announcement, void* at) = 0;
  // These of our own are not shared any more; their memory goes with its mapping, next.
  virtual void take_back(std::size_t first_chunk, std::size_t chunk_count) noexcept = 0;
  // How many empty ones may be kept for later.
  virtual std::size_t spare_chunks() const noexcept = 0;
  // Whether a forked child has what was mapped of the peer's.
  virtual bool children_inherit() const noexcept = 0;
};

struct Windows {
  memory::Window own, peer;
};

// What a meeting ends in.
struct Endpoint {
  rpc_vm_transport kind = RPC_VM_SOCKET;
  std::unique_ptr<memory::OwnRegion> own;
  std::unique_ptr<memory::PeerRegion> peer;
  std::unique_ptr<wait::Doorbell> bell;
  bool peer_may_vanish = false;  // with its kernel, which then tells nobody: the socket has to be watched
  std::unique_ptr<ChunkExchange> chunks;  // null: the transport has none, everything is XDR
  std::optional<uid_t> peer_uid;          // as the kernel tells it
  std::optional<unsigned> peer_domid;     // proved by what its domain alone can map
  std::optional<Windows> windows;         // where pointers mean the same on both sides, when that was agreed
};

// `peer_window` is where the peer's region will lie, null when that was not agreed. A transport that cannot move
// what it has mapped maps it there at once.
class ClientMeeting {
 public:
  virtual ~ClientMeeting() = default;
  virtual Bytes hello() = 0;
  virtual Bytes attach(View answer, memory::Window* peer_window) = 0;
  virtual Endpoint finish(View answer) = 0;
};

class ServerMeeting {
 public:
  virtual ~ServerMeeting() = default;
  virtual Bytes hello(View offer) = 0;
  virtual Bytes attach(View data, memory::Window* peer_window) = 0;
  virtual Endpoint finish() = 0;
};

// One backend. `reaches` tells whether the other end of a connected socket could be met at all;
// where it says no, nothing is asked of the peer.
struct Backend {
  rpc_vm_transport kind;
  bool has_chunks;  // ends in an Endpoint with chunks
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
