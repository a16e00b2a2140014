// SPDX-License-Identifier: BSD-3-Clause
// Lies about values, and about everything else in a region.
#include "lies.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <thread>

#include "descriptors.hpp"
#include "handshake.hpp"

extern "C" {
#include "../support/child.h"
#include "victim.h"
}

namespace hostile {

using namespace vmrpc::memory;

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::uint64_t kFar = std::uint64_t{1} << 40;

template <typename T>
T* address(std::uintptr_t at) {
  return reinterpret_cast<T*>(at);
}

// --- messages ---

template <typename T>
void append(std::vector<unsigned char>& bytes, const T& value) {
  const auto* const at = reinterpret_cast<const unsigned char*>(&value);
  bytes.insert(bytes.end(), at, at + sizeof value);
}

void send_descriptor(Liar& liar, unsigned version, const PlacedShared& placed, FrameKind kind = FrameKind::kPlaced) {
  std::vector<unsigned char> body = liar.header(version, HOSTILE_SUM);
  append(body, placed);
  liar.publish(kind, body, body.size());
}

void send_root(Liar& liar, unsigned version, const void* root) {
  send_descriptor(liar, version, liar.descriptor_to(root));
}

void send_root_offset(Liar& liar, unsigned version, std::uint32_t root) {
  PlacedShared placed = liar.descriptor_to(nullptr);
  placed.root = root;
  send_descriptor(liar, version, placed);
}

// A right value in our heap, with room for others behind it.
value* right_value(Liar& liar) {
  auto* const root = reinterpret_cast<value*>(liar.heap());
  auto* const numbers = reinterpret_cast<u_int*>(liar.heap() + 4096);
  auto* const label = reinterpret_cast<char*>(liar.heap() + 8192);
  for (u_int i = 0; i < 16; i++) numbers[i] = i;
  std::strcpy(label, "right");
  *root = {16, numbers, label, nullptr};
  return root;
}

template <typename Change>
void send_changed(Liar& liar, unsigned version, const Change& change) {
  value* const root = right_value(liar);
  change(*root);
  send_root(liar, version, root);
}

// A message without a value, that any victim answers (or, as an answer, cannot use).
void send_plain(Liar& liar, unsigned version) {
  const std::vector<unsigned char> body = liar.header(version, HOSTILE_NULL);
  liar.publish(FrameKind::kInline, body, body.size());
}

void send_right(Liar& liar, unsigned version) { send_root(liar, version, right_value(liar)); }

// --- values ---

constexpr Lie kInValues[] = {
    {"the truth", Expected::kServed, send_right},
    {"root: misaligned", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, reinterpret_cast<char*>(right_value(l)) + 3); }},
    {"root: header of the own region", Expected::kNotObeyed,
     [](Liar& l, unsigned v) { send_root(l, v, l.own_begin()); }},
    {"root: last word of the own region's page", Expected::kNotObeyed,
     [](Liar& l, unsigned v) { send_root(l, v, l.own_begin() + 4096 - 8); }},
    {"root: the victim's region", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, address<void>(l.peer_begin())); }},
    {"root: the victim's heap, where no block is", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, address<void>(l.peer_begin() + (512 << 10) + 200 * 1024)); }},
    {"root: between region and heap", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, l.heap() - 4096); }},
    {"root: a chunk that is not there", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, l.heap() + l.heap_bytes() + 8 * kChunk); }},
    {"root: over the end of the heap", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root(l, v, l.heap() + l.heap_bytes() - 8); }},
    {"root: behind both windows", Expected::kEnds,
     [](Liar& l, unsigned v) { send_root_offset(l, v, static_cast<std::uint32_t>(2 * l.window_bytes())); }},
    {"root: 2^32-8", Expected::kEnds, [](Liar& l, unsigned v) { send_root_offset(l, v, 0xfffffff8); }},
    {"numbers: none where there should be", Expected::kEnds,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.numbers = nullptr; }); }},
    {"numbers: 2^32-1 of them", Expected::kNotObeyed,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.n_numbers = ~0u; }); }},
    {"numbers: one more than the bound", Expected::kNotObeyed,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.n_numbers = 100001; }); }},
    {"numbers: over the end of the heap", Expected::kEnds,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [&](value& x) { x.numbers = reinterpret_cast<u_int*>(l.heap() + l.heap_bytes() - 60); });
     }},
    {"numbers: misaligned", Expected::kEnds,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [&](value& x) { x.numbers = reinterpret_cast<u_int*>(l.heap() + 4097); });
     }},
    {"numbers: in the victim's region", Expected::kEnds,
     [](Liar& l, unsigned v) { send_changed(l, v, [&](value& x) { x.numbers = address<u_int>(l.peer_begin()); }); }},
    {"numbers: somewhere in the victim", Expected::kEnds,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [](value& x) { x.numbers = reinterpret_cast<u_int*>(&::environ); });
     }},
    {"numbers: an address that wraps", Expected::kEnds,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.numbers = address<u_int>(~std::uintptr_t{3}); }); }},
    {"numbers: not an address of this machine", Expected::kEnds,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [](value& x) { x.numbers = address<u_int>(0x8000000000000000); });
     }},
    {"numbers: the value itself", Expected::kAnything,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.numbers = reinterpret_cast<u_int*>(&x); }); }},
    {"label: none", Expected::kEnds,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.label = nullptr; }); }},
    {"label: does not end within the bound", Expected::kNotObeyed,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [](value& x) { std::memset(x.label, 'x', 1024); });
     }},
    {"label: does not end within the heap", Expected::kEnds,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [&](value& x) {
         x.label = reinterpret_cast<char*>(l.heap() + l.heap_bytes() - 100);
         std::memset(x.label, 'x', 100);
       });
     }},
    {"next: itself", Expected::kNotObeyed,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.next = &x; }); }},
    {"next: a circle of two", Expected::kNotObeyed,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [&](value& x) {
         x.next = reinterpret_cast<value*>(l.heap() + 1024);
         *x.next = x;
         x.next->next = &x;
       });
     }},
    {"next: half over another value", Expected::kAnything,
     [](Liar& l, unsigned v) { send_changed(l, v, [](value& x) { x.next = reinterpret_cast<value*>(&x.label); }); }},
    {"next: a frame", Expected::kNotObeyed,
     [](Liar& l, unsigned v) {
       send_changed(l, v, [&](value& x) { x.next = reinterpret_cast<value*>(l.own().frames[3].body); });
     }},
    {"bytes: 0", Expected::kAnything,
     [](Liar& l, unsigned v) {
       PlacedShared placed = l.descriptor_to(right_value(l));
       placed.bytes = 0;
       send_descriptor(l, v, placed);
     }},
    {"bytes: 2^63-1", Expected::kAnything,
     [](Liar& l, unsigned v) {
       PlacedShared placed = l.descriptor_to(right_value(l));
       placed.bytes = kHasForeign - 1;
       send_descriptor(l, v, placed);
     }},
    {"bytes: 2^63-1, and a circle", Expected::kNotObeyed,
     [](Liar& l, unsigned v) {
       value* const root = right_value(l);
       root->next = root;
       PlacedShared placed = l.descriptor_to(root);
       placed.bytes = kHasForeign - 1;
       send_descriptor(l, v, placed);
     }},
    {"foreign parts: announced, not there", Expected::kEnds,
     [](Liar& l, unsigned v) {
       PlacedShared placed = l.descriptor_to(right_value(l));
       placed.bytes |= kHasForeign;
       send_descriptor(l, v, placed);
     }},
    {"fingerprint: another type's", Expected::kNotObeyed,
     [](Liar& l, unsigned v) {
       PlacedShared placed = l.descriptor_to(right_value(l));
       placed.fingerprint ^= 1;
       send_descriptor(l, v, placed);
     }},
    {"descriptor: cut", Expected::kEnds,
     [](Liar& l, unsigned v) {
       std::vector<unsigned char> body = l.header(v, HOSTILE_SUM);
       append(body, l.descriptor_to(right_value(l)));
       l.publish(FrameKind::kPlaced, body, body.size() - 1);
     }},
    {"held: a number that was used before", Expected::kServed,
     [](Liar& l, unsigned v) { send_descriptor(l, v, l.descriptor_to(right_value(l)), FrameKind::kPlacedHeld); }},
};

// --- frames and streams ---

void send_stream(Liar& liar, std::uint64_t start, std::uint64_t end) {
  std::vector<unsigned char> body;
  append(body, start);
  append(body, end);
  liar.publish(FrameKind::kStream, body, body.size());
}

void send_word(Liar& liar, std::uint32_t sequence, FrameKind kind, std::uint32_t length) {
  liar.publish_word(FrameWord{sequence, kind, length}.pack());
}

void send_mark(Liar& liar, std::uint64_t count) {
  std::vector<unsigned char> body;
  append(body, count);
  liar.publish(FrameKind::kSocket, body, body.size());
}

std::uint64_t stream_position(const Liar& liar) { return liar.own().written.stream.load(); }

// --- chunks ---

void announce_and_send(Liar& liar, unsigned version, std::uint32_t first, std::uint32_t count, int fd) {
  if (!liar.announce(first, count, fd)) die("a chunk cannot be announced");
  if (fd >= 0) ::close(fd);
  send_right(liar, version);
}

void announce_thousands(Liar& liar, unsigned version) {
  const int fd = memory_of(kChunk, 0, kAllSeals);
  for (int i = 0; i < 3000 && liar.announce(8, 1, fd); i++) continue;
  send_right(liar, version);
}

void fill_garbage(Liar& liar, std::size_t from, std::size_t bytes) {
  std::minstd_rand random(static_cast<unsigned>(bytes));
  for (std::size_t i = from; i < from + bytes; i++) liar.own_begin()[i] = static_cast<unsigned char>(random() >> 8);
}

void announce_with_many(Liar& liar, unsigned version) {
  const int fd = memory_of(kChunk, 0, kAllSeals);
  if (!liar.announce(8, 1, fd, 200)) die("two hundred descriptors cannot be sent");
  ::close(fd);
  send_right(liar, version);
}

void leave_chunks(Liar& liar) {
  for (auto& word : liar.own().chunks.present) word.store(0);
  liar.own().chunks.epoch.fetch_add(1);
}

constexpr Lie kInRegions[] = {
    {"frame: a number from far ahead", Expected::kEnds,
     [](Liar& l, unsigned) { send_word(l, l.next() + 1000, FrameKind::kInline, 8); }},
    {"frame: the number before", Expected::kEnds,
     [](Liar& l, unsigned) { send_word(l, l.next() - 1, FrameKind::kInline, 8); }},
    {"frame: longer than it is", Expected::kEnds,
     [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind::kInline, kFrameBodyBytes + 1); }},
    {"frame: as long as can be said", Expected::kEnds,
     [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind::kInline, 0xffffff); }},
    {"frame: empty", Expected::kAnything, [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind::kInline, 0); }},
    {"frame: of kind 0", Expected::kEnds, [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind{0}, 8); }},
    {"frame: of kind 200", Expected::kEnds, [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind{200}, 8); }},
    {"frame: placed and empty", Expected::kAnything,
     [](Liar& l, unsigned) { send_word(l, l.next(), FrameKind::kPlaced, 0); }},
    {"stream: starts elsewhere", Expected::kEnds, [](Liar& l, unsigned) { send_stream(l, kFar, 2 * kFar); }},
    {"stream: ends before it starts", Expected::kEnds,
     [](Liar& l, unsigned) {
       l.own().written.stream.store(stream_position(l) + 100);
       send_stream(l, stream_position(l) - 100, 1 + (stream_position(l) == 100 ? 0 : stream_position(l) - 200));
     }},
    {"stream: ends behind what was written", Expected::kEnds,
     [](Liar& l, unsigned) { send_stream(l, stream_position(l), stream_position(l) + 4097); }},
    {"stream: more written than it holds", Expected::kEnds,
     [](Liar& l, unsigned) {
       const std::uint64_t start = stream_position(l);
       l.own().written.stream.store(start + kFar);
       send_stream(l, start, 0);
     }},
    {"stream: given up in the middle", Expected::kAnything,
     [](Liar& l, unsigned) { send_stream(l, stream_position(l), kAbortedStream | (stream_position(l) + 1)); }},
    {"marks: messages of the socket that never come", Expected::kAnything,
     [](Liar& l, unsigned v) {
       send_mark(l, kFar);
       send_plain(l, v);
     }},
    {"marks: one behind the other", Expected::kAnything,
     [](Liar& l, unsigned) {
       for (std::size_t i = 0; i < kFrameCount; i++) send_mark(l, 0);
     }},
    {"read: more frames than were sent", Expected::kAnything,
     [](Liar& l, unsigned v) {
       l.own().read.frames.store(0x7fffffff);
       send_plain(l, v);
     }},
    {"read: more of the stream than was sent", Expected::kAnything,
     [](Liar& l, unsigned v) {
       l.own().read.stream.store(kFar);
       send_plain(l, v);
     }},
    {"identity: changed after the start", Expected::kServed,
     [](Liar& l, unsigned v) {
       fill_garbage(l, 0, sizeof(IdentityShared));
       send_right(l, v);
     }},
    {"accepted: garbage", Expected::kServed,
     [](Liar& l, unsigned v) {
       fill_garbage(l, offsetof(RegionShared, accepted), sizeof(AcceptedShared));
       send_right(l, v);
     }},
    {"taken: garbage", Expected::kServed,
     [](Liar& l, unsigned v) {
       l.own().taken.count.store(0x80000000);
       send_descriptor(l, v, l.descriptor_to(right_value(l)), FrameKind::kPlacedHeld);
     }},
    {"releases: more than there are slots", Expected::kAnything,
     [](Liar& l, unsigned v) {
       l.own().releases.count.store(kReleaseSlots + 5);
       send_right(l, v);
     }},
    {"releases: numbers that were never sent", Expected::kAnything,
     [](Liar& l, unsigned v) {
       fill_garbage(l, offsetof(RegionShared, releases), sizeof(ReleasesShared));
       l.own().releases.count.store(7);
       send_right(l, v);
     }},
    {"chunks: another epoch, nothing announced", Expected::kServed,
     [](Liar& l, unsigned v) {
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
    {"chunks: gone, and used", Expected::kEnds,
     [](Liar& l, unsigned v) {
       leave_chunks(l);
       send_right(l, v);
     }},
    {"chunks: gone, and nothing is said of them", Expected::kAnything,
     [](Liar& l, unsigned v) {
       leave_chunks(l);
       send_plain(l, v);
     }},
    {"asleep and awake at random", Expected::kAnything,
     [](Liar& l, unsigned v) {
       send_plain(l, v);
       for (std::uint32_t i = 0; i < 1000; i++) l.own().sleep.epoch.store(i * 2654435761u);
     }},
    {"everything: garbage", Expected::kAnything,
     [](Liar& l, unsigned) {
       fill_garbage(l, 0, kStreamOffset);
       l.ring();
     }},
    {"everything: zeroes", Expected::kAnything,
     [](Liar& l, unsigned) {
       std::memset(l.own_begin(), 0, kStreamOffset);
       l.ring();
     }},
};

constexpr Lie kOverSockets[] = {
    {"chunks: other memory where a value lies", Expected::kAnything,
     [](Liar& l, unsigned v) {
       const int fd = memory_of(kChunk, 0, kAllSeals);
       send_right(l, v);
       l.announce(0, 1, fd);
       ::close(fd);
       l.ring();
     }},
    {"chunks: with two hundred descriptors", Expected::kServed, announce_with_many},
    {"socket for chunks: made to block, and empty", Expected::kServed,
     [](Liar& l, unsigned v) {
       const int other = socket_of_the_other_end();
       for (const int fd : {l.chunks(), other >= 0 ? other : l.chunks()}) ::fcntl(fd, F_SETFL, 0);
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
    {"socket for chunks: read by its sender", Expected::kServed,
     [](Liar& l, unsigned v) {
       char bytes[64];
       l.announce(8, 1, memory_of(kChunk, 0, kAllSeals));
       const int other = socket_of_the_other_end();
       if (other >= 0) (void)!::recv(other, bytes, sizeof bytes, MSG_DONTWAIT);
       send_right(l, v);
     }},
    {"doorbell: drained", Expected::kAnything,
     [](Liar& l, unsigned v) {
       send_right(l, v);
       for (int i = 0; i < 1000; i++) l.drain();
     }},
    {"doorbell: made to block", Expected::kServed,
     [](Liar& l, unsigned v) {
       ::fcntl(l.bell(), F_SETFL, 0);
       send_right(l, v);
     }},
    {"chunks: right ones, unused", Expected::kServed,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, memory_of(kChunk, 0, kAllSeals)); }},
    {"chunks: no memory with it", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, -1); }},
    {"chunks: not sealed", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, memory_of(kChunk, 0, 0)); }},
    {"chunks: may shrink", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, memory_of(kChunk, 0, F_SEAL_GROW)); }},
    {"chunks: a page short", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, memory_of(kChunk - 4096, 0, kAllSeals)); }},
    {"chunks: empty", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, memory_of(0, 0, kAllSeals)); }},
    {"chunks: none of them", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 0, memory_of(kChunk, 0, kAllSeals)); }},
    {"chunks: 2^32-1 of them", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, ~0u, memory_of(kChunk, 0, kAllSeals)); }},
    {"chunks: behind the window", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, kMostChunks, 1, memory_of(kChunk, 0, kAllSeals)); }},
    {"chunks: number 2^32-1", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, ~0u, 1, memory_of(kChunk, 0, kAllSeals)); }},
    {"chunks: a pipe", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, a_pipe()); }},
    {"chunks: a directory", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, ::open("/", O_RDONLY | O_CLOEXEC)); }},
    {"chunks: a device", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, ::open("/dev/zero", O_RDWR | O_CLOEXEC)); }},
    {"chunks: huge pages", Expected::kAnything,
     [](Liar& l, unsigned v) {
       const int fd = memory_of(std::size_t{2} << 20, MFD_HUGETLB, kAllSeals);
       announce_and_send(l, v, 8, 8, fd >= 0 ? fd : memory_of(kChunk, 0, kAllSeals));
     }},
    {"chunks: a connection that blocks who closes it", Expected::kEnds,
     [](Liar& l, unsigned v) { announce_and_send(l, v, 8, 1, lingering_connection()); }},
    {"chunks: thousands", Expected::kServed, announce_thousands},
    {"doorbell: full", Expected::kServed,
     [](Liar& l, unsigned v) {
       const char bytes[4096] = {};
       while (::send(l.bell(), bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) continue;
       send_right(l, v);
     }},
    {"doorbell: closed for writing", Expected::kAnything,
     [](Liar& l, unsigned v) {
       ::shutdown(l.bell(), SHUT_WR);
       send_right(l, v);
     }},
    {"doorbell: closed", Expected::kAnything,
     [](Liar& l, unsigned v) {
       ::shutdown(l.bell(), SHUT_RDWR);
       send_right(l, v);
     }},
    {"socket for chunks: closed", Expected::kServed,
     [](Liar& l, unsigned v) {
       ::shutdown(l.chunks(), SHUT_RDWR);
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
};

// --- the ledger of granted chunks: 32 directories' grants, then 512 generations ---

std::uint32_t* ledger_word(const Liar& liar, std::size_t number) {
  return reinterpret_cast<std::uint32_t*>(liar.ledger()) + number;
}
constexpr std::size_t kDirectories = 32, kGenerations = 512;

constexpr Lie kAboutGrants[] = {
    {"ledger: a chunk whose grants are none", Expected::kAnything,
     [](Liar& l, unsigned v) {
       *ledger_word(l, kDirectories + 9) = 77;
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
    {"ledger: a chunk in a directory that is not there", Expected::kAnything,
     [](Liar& l, unsigned v) {
       *ledger_word(l, kDirectories + kGenerations - 1) = 1;
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
    {"ledger: the chunk granted anew again and again", Expected::kAnything,
     [](Liar& l, unsigned v) {
       for (std::uint32_t i = 0; i < 1000; i++) {
         *ledger_word(l, kDirectories) += 1;
         l.own().chunks.epoch.fetch_add(1);
       }
       send_right(l, v);
     }},
    {"ledger: ones", Expected::kAnything,
     [](Liar& l, unsigned v) {
       std::memset(l.ledger(), 0xff, (kDirectories + kGenerations) * sizeof(std::uint32_t));
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
    {"ledger: zeroes", Expected::kAnything,
     [](Liar& l, unsigned v) {
       std::memset(l.ledger(), 0, (kDirectories + kGenerations) * sizeof(std::uint32_t));
       l.own().chunks.epoch.fetch_add(1);
       send_right(l, v);
     }},
};

// --- releases ---

// Asks for values, which come in the victim's heap; returns the number of the answer's frame, or nothing when it did
// not come so.
std::optional<std::uint32_t> make(Liar& liar, unsigned version, std::uint32_t count = 3) {
  std::vector<unsigned char> body = liar.header(version, HOSTILE_MAKE);
  append(body, htonl(count));
  liar.publish(FrameKind::kInline, body, body.size());
  if (liar.await_answer() != Fate::kServed) return std::nullopt;
  const FrameWord word = liar.latest_of_peer();
  return word.kind == FrameKind::kPlacedHeld ? std::optional(word.sequence) : std::nullopt;
}

void release(Liar& liar, std::uint32_t number) {
  ReleasesShared& releases = liar.own().releases;
  const std::uint32_t count = releases.count.load();
  releases.frames[count % kReleaseSlots].store(number);
  releases.count.store(count + 1);
}

// The victim looks at what was released when it next places a value.
void make_and_send_again(Liar& liar, unsigned version) {
  if (make(liar, version)) make(liar, version);
}

constexpr Lie kAboutReleases[] = {
    {"releases: twice", Expected::kEnds,
     [](Liar& l, unsigned v) {
       const auto number = make(l, v);
       if (!number || !make(l, v)) die("no answer is placed");
       release(l, *number);
       release(l, *number);
       make_and_send_again(l, v);
     }},
    {"releases: again, after it was taken", Expected::kEnds,
     [](Liar& l, unsigned v) {
       const auto number = make(l, v);
       if (!number || !make(l, v)) die("no answer is placed");
       release(l, *number);
       if (!make(l, v)) die("no answer is placed");
       release(l, *number);
       make_and_send_again(l, v);
     }},
    {"releases: an answer that comes later", Expected::kEnds,
     [](Liar& l, unsigned v) {
       const auto number = make(l, v);
       if (!number) die("no answer is placed");
       release(l, *number + 1);
       make_and_send_again(l, v);
     }},
    {"releases: never, until the victim's heap is full and longer", Expected::kServed,
     [](Liar& l, unsigned v) {
       int placed = 0, encoded = 0;
       while (encoded < 20) ++(make(l, v, HOSTILE_MOST_VALUES) ? placed : encoded);
       if (placed < 10) die("a heap that holds only %d answers", placed);
       send_plain(l, v);
     }},
    {"releases: the count goes back", Expected::kEnds,
     [](Liar& l, unsigned v) {
       if (!make(l, v)) die("no answer is placed");
       l.own().releases.count.fetch_sub(1);
       make_and_send_again(l, v);
     }},
};

// As fast as the server takes them, until this process ends.
void mark_without_end(Liar& liar, unsigned) {
  std::thread([&liar, number = liar.next()]() mutable {
    liar.ring();
    while (true) {
      if (number - liar.peer().read.frames.load() > kFrameCount) continue;
      FrameShared& frame = liar.own().frames[number % kFrameCount];
      std::memset(frame.body, 0, sizeof(SocketMarkShared));
      frame.word.store(FrameWord{number++, FrameKind::kSocket, sizeof(SocketMarkShared)}.pack());
    }
  }).detach();
}

constexpr Lie kEndlessMarks{"marks: without end", Expected::kAnything, mark_without_end};

}  // namespace

std::span<const Lie> lies_in_values() { return kInValues; }
std::span<const Lie> lies_in_regions() { return kInRegions; }
std::span<const Lie> lies_about_releases() { return kAboutReleases; }
std::span<const Lie> lies_over_sockets() { return kOverSockets; }
std::span<const Lie> lies_about_grants() { return kAboutGrants; }
const Lie& endless_marks() { return kEndlessMarks; }

}  // namespace hostile
