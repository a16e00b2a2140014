// SPDX-License-Identifier: BSD-3-Clause
// Boundary and random values at random places, as fast as they can be written.
#include "flipper.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <random>

#include "liar.hpp"
#include "memory/layout.hpp"

extern "C" {
#include "../support/child.h"
}

namespace hostile {
namespace {

using vmrpc::memory::RegionShared;

using Harm = Area::Harm;

#define HOSTILE_AREA(field, ...) {#field, offsetof(RegionShared, field), sizeof(RegionShared::field), false, __VA_ARGS__}
constexpr Area kAreas[] = {
    HOSTILE_AREA(identity, Harm::kNone),
    HOSTILE_AREA(sleep, Harm::kNone, 10),  // each may wait for its whole time
    HOSTILE_AREA(read, Harm::kEnd),
    HOSTILE_AREA(written, Harm::kNone),
    HOSTILE_AREA(frames, Harm::kEnd),
    HOSTILE_AREA(chunks, Harm::kEnd),
    HOSTILE_AREA(releases, Harm::kEndOfClients),
    HOSTILE_AREA(taken, Harm::kNone, 3 * vmrpc::memory::kReleaseSlots),  // not looked at before the ring is full
    HOSTILE_AREA(accepted, Harm::kNone),
    {"stream", vmrpc::memory::kStreamOffset, 32768, false, Harm::kWrongAnswers, 100, true},
    {"heap", 0, 16384, true, Harm::kWrongAnswers},
};
#undef HOSTILE_AREA

unsigned char* find(const Area& area) {
  for (const Mapped& mapped : mappings_of(area.in_heap ? "vmrpc-heap" : "vmrpc")) {
    if (mapped.writable) return mapped.begin + area.offset;
  }
  die("no memory to flip in %s", area.name);
}

[[noreturn]] void flip(unsigned char* begin, std::size_t bytes) noexcept {
  constexpr std::uint64_t kValues[] = {0, 1, 2, 16, 17, 504, 505, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
                                       0x7fffffffffffffff, 0x8000000000000000, ~std::uint64_t{0}};
  std::mt19937_64 random(bytes);
  while (true) {
    auto* const at = reinterpret_cast<std::uint64_t*>(begin) + random() % (bytes / sizeof(std::uint64_t));
    const std::uint64_t choice = random();
    const std::uint64_t one_bit = std::uint64_t{1} << choice / 2 % 64;
    const std::uint64_t value =
        choice % 2 == 0 ? kValues[choice / 2 % std::size(kValues)] : __atomic_load_n(at, __ATOMIC_RELAXED) ^ one_bit;
    __atomic_store_n(at, value, __ATOMIC_RELAXED);
  }
}

// Without what the library does when a process forks.
pid_t start_flipping(const Area& area) {
  unsigned char* const begin = find(area);
  const pid_t parent = ::getpid();
  int begun[2];
  if (::pipe(begun) != 0) die("pipe: %m");
  const pid_t pid = ::_Fork();
  if (pid < 0) die("fork: %m");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent || ::write(begun[1], "b", 1) != 1) ::_exit(EXIT_FAILURE);
    flip(begin, area.bytes);
  }
  ::close(begun[1]);
  char byte;
  if (::read(begun[0], &byte, 1) != 1) die("nobody changes %s", area.name);
  ::close(begun[0]);
  return pid;
}

}  // namespace

std::span<const Area> areas() { return kAreas; }

Flipper::Flipper(const Area& area) : pid_(start_flipping(area)) {}

Flipper::~Flipper() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace hostile
