// SPDX-License-Identifier: BSD-3-Clause
// The floors: the same work by hand over plain shared memory, without any RPC.
#ifndef VMRPC_BENCH_FLOORS_HPP
#define VMRPC_BENCH_FLOORS_HPP

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "arguments.hpp"
#include "timing.hpp"

namespace vmrpc::bench {

// A word in a cache line of its own (128 bytes: the adjacent-line prefetcher fetches pairs).
// Written by one process, watched by the other.
struct alignas(128) LineShared {
  std::atomic<std::uint32_t> serial;
  std::uint32_t operand;
  std::uint64_t value;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

enum class Waiting { kSpin, kSleep };

// One direction of a conversation: publish a serial number, or wait for it.
class Line {
 public:
  Line(LineShared& line, Waiting waiting, unsigned pauses)
      : line_(&line), waiting_(waiting), pauses_(pauses) {}

  void publish(std::uint32_t serial);
  void wait_for(std::uint32_t serial);
  LineShared& shared() { return *line_; }

 private:
  LineShared* line_;
  Waiting waiting_;
  unsigned pauses_;  // between two looks at a line that the peer writes
};

// Memory that this process and its child share.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  char* data() const { return data_; }

 private:
  char* data_;
  std::size_t bytes_;
};

// A child process on a CPU of its own, killed at the end.
class Peer {
 public:
  Peer(const Arguments& arguments, const std::function<void()>& body);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

 private:
  int pid_;
};

std::unique_ptr<Operation> make_bulk_floor(const Arguments& arguments);
std::unique_ptr<Operation> make_list_floor(const Arguments& arguments);
std::unique_ptr<Operation> make_tcp_floor(const Arguments& arguments);
std::unique_ptr<Operation> make_ping_pong(const Arguments& arguments);

Line line_at(const SharedMemory& memory, std::size_t index, const Arguments& arguments);

}  // namespace vmrpc::bench

#endif
