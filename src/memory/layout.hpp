// SPDX-License-Identifier: BSD-3-Clause
// What lies in a region: the header, the ring of frames and the stream, as both sides see them.
//
// One side writes a region, the other maps it read-only. What the reader has to tell the
// writer (how far it has read, whether it sleeps) it writes into its own region.
//
//   page 0..3   header lines, kFrameCount frames, then what concerns the heap
//   page 4..    the stream: a ring of bytes for what does not fit in a frame
//
// The shared heap is no part of it: its chunks lie behind it in the same window (memory/window.hpp).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace vmrpc::memory {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kFrameCount = 16;
inline constexpr std::size_t kFrameBytes = 512;
inline constexpr std::size_t kFrameBodyBytes = kFrameBytes - sizeof(std::uint64_t);
inline constexpr std::size_t kNonceBytes = 16;

// What a frame holds.
enum class FrameKind : std::uint8_t {
  kInline = 1,  // the whole message
  kStream = 2,  // StreamShared: the message lies in the stream
  kSocket = 3,  // SocketMarkShared: messages sent over the socket come first
  kPlaced = 4,      // as kInline, with a PlacedShared where arguments or results would be
  kPlacedHeld = 5,  // the same, and heap blocks are kept until the frame's number is among the releases
};

// A frame's first word: sequence number in the upper half, then the kind, then the length in
// bytes of an inline message. Stored last, with release; a reader's acquire load of the
// sequence number that it expects makes the rest of the frame visible.
struct FrameWord {
  std::uint32_t sequence;
  FrameKind kind;
  std::uint32_t length_bytes;  // 24 bits

  static constexpr FrameWord unpack(std::uint64_t raw) noexcept {
    return {static_cast<std::uint32_t>(raw >> 32), static_cast<FrameKind>((raw >> 24) & 0xff),
            static_cast<std::uint32_t>(raw & 0xffffff)};
  }
  constexpr std::uint64_t pack() const noexcept {
    return (std::uint64_t{sequence} << 32) | (std::uint64_t{static_cast<std::uint8_t>(kind)} << 24) |
           length_bytes;
  }
};

// 128 bytes: the adjacent-line prefetcher must not pull a line that the other side writes.
struct alignas(128) FrameShared {
  std::atomic<std::uint64_t> word;
  unsigned char body[kFrameBodyBytes];
};

// Body of a kStream frame. `end` is 0 while the message is being written, then its end
// position + 1, with kAbortedStream set when the writer gave up there.
struct StreamShared {
  std::uint64_t start;
  std::atomic<std::uint64_t> end;
};
inline constexpr std::uint64_t kAbortedStream = std::uint64_t{1} << 63;

// Body of a kSocket frame: how many messages went over the socket since the upgrade, up to
// this place in the order.
struct SocketMarkShared {
  std::uint64_t sent_over_socket;
};

// Stands in a message for a value of C that lies in the writer's window, unserialised.
struct PlacedShared {
  std::uint32_t root;         // where the value is, from the start of the client's window
  std::uint32_t fingerprint;  // lower half of the type map's
  std::uint64_t bytes;        // of all its pieces; kHasForeign may be set
};
// Follows then: XDR of the parts that no map describes.
struct ForeignShared {
  std::uint64_t start, bytes;  // counted as `root` is
};
inline constexpr std::uint64_t kHasForeign = std::uint64_t{1} << 63;

// Read once by the peer when it maps the region; all but owner_is_there, which is 1 until the kernel of an
// owner in another domain clears it (transport/xen_grants.cpp).
struct alignas(128) IdentityShared {
  char magic[8];
  std::uint32_t layout_version;
  std::uint32_t stream_bytes;
  unsigned char nonce[kNonceBytes];
  std::atomic<std::uint8_t> owner_is_there;
};
inline constexpr char kMagic[8] = {'v', 'm', 'r', 'p', 'c', '-', 'm', '1'};
inline constexpr std::uint32_t kLayoutVersion = 2;

// Odd while the region's owner sleeps or has left the library; changes with each sleep, so that
// the peer rings once for each.
struct alignas(128) SleepShared {
  std::atomic<std::uint32_t> epoch;
};

// How far the region's owner has read the peer's region.
struct alignas(128) ReadShared {
  std::atomic<std::uint64_t> stream;
  std::atomic<std::uint32_t> frames;
  std::atomic<std::uint32_t> closed;  // not 0: nothing more will be read, the above is final
};

// How far the owner has written its own stream, whether it waits for an answer, and whether it serves many
// connections on the CPU of both ends.
struct alignas(128) WrittenShared {
  std::atomic<std::uint64_t> stream;
  std::atomic<std::uint32_t> listening;
  std::atomic<std::uint32_t> crowded;
};

// Which chunks of the owner's heap are there. The peer looks when the epoch has changed.
inline constexpr std::size_t kMostChunks = 1024;
struct alignas(128) ChunksShared {
  std::atomic<std::uint32_t> epoch;
  std::atomic<std::uint64_t> present[kMostChunks / 64];
};

// Numbers of the peer's frames whose blocks the owner of this region is through with: the latest
// `count` of all that there ever were, in a ring.
inline constexpr std::size_t kReleaseSlots = 256;
struct alignas(128) ReleasesShared {
  std::atomic<std::uint32_t> count;
  std::atomic<std::uint32_t> frames[kReleaseSlots];
};
// How many of the peer's releases the owner has taken.
struct alignas(128) TakenShared {
  std::atomic<std::uint32_t> count;
};

// What the owner takes placed values for: a set of keys, 0 where there is none (association/subject.hpp).
inline constexpr std::size_t kAcceptedSlots = 256;
struct alignas(128) AcceptedShared {
  std::atomic<std::uint64_t> keys[kAcceptedSlots];
};

struct RegionShared {
  IdentityShared identity;
  SleepShared sleep;
  ReadShared read;
  WrittenShared written;
  FrameShared frames[kFrameCount];
  ChunksShared chunks;
  ReleasesShared releases;
  TakenShared taken;
  AcceptedShared accepted;
};

inline constexpr std::size_t kStreamOffset =
    (sizeof(RegionShared) + kPageBytes - 1) / kPageBytes * kPageBytes;
inline constexpr std::size_t kStreamBytesDefault = std::size_t{256} << 10;
inline constexpr std::size_t kStreamBytesMin = std::size_t{16} << 10;
inline constexpr std::size_t kStreamBytesMax = std::size_t{16} << 20;

static_assert(sizeof(FrameShared) == kFrameBytes);
static_assert(offsetof(FrameShared, body) == 8);
static_assert(sizeof(IdentityShared) == 128 && sizeof(SleepShared) == 128);
static_assert(sizeof(ReadShared) == 128 && sizeof(WrittenShared) == 128);
static_assert(offsetof(RegionShared, frames) == 512);
static_assert(sizeof(PlacedShared) == 16 && sizeof(ForeignShared) == 16);
static_assert(offsetof(RegionShared, chunks) == 512 + kFrameCount * kFrameBytes);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace vmrpc::memory
