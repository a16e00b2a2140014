// SPDX-License-Identifier: BSD-3-Clause
// Boundary and random values at random places, as fast as they can be written.
#include "flipper.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <random>

#include "liar.hpp"
#include "memory/layout.hpp"

extern "C" {
#include "../support/child.h"
}

namespace hostile {
namespace {

using vmrpc::memory::RegionShared;

#define HOSTILE_AREA(field) {#field, offsetof(RegionShared, field), sizeof(RegionShared::field), false}
constexpr Area kAreas[] = {
    HOSTILE_AREA(identity), HOSTILE_AREA(sleep),    HOSTILE_AREA(read),  HOSTILE_AREA(written), HOSTILE_AREA(frames),
    HOSTILE_AREA(chunks),   HOSTILE_AREA(releases), HOSTILE_AREA(taken), HOSTILE_AREA(accepted),
    {"stream", vmrpc::memory::kStreamOffset, 32768, false},
    {"heap", 0, 16384, true},
};
#undef HOSTILE_AREA

unsigned char* map_again(const Area& area) {
  for (const Mapped& mapped : mappings_of(area.in_heap ? "vmrpc-heap" : "vmrpc")) {
    if (!mapped.writable) continue;
    void* const again = ::mremap(mapped.begin, 0, mapped.bytes, MREMAP_MAYMOVE);  // of size 0: a second one
    if (again != MAP_FAILED) return static_cast<unsigned char*>(again) + area.offset;
  }
  die("no memory to flip in %s", area.name);
}

}  // namespace

std::span<const Area> areas() { return kAreas; }

Flipper::Flipper(const Area& area) : begin_(map_again(area)), bytes_(area.bytes), thread_([this] { flip(); }) {}

Flipper::~Flipper() {
  stop_ = true;
  thread_.join();
}

void Flipper::flip() noexcept {
  constexpr std::uint64_t kValues[] = {0, 1, 2, 16, 17, 504, 505, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
                                       0x7fffffffffffffff, 0x8000000000000000, ~std::uint64_t{0}};
  std::mt19937_64 random(bytes_);
  while (!stop_) {
    auto* const at = reinterpret_cast<std::uint64_t*>(begin_) + random() % (bytes_ / sizeof(std::uint64_t));
    const std::uint64_t choice = random();
    const std::uint64_t one_bit = std::uint64_t{1} << choice / 2 % 64;
    const std::uint64_t value =
        choice % 2 == 0 ? kValues[choice / 2 % std::size(kValues)] : __atomic_load_n(at, __ATOMIC_RELAXED) ^ one_bit;
    __atomic_store_n(at, value, __ATOMIC_RELAXED);
  }
}

}  // namespace hostile
