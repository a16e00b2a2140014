// SPDX-License-Identifier: BSD-3-Clause
// The shared heap, over memory whose chunks are unreadable until the heap asks for them.
#include "config.h"

#include "memory/heap.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "association/own_heap.hpp"
#include "association/peer_heap.hpp"
#include "base/mapping.hpp"
#include "memory/fault.hpp"

namespace vmrpc::memory {
namespace {

// Chunks of a reserved window: touching one that was not grown ends the test.
class Window : public ChunkSource {
 public:
  explicit Window(std::size_t chunks)
      : memory_(::mmap(nullptr, chunks * kChunkBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
                chunks * kChunkBytes),
        given_(chunks) {}

  bool grow(std::size_t first, std::size_t count) override {
    if (refuse || mapped_chunks + count > limit_chunks) return false;
    ++grown;
    for (std::size_t chunk = first; chunk < first + count; ++chunk) {
      EXPECT_FALSE(given_[chunk]) << "chunk " << chunk << " grown twice";
      given_[chunk] = true;
    }
    mapped_chunks += count;
    EXPECT_EQ(0, ::mprotect(base() + first * kChunkBytes, count * kChunkBytes, PROT_READ | PROT_WRITE));
    return true;
  }
  void give_back(std::size_t first, std::size_t count) noexcept override {
    for (std::size_t chunk = first; chunk < first + count; ++chunk) {
      EXPECT_TRUE(given_[chunk]) << "chunk " << chunk << " given back but not held";
      given_[chunk] = false;
    }
    mapped_chunks -= count;
    EXPECT_EQ(base() + first * kChunkBytes,
              ::mmap(base() + first * kChunkBytes, count * kChunkBytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
  }

  unsigned char* base() const { return static_cast<unsigned char*>(memory_.address()); }
  std::size_t bytes() const { return memory_.bytes(); }

  bool refuse = false;
  std::size_t limit_chunks = ~std::size_t{0};
  std::size_t mapped_chunks = 0;
  std::size_t grown = 0;

 private:
  Mapping memory_;
  std::vector<bool> given_;
};

struct HeapTest : testing::Test {
  Window window{64};
  Heap heap{window.base(), window.bytes(), window, 2};
};

bool all_are(const unsigned char* bytes, std::size_t count, unsigned char value) {
  return std::all_of(bytes, bytes + count, [&](unsigned char byte) { return byte == value; });
}

// What the heap should hold: each block filled with a value of its own.
struct Model {
  struct Entry {
    std::size_t bytes;
    unsigned char fill;
  };
  std::map<unsigned char*, Entry> blocks;

  void add(void* block, std::size_t bytes, unsigned char fill) {
    auto* const start = static_cast<unsigned char*>(block);
    const auto next = blocks.lower_bound(start);
    if (next != blocks.end()) {
      ASSERT_LE(start + bytes, next->first) << "overlaps the next block";
    }
    if (next != blocks.begin()) {
      ASSERT_GE(start, std::prev(next)->first + std::prev(next)->second.bytes) << "overlaps the one before";
    }
    std::memset(start, fill, bytes);
    blocks[start] = {bytes, fill};
  }
};

std::size_t some_size(std::mt19937& random) {
  switch (random() % 8) {
    case 0: return random() % (3 * kChunkBytes);
    case 1: return random() % 20000;
    default: return random() % 600;
  }
}

TEST_F(HeapTest, KeepsEveryBlockApartAndIntactThroughRandomUse) {
  std::mt19937 random(4);
  Model model;
  for (int step = 0; step < 10000; ++step) {
    if (random() % 2 == 0 || model.blocks.empty()) {
      const std::size_t bytes = some_size(random);
      void* const block = heap.allocate(bytes);
      if (block == nullptr) continue;
      ASSERT_GE(heap.find(block)->bytes, bytes);
      model.add(block, bytes, static_cast<unsigned char>(random()));
      if (HasFatalFailure()) return;
    } else {
      auto victim = std::next(model.blocks.begin(), static_cast<std::ptrdiff_t>(random() % model.blocks.size()));
      ASSERT_TRUE(all_are(victim->first, victim->second.bytes, victim->second.fill));
      ASSERT_TRUE(heap.free(victim->first));
      model.blocks.erase(victim);
    }
    ASSERT_EQ(heap.use().blocks, model.blocks.size());
    if (model.blocks.size() > 300)
      while (model.blocks.size() > 20) {
        ASSERT_TRUE(heap.free(model.blocks.begin()->first));
        model.blocks.erase(model.blocks.begin());
      }
  }
  for (const auto& entry : model.blocks) EXPECT_TRUE(heap.free(entry.first));
  EXPECT_EQ(heap.use().bytes, 0u);
  EXPECT_LE(window.mapped_chunks, 3u);  // two that are kept, and that of the spare span
}

TEST_F(HeapTest, FindsABlockByAnyAddressWithinAndNothingElsewhere) {
  for (const std::size_t bytes : {1u, 16u, 48u, 100u, 2048u, 2049u, 300000u}) {
    auto* const block = static_cast<unsigned char*>(heap.allocate(bytes));
    ASSERT_NE(block, nullptr);
    for (const std::size_t offset : {std::size_t{0}, bytes / 2, bytes - 1}) {
      const auto found = heap.find(block + offset);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->address, block);
      EXPECT_GE(found->bytes, bytes);
    }
    const unsigned char* const end = block + heap.find(block)->bytes;
    EXPECT_TRUE(heap.free(block));
    EXPECT_FALSE(heap.find(block)) << "freed";
    EXPECT_FALSE(heap.find(end)) << "never allocated";
  }
  int outside = 0;
  EXPECT_FALSE(heap.find(&outside));
  EXPECT_FALSE(heap.find(nullptr));
  EXPECT_FALSE(heap.find(window.base() + window.bytes()));
  EXPECT_FALSE(heap.find(window.base() - 1));
}

TEST_F(HeapTest, RefusesToFreeWhatIsNotTheStartOfALiveBlock) {
  auto* const small = static_cast<unsigned char*>(heap.allocate(100));
  auto* const large = static_cast<unsigned char*>(heap.allocate(100000));
  int outside = 0;
  for (void* wrong : {static_cast<void*>(small + 1), static_cast<void*>(small + 16), static_cast<void*>(large + 4096),
                      static_cast<void*>(&outside), static_cast<void*>(nullptr)})
    EXPECT_FALSE(heap.free(wrong));
  EXPECT_TRUE(heap.free(small));
  EXPECT_FALSE(heap.free(small)) << "twice";
  EXPECT_TRUE(heap.free(large));
  EXPECT_FALSE(heap.free(large)) << "twice";
}

TEST_F(HeapTest, AlignsAsAsked) {
  for (std::size_t align = 1; align <= 4096; align *= 2)
    for (const std::size_t bytes : {1u, 24u, 100u, 1000u, 1500u, 3000u, 70000u}) {
      void* const block = heap.allocate(bytes, align);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % align, 0u) << bytes << " aligned to " << align;
      ASSERT_GE(heap.find(block)->bytes, bytes);
    }
}

TEST_F(HeapTest, GivesTheLastFreedBlockAgain) {
  heap.set_keep_chunks(8);
  for (const std::size_t bytes : {40u, 1000u, 5000u, 70000u, 1000000u}) {
    void* const before = heap.allocate(bytes);
    void* const block = heap.allocate(bytes);
    void* const after = heap.allocate(bytes);
    heap.free(block);
    EXPECT_EQ(heap.allocate(bytes), block) << bytes;
    for (void* each : {before, block, after}) heap.free(each);
  }
}

TEST_F(HeapTest, ZeroesBlocksForUsersAlsoUsedOnes) {
  for (const std::size_t bytes : {40u, 5000u}) {
    void* const used = heap.allocate(bytes);
    std::memset(used, 0xa5, heap.find(used)->bytes);
    heap.free(used);
    auto* const block = static_cast<unsigned char*>(heap.allocate_zeroed(bytes));
    EXPECT_EQ(block, used);
    EXPECT_TRUE(all_are(block, heap.find(block)->bytes, 0));
  }
}

TEST_F(HeapTest, ReallocatesWithTheBytesAndZeroesBehindThem) {
  auto* const block = static_cast<unsigned char*>(heap.reallocate(nullptr, 100));
  std::memset(block, 7, 100);
  auto* const grown = static_cast<unsigned char*>(heap.reallocate(block, 10000));
  EXPECT_TRUE(all_are(grown, 100, 7));
  EXPECT_TRUE(all_are(grown + 112, 10000 - 112, 0));
  auto* const shrunk = static_cast<unsigned char*>(heap.reallocate(grown, 50));
  EXPECT_TRUE(all_are(shrunk, 50, 7));
  EXPECT_EQ(heap.reallocate(shrunk + 1, 60), nullptr) << "not the start of a block";
  EXPECT_EQ(heap.reallocate(shrunk, std::size_t{1} << 40), nullptr) << "more than the window";
  EXPECT_TRUE(heap.free(shrunk)) << "a failed realloc leaves the block";
  EXPECT_EQ(heap.use().blocks, 0u);
}

TEST_F(HeapTest, GivesChunksBackInTheCallThatEmptiesThem) {
  void* const block = heap.allocate(20 * kChunkBytes);
  EXPECT_EQ(window.mapped_chunks, 20u);
  heap.free(block);
  EXPECT_EQ(window.mapped_chunks, 2u) << "the kept ones";
  heap.set_keep_chunks(0);
  EXPECT_EQ(window.mapped_chunks, 0u);
  EXPECT_EQ(heap.use().mapped_bytes, 0u);
}

TEST_F(HeapTest, ASteadyRateOfCallsNeitherGrowsNorGivesBack) {
  heap.free(heap.allocate(300000));
  const std::size_t grown = window.grown;
  for (int call = 0; call < 1000; ++call) {
    void* const large = heap.allocate(300000);
    void* const small = heap.allocate(64);
    heap.free(large);
    heap.free(small);
  }
  EXPECT_EQ(window.grown, grown);
}

TEST_F(HeapTest, ReturnsNullWhenTheSourceRefusesAndGoesOnWhenItGivesAgain) {
  window.refuse = true;
  EXPECT_EQ(heap.allocate(10), nullptr);
  EXPECT_EQ(heap.allocate(100000), nullptr);
  EXPECT_EQ(heap.allocate_zeroed(100000), nullptr);
  window.refuse = false;
  window.limit_chunks = 1;
  EXPECT_EQ(heap.allocate(kChunkBytes + 1), nullptr);
  EXPECT_NE(heap.allocate(kChunkBytes), nullptr);
  EXPECT_EQ(heap.allocate(1), nullptr) << "the only chunk is taken";
}

TEST_F(HeapTest, UsesTheWholeWindowInBlocksOfAnySize) {
  EXPECT_EQ(heap.allocate(window.bytes() + 1), nullptr);
  void* const all = heap.allocate(window.bytes());
  ASSERT_NE(all, nullptr);
  std::memset(all, 1, window.bytes());
  heap.free(all);
  std::vector<void*> blocks;
  while (void* const block = heap.allocate(2048)) blocks.push_back(block);
  EXPECT_EQ(blocks.size(), window.bytes() / 2048);
  for (void* block : blocks) EXPECT_TRUE(heap.free(block));
  EXPECT_EQ(heap.use().bytes, 0u);
}

TEST_F(HeapTest, JoinsFreePagesAcrossChunks) {
  std::vector<void*> blocks;
  for (int i = 0; i < 16; ++i) blocks.push_back(heap.allocate(kChunkBytes / 2));
  heap.set_keep_chunks(8);
  window.refuse = true;
  for (int i = 3; i < 9; ++i) heap.free(blocks[static_cast<std::size_t>(i)]);
  EXPECT_EQ(heap.allocate(3 * kChunkBytes), blocks[3]) << "six halves are three chunks";
}

TEST_F(HeapTest, APinnedBlockIsNotUsedAgainBeforeTheLastPinGoes) {
  for (const std::size_t bytes : {40u, 5000u}) {
    void* const block = heap.allocate(bytes);
    Heap::Pins first(heap), second(heap);
    EXPECT_GE(first.pin(block), bytes);
    EXPECT_GE(second.pin(static_cast<char*>(block) + 8), bytes - 8);
    EXPECT_TRUE(heap.free(block));
    EXPECT_FALSE(heap.find(block)) << "freed for its owner";
    EXPECT_FALSE(heap.free(block)) << "twice";
    for (Heap::Pins* pins : {&first, &second}) {
      void* const other = heap.allocate(bytes);
      EXPECT_NE(other, block);
      heap.free(other);
      pins->release();
    }
    EXPECT_EQ(heap.use().blocks, 0u);
  }
}

TEST_F(HeapTest, PinsOnlyWhatIsLive) {
  Heap::Pins pins(heap);
  int outside = 0;
  EXPECT_EQ(pins.pin(&outside), 0u);
  EXPECT_EQ(pins.pin(window.base()), 0u);
  void* const block = heap.allocate(5000);
  heap.free(block);
  EXPECT_EQ(pins.pin(block), 0u);
  EXPECT_EQ(pins.count(), 0u);
}

TEST_F(HeapTest, PinsASpanOnceHoweverManyBlocksOfItAreSent) {
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(heap.allocate(32));
  Heap::Pins pins(heap);
  for (int round = 0; round < 2; ++round)
    for (void* block : blocks) ASSERT_GE(pins.pin(block), 32u);
  EXPECT_EQ(pins.count(), 2u) << "512 slots in a span";
  for (void* block : blocks) heap.free(block);
  EXPECT_EQ(heap.use().blocks, 1000u);
  pins.release();
  EXPECT_EQ(heap.use().blocks, 0u);
}

TEST_F(HeapTest, APinnedBlockMovesWhenReallocated) {
  void* const block = heap.allocate(100);
  std::memset(block, 3, 100);
  Heap::Pins pins(heap);
  pins.pin(block);
  auto* const moved = static_cast<unsigned char*>(heap.reallocate(block, 90));
  EXPECT_NE(moved, block);
  EXPECT_TRUE(all_are(moved, 90, 3));
  EXPECT_TRUE(all_are(static_cast<unsigned char*>(block), 100, 3)) << "the peer may be reading";
}

TEST_F(HeapTest, ThreadsAllocateAndFreeAtOnce) {
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed)
    threads.emplace_back([this, seed] {
      std::mt19937 random(seed);
      std::vector<std::pair<unsigned char*, std::size_t>> mine;
      for (int step = 0; step < 5000; ++step) {
        const std::size_t bytes = 1 + random() % 3000;
        if (auto* const block = static_cast<unsigned char*>(heap.allocate(bytes))) {
          std::memset(block, static_cast<int>(seed), bytes);
          mine.emplace_back(block, bytes);
        }
        if (mine.size() < 50) continue;
        Heap::Pins pins(heap);
        pins.pin(mine.front().first);
        EXPECT_TRUE(all_are(mine.front().first, mine.front().second, static_cast<unsigned char>(seed)));
        EXPECT_TRUE(heap.free(mine.front().first));
        mine.erase(mine.begin());
      }
      for (const auto& block : mine) EXPECT_TRUE(heap.free(block.first));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(heap.use().blocks, 0u);
}

// What of it the peer has, between two memories that tell of releases.
struct ReleaseTest : HeapTest {
  void send(std::uint32_t number) {
    association::SentMessages::Message message = sent.make();
    message->blocks = {heap.allocate(100)};
    sent.add(number, std::move(message));
  }

  ReleasesShared releases{};
  TakenShared taken{};
  association::SentMessages sent{heap, releases, taken};
  association::Releases peer{releases, taken};
};

TEST_F(ReleaseTest, AreTakenUpInOneBatchInAnyOrder) {
  for (std::uint32_t number = 1; number <= 100; ++number) send(number);
  for (std::uint32_t number = 100; number != 0; --number) peer.release(number);
  EXPECT_EQ(heap.use().blocks, 100u);
  sent.take_releases();
  EXPECT_EQ(heap.use().blocks, 0u);
  EXPECT_TRUE(sent.empty());
  EXPECT_EQ(taken.count, 100u) << "told once";
}

TEST_F(ReleaseTest, BeyondTheRingWaitUntilThereIsRoom) {
  constexpr std::uint32_t kCount = 3 * kReleaseSlots;
  for (std::uint32_t number = 1; number <= kCount; ++number) send(number);
  for (std::uint32_t number = 1; number < kCount; ++number) peer.release(number);
  sent.take_releases();
  EXPECT_EQ(heap.use().blocks, kCount - kReleaseSlots);
  peer.release(kCount);
  sent.take_releases();
  EXPECT_EQ(heap.use().blocks, kCount - 2 * kReleaseSlots);
}

TEST_F(ReleaseTest, OfWhatWasNotSentIsAFault) {
  send(1);
  peer.release(2);
  EXPECT_THROW(sent.take_releases(), PeerFault);
}

}  // namespace
}  // namespace vmrpc::memory
