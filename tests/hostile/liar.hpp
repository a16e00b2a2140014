// SPDX-License-Identifier: BSD-3-Clause
// A liar: an end of an association whose library is passed by. It writes into its own region by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "memory/layout.hpp"

namespace hostile {

// A mapping of shared memory in this process, by the name of its memfd; of granted pages by what would have that name.
struct Mapped {
  unsigned char* begin;
  std::size_t bytes;
  bool writable;
};
std::vector<Mapped> mappings_of(const std::string& memfd);

// What became of a message.
enum class Fate {
  kServed,   // answered with success
  kRefused,  // answered with an error
  kEnded,    // the victim gave the association up
  kNothing,  // nothing until the deadline
};

class Liar {
 public:
  enum class Role { kClient, kServer };
  // After honest calls: one association of this process is up, and its heap has a chunk.
  explicit Liar(Role role);

  vmrpc::memory::RegionShared& own() const noexcept { return *own_; }
  const vmrpc::memory::RegionShared& peer() const noexcept { return *peer_; }
  unsigned char* own_begin() const noexcept { return reinterpret_cast<unsigned char*>(own_); }
  std::uintptr_t peer_begin() const noexcept { return reinterpret_cast<std::uintptr_t>(peer_); }
  unsigned char* heap() const noexcept { return heap_.begin; }
  std::size_t heap_bytes() const noexcept { return heap_.bytes; }
  std::uintptr_t pair_base() const noexcept { return pair_base_; }
  std::size_t window_bytes() const noexcept { return window_bytes_; }
  // Not of granted memory.
  int bell() const noexcept { return bell_; }
  int chunks() const noexcept { return chunks_; }
  // Of granted memory alone: the page that tells the peer which pages the heap is in.
  unsigned char* ledger() const noexcept { return ledger_; }
  std::uint32_t next() const noexcept { return next_; }

  // What the library put there when it placed a value.
  vmrpc::memory::PlacedShared descriptor_to(const void* root) const noexcept;

  // The header of a call, or of an answer to the peer's latest call.
  std::vector<unsigned char> header(unsigned version, unsigned procedure) const;
  // Writes the next frame by hand; `length` may be anything.
  void publish(vmrpc::memory::FrameKind kind, std::span<const unsigned char> body, std::size_t length);
  void publish_word(std::uint64_t word);
  void ring() const;
  // Sends an announcement of chunks.
  bool announce(std::uint32_t first, std::uint32_t count, int fd) const { return announce(first, count, fd, 1); }
  // With that many copies of the descriptor.
  bool announce(std::uint32_t first, std::uint32_t count, int fd, std::size_t copies) const;

  // The number of the peer's latest message, and what it is.
  vmrpc::memory::FrameWord latest_of_peer() const noexcept;
  // Takes away what the peer rang.
  void drain() const;

  // Waits for the answer to the latest message, or for the end of the association.
  Fate await_answer();

 private:
  void lie_down() const;
  bool bell_has_hung_up(int timeout_ms) const;
  const unsigned char* take_stream(const vmrpc::memory::FrameShared& frame) const;
  bool has_hung_up(int timeout_ms) const;
  void find_event_channel();

  Role role_;
  vmrpc::memory::RegionShared* own_ = nullptr;
  const vmrpc::memory::RegionShared* peer_ = nullptr;
  Mapped heap_{};
  std::uintptr_t pair_base_ = 0;
  std::size_t window_bytes_ = 0;
  int bell_ = -1, chunks_ = -1;
  int event_channel_ = -1;
  unsigned port_ = 0;
  unsigned char* ledger_ = nullptr;
  std::uint32_t next_ = 1, answer_ = 1, fingerprint_ = 0;
};

}  // namespace hostile
