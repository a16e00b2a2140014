// SPDX-License-Identifier: BSD-3-Clause
// The xen transport: the meeting of two domains.
#include "config.h"

#include "transport/xen.hpp"

#include <arpa/inet.h>

#include <cstring>

#include "base/error.hpp"
#include "base/quiesced.hpp"
#include "base/settings.hpp"
#include "transport/xen_chunks.hpp"
#include "transport/xen_domain.hpp"
#include "transport/xen_event_channel.hpp"
#include "transport/xen_grants.hpp"

namespace vmrpc::transport {
namespace {

using Words = std::vector<std::uint32_t>;

Bytes pack(const Words& words) {
  Bytes bytes(words.size() * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t word = htonl(words[i]);
    std::memcpy(bytes.data() + i * sizeof word, &word, sizeof word);
  }
  return bytes;
}

// At least `least` words.
Words unpack(View bytes, std::size_t least) {
  Words words(bytes.size() / sizeof(std::uint32_t));
  if (bytes.size() % sizeof(std::uint32_t) != 0 || words.size() < least) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  for (std::uint32_t& word : words) word = ntohl(word);
  return words;
}

std::uint16_t allowed_domid(std::uint32_t told) {
  if (!is_domid(told)) throw UpgradeError(RPC_VM_PROTOCOL_ERROR);
  if (!settings().peers.allows_domid(told)) throw UpgradeError(RPC_VM_NOT_ALLOWED);
  return static_cast<std::uint16_t>(told);
}

// What both ends build up, each in its own order.
class Meeting {
 protected:
  Endpoint make_endpoint() {
    const auto& peer_is_there = peer_->shared().identity.owner_is_there;
    auto bell = std::make_unique<EventDoorbell>(std::move(channel_), std::move(own_.pages), peer_is_there);
    Endpoint endpoint;
    endpoint.kind = RPC_VM_XEN;
    endpoint.chunks = std::make_unique<XenChunks>(peer_domid_, std::move(own_.ledger), std::move(peer_ledger_));
    endpoint.peer_domid = peer_domid_;
    endpoint.own = std::move(own_.region);
    endpoint.peer = std::move(peer_);
    endpoint.bell = std::move(bell);
    endpoint.peer_may_vanish = true;
    return endpoint;
  }

  // The peer's region, and its ledger, which is the last reference.
  void map_peer(std::span<const std::uint32_t> references, memory::Window* window) {
    peer_ = map_granted_region(peer_domid_, references.first(references.size() - 1), window);
    peer_ledger_ = map_grants(peer_domid_, references.last(1));
  }

  std::uint16_t peer_domid_ = 0;
  EventChannel channel_;
  GrantedRegion own_;
  std::unique_ptr<memory::PeerRegion> peer_;
  Mapping peer_ledger_;
};

class XenClient final : public ClientMeeting, Meeting {
 public:
  Bytes hello() override { return pack({own_domid()}); }

  Bytes attach(View answer, memory::Window* peer_window) override {
    const Words words = unpack(answer, 4);
    peer_domid_ = allowed_domid(words[0]);
    map_peer(std::span(words).subspan(2), peer_window);
    channel_ = EventChannel::connect(peer_domid_, words[1]);
    own_ = grant_region(peer_domid_, channel_.port());
    return pack(own_.references);
  }

  Endpoint finish(View) override { return make_endpoint(); }
};

class XenServer final : public ServerMeeting, Meeting {
 public:
  Bytes hello(View offer) override {
    if (is_quiesced()) throw UpgradeError(RPC_VM_OFF);
    peer_domid_ = allowed_domid(unpack(offer, 1)[0]);
    Words words = {own_domid(), 0};
    channel_ = EventChannel::offer(peer_domid_);
    own_ = grant_region(peer_domid_, channel_.port());
    words[1] = channel_.port();
    words.insert(words.end(), own_.references.begin(), own_.references.end());
    return pack(words);
  }

  Bytes attach(View data, memory::Window* peer_window) override {
    map_peer(unpack(data, 2), peer_window);
    return {};
  }

  Endpoint finish() override { return make_endpoint(); }
};

// Any peer may be in another domain of this host.
bool reaches(int) { return may_use_xen(); }

}  // namespace

Backend xen_backend() {
  return {RPC_VM_XEN, true, reaches,
          []() -> std::unique_ptr<ClientMeeting> { return std::make_unique<XenClient>(); },
          []() -> std::unique_ptr<ServerMeeting> { return std::make_unique<XenServer>(); },
          false};
}

}  // namespace vmrpc::transport
