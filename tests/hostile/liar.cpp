// SPDX-License-Identifier: BSD-3-Clause
// Finding what the library has, and writing past it.
#include "liar.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "transport/xen_kernel.hpp"

#include "handshake.hpp"

extern "C" {
#include "../support/child.h"
#include "victim.h"
}

namespace hostile {

using namespace vmrpc::memory;

namespace {

constexpr std::size_t kPage = 4096, kChunk = std::size_t{256} << 10;

// Of granted pages: whole chunks are the heap, single pages are about it, and the rest is a region.
bool is_granted(const std::string& line, std::size_t bytes, const std::string& memfd) {
  if (line.find("/dev/xen/gnt") == std::string::npos) return false;
  const bool is_heap = bytes % kChunk == 0;
  return bytes > kPage && is_heap == (memfd == "vmrpc-heap");
}

unsigned char* find_ledger() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    if (line.find("/dev/xen/gntalloc") == std::string::npos) continue;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2 || end - begin != kPage) continue;
    // The first chunk's pages stand in the first directory: the ledger has one entry, a directory many.
    const auto* const words = reinterpret_cast<const std::uint32_t*>(begin);
    if (words[0] != 0 && words[1] == 0) return reinterpret_cast<unsigned char*>(begin);
  }
  return nullptr;
}

}  // namespace

std::vector<Mapped> mappings_of(const std::string& memfd) {
  std::vector<Mapped> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char modes[5] = "";
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, modes) != 3) continue;
    if (line.find("/memfd:" + memfd + " ") == std::string::npos && !is_granted(line, end - begin, memfd)) continue;
    found.push_back({reinterpret_cast<unsigned char*>(begin), end - begin, modes[1] == 'w'});
  }
  return found;
}

namespace {

Mapped find_mapping(const std::string& memfd, bool writable) {
  for (const Mapped& mapped : mappings_of(memfd)) {
    if (mapped.writable == writable) return mapped;
  }
  die("no %s mapping of %s", writable ? "writable" : "read-only", memfd.c_str());
}

int option_of(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// The device of the latest event channel.
int find_event_device() {
  int found = -1;
  DIR* const entries = ::opendir("/proc/self/fd");
  if (entries == nullptr) die("/proc/self/fd: %m");
  while (const dirent* const entry = ::readdir(entries)) {
    char target[64] = "";
    if (::readlinkat(::dirfd(entries), entry->d_name, target, sizeof target - 1) < 0) continue;
    if (std::strcmp(target, vmrpc::transport::kEventDevice) == 0) found = std::max(found, std::atoi(entry->d_name));
  }
  ::closedir(entries);
  return found;
}

// The library's socket of that type: the latest made, later than the channels of the test.
int find_socket(int type) {
  int found = -1;
  DIR* const entries = ::opendir("/proc/self/fd");
  if (entries == nullptr) die("/proc/self/fd: %m");
  while (const dirent* const entry = ::readdir(entries)) {
    const int fd = std::atoi(entry->d_name);
    if (fd == socket_of_the_other_end()) continue;
    if (option_of(fd, SO_DOMAIN) == AF_UNIX && option_of(fd, SO_TYPE) == type) found = std::max(found, fd);
  }
  ::closedir(entries);
  return found;
}

std::uint32_t latest_sequence(const RegionShared& region) {
  std::uint32_t latest = 0;
  for (const FrameShared& frame : region.frames) {
    latest = std::max(latest, FrameWord::unpack(frame.word.load(std::memory_order_acquire)).sequence);
  }
  return latest;
}

// Of a message that the library placed, behind a header of `header_bytes`.
std::uint32_t fingerprint_in(const RegionShared& region, std::size_t header_bytes) {
  for (const FrameShared& frame : region.frames) {
    const FrameKind kind = FrameWord::unpack(frame.word.load()).kind;
    if (kind != FrameKind::kPlaced && kind != FrameKind::kPlacedHeld) continue;
    PlacedShared placed;
    std::memcpy(&placed, frame.body + header_bytes, sizeof placed);
    return placed.fingerprint;
  }
  die("no value was placed");
}

}  // namespace

constexpr std::size_t kCallHeaderBytes = 40, kReplyHeaderBytes = 24;

Liar::Liar(Role role) : role_(role) {
  own_ = reinterpret_cast<RegionShared*>(find_mapping("vmrpc", true).begin);
  peer_ = reinterpret_cast<const RegionShared*>(find_mapping("vmrpc", false).begin);
  heap_ = find_mapping("vmrpc-heap", true);
  const auto own = reinterpret_cast<std::uintptr_t>(own_), peer = reinterpret_cast<std::uintptr_t>(peer_);
  pair_base_ = std::min(own, peer);
  window_bytes_ = std::max(own, peer) - pair_base_;
  ledger_ = find_ledger();
  if (ledger_ != nullptr) {
    find_event_channel();
  } else {
    bell_ = find_socket(SOCK_STREAM);
    chunks_ = find_socket(SOCK_SEQPACKET);
  }
  next_ = latest_sequence(*own_) + 1;
  answer_ = latest_sequence(*peer_) + 1;
  fingerprint_ = fingerprint_in(*own_, role == Role::kClient ? kCallHeaderBytes : kReplyHeaderBytes);
}

// The device does not tell its port, but rings no other's.
void Liar::find_event_channel() {
  constexpr unsigned kPorts = 4096;
  event_channel_ = find_event_device();
  ioctl_evtchn_notify request{};
  for (request.port = 1; request.port < kPorts; request.port++) {
    if (::ioctl(event_channel_, IOCTL_EVTCHN_NOTIFY, &request) != 0) continue;
    port_ = request.port;
    return;
  }
  die("no event channel is found");
}

PlacedShared Liar::descriptor_to(const void* root) const noexcept {
  return {static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(root) - pair_base_), fingerprint_, 65536};
}

std::vector<unsigned char> Liar::header(unsigned version, unsigned procedure) const {
  std::vector<std::uint32_t> words;
  if (role_ == Role::kClient) {
    words = {4711, CALL, RPC_MSG_VERSION, HOSTILE_PROG, version, procedure, 0, 0, 0, 0};
    for (std::uint32_t& word : words) word = htonl(word);
  } else {
    words = {0, htonl(REPLY), 0, 0, 0, 0};
    std::memcpy(words.data(), peer_->frames[latest_sequence(*peer_) % kFrameCount].body, sizeof words[0]);
  }
  const auto* const bytes = reinterpret_cast<const unsigned char*>(words.data());
  return {bytes, bytes + words.size() * sizeof words[0]};
}

void Liar::publish(FrameKind kind, std::span<const unsigned char> body, std::size_t length) {
  if (!body.empty()) std::memcpy(own_->frames[next_ % kFrameCount].body, body.data(), body.size());
  publish_word(FrameWord{next_, kind, static_cast<std::uint32_t>(length)}.pack());
}

// The peer is to ring for what comes from now on; it rings once for each sleep.
void Liar::lie_down() const { own_->sleep.epoch.store((own_->sleep.epoch.load() + 1) | 1); }

void Liar::publish_word(std::uint64_t word) {
  lie_down();
  own_->written.listening.store(1);
  own_->frames[next_ % kFrameCount].word.store(word);
  ++next_;
  ring();
}

void Liar::ring() const {
  if (event_channel_ < 0) {
    (void)!::send(bell_, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  ioctl_evtchn_notify request{port_};
  (void)::ioctl(event_channel_, IOCTL_EVTCHN_NOTIFY, &request);
}

bool Liar::announce(std::uint32_t first, std::uint32_t count, int fd, std::size_t copies) const {
  const std::uint32_t wire[2] = {first, count};
  iovec part{const_cast<std::uint32_t*>(wire), sizeof wire};
  std::vector<int> fds(fd >= 0 ? copies : 0, fd);
  std::vector<std::uint64_t> control((CMSG_SPACE(fds.size() * sizeof fd) + 7) / 8);
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof fd);
    cmsghdr* const c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(fds.size() * sizeof fd);
    std::memcpy(CMSG_DATA(c), fds.data(), fds.size() * sizeof fd);
  }
  const bool sent = ::sendmsg(chunks_, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof wire;
  own_->chunks.epoch.fetch_add(1);
  return sent;
}

FrameWord Liar::latest_of_peer() const noexcept {
  return FrameWord::unpack(peer_->frames[latest_sequence(*peer_) % kFrameCount].word.load());
}

void Liar::drain() const {
  char bytes[64];
  while (::recv(bell_, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

bool Liar::bell_has_hung_up(int timeout_ms) const {
  pollfd bell{bell_, POLLIN | POLLRDHUP, 0};
  if (::poll(&bell, 1, timeout_ms) <= 0) return false;
  char bytes[64];
  const ssize_t got = ::recv(bell_, bytes, sizeof bytes, MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN);
}

namespace {

const StreamShared& stream_of(const FrameShared& frame) { return reinterpret_cast<const StreamShared&>(frame.body); }
bool is_complete(const FrameShared& frame) { return stream_of(frame).end.load(std::memory_order_acquire) != 0; }

}  // namespace

// Gives the stream's bytes back, and tells where the message starts.
const unsigned char* Liar::take_stream(const FrameShared& frame) const {
  const StreamShared& stream = stream_of(frame);
  own_->read.stream.store((stream.end.load() & ~kAbortedStream) - 1);
  const auto* const begin = reinterpret_cast<const unsigned char*>(peer_) + kStreamOffset;
  return begin + stream.start % peer_->identity.stream_bytes;
}

// Shared memory says it either way; a socket wakes us when the answer rings.
bool Liar::has_hung_up(int timeout_ms) const {
  if (event_channel_ < 0) return bell_has_hung_up(timeout_ms);
  std::this_thread::yield();
  return peer_->identity.owner_is_there.load(std::memory_order_acquire) == 0;
}

Fate Liar::await_answer() {
  const deadline_t deadline = deadline_in_ms(PATIENCE_MS);
  while (deadline_left_ms(deadline) > 0) {
    lie_down();
    const FrameShared& frame = peer_->frames[answer_ % kFrameCount];
    const FrameWord word = FrameWord::unpack(frame.word.load(std::memory_order_acquire));
    if (word.sequence == answer_) {
      if (word.kind == FrameKind::kStream && !is_complete(frame)) continue;
      std::uint32_t header[6];
      std::memcpy(header, word.kind == FrameKind::kStream ? take_stream(frame) : frame.body, sizeof header);
      own_->read.frames.store(answer_++);
      return header[2] == htonl(MSG_ACCEPTED) && header[5] == htonl(SUCCESS) ? Fate::kServed : Fate::kRefused;
    }
    if (has_hung_up(deadline_left_ms(deadline))) return Fate::kEnded;
  }
  return Fate::kNothing;
}

}  // namespace hostile
