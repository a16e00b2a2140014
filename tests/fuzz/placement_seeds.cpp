// SPDX-License-Identifier: BSD-3-Clause
// placement_seeds FOLDER: writes inputs for the fuzz target of placement that an honest peer would make, for each type.
#include "config.h"

#include <sys/mman.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "placed_value.hpp"
#include "placement/place.hpp"
#include "tests/unit/placing.hpp"

namespace vmrpc::fuzz {
namespace {

constexpr int kSeedsPerType = 3;

// A frame that is soon full, then the heap, at their addresses.
class InputMemory final : public placement::Arena {
 public:
  explicit InputMemory(std::size_t frame_room) : frame_room_(frame_room) {
    constexpr std::size_t kBytes = kHeap + kHeapBytes - kFrame;
    memory_ = ::mmap(reinterpret_cast<void*>(kFrame), kBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory_ != reinterpret_cast<void*>(kFrame)) throw std::runtime_error("the addresses are in use");
    mapping_ = Mapping(memory_, kBytes);
    use({static_cast<unsigned char*>(memory_), frame_room_});
  }
  std::string frame() const { return {static_cast<const char*>(memory_), frame_room_}; }
  // All that is not zero.
  std::string heap() const {
    std::string bytes(reinterpret_cast<const char*>(kHeap), kHeapBytes);
    bytes.resize(bytes.find_last_not_of('\0') + 1);
    return bytes;
  }

 private:
  void* allocate_elsewhere(std::size_t bytes, std::size_t align) override {
    if (std::exchange(in_heap_, true)) return nullptr;
    return restart(reinterpret_cast<void*>(kHeap), kHeapBytes, bytes == 0 ? 1 : bytes, align);
  }

  const std::size_t frame_room_;
  bool in_heap_ = false;
  void* memory_;
  Mapping mapping_;
};

void write(const std::string& path, const Head& head, const std::string& rest) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&head), sizeof head);
  file << rest;
  if (!file.flush()) throw std::runtime_error(path);
}

void write_seed(const std::string& path, std::size_t index, placement::TestValue& value, std::size_t frame_room) {
  InputMemory memory(frame_room);
  static auto& nobodys = *new placement::Sender(1);
  placement::Placed placed;
  const auto* const plan = placement::plan_of(*placed_types[index].map);
  if (place(*plan, value.get(), memory, nobodys.pins, nullptr, placed) != placement::Placing::kPlaced) return;
  const Head head{static_cast<std::uint8_t>(index), {},         static_cast<std::uint32_t>(frame_room), placed.root,
                  placed.bytes,                     placed.foreign, placed.foreign_bytes};
  write(path, head, memory.frame() + memory.heap());
}

// A list of words and names, by a map that the input describes.
void write_made_up(const std::string& path) {
  MapText maps[kMaps] = {};
  maps[0] = {32, 3, 3, 0, 255, RPC_VM_POINTERS, {}, {
                {RPC_VM_COUNTED, 0, 0, 4, 1, 9, 255, 0},
                {RPC_VM_STRING, 0, 16, 1, 1, 30, 255, 0},
                {RPC_VM_POINTER, 0, 24, 32, 1, 0, 0, 0},
            }, {}};
  const std::uint64_t words[] = {2, kHeap + 64, kHeap + 72, kHeap + 32, 0, 0, kHeap + 72, 0, 5, 0x656d616e};
  const Head head{kMadeUp, {}, 0, kHeap, sizeof words, 0, 0};
  write(path, head, std::string(reinterpret_cast<const char*>(maps), sizeof maps) +
                        std::string(reinterpret_cast<const char*>(words), sizeof words));
}

void write_all(const std::string& folder) {
  std::mt19937_64 random(20261122);
  for (std::size_t i = 0; placed_types[i].name != nullptr; ++i) {
    for (int sample = 0; sample < kSeedsPerType; ++sample) {
      placement::TestValue value(placed_types[i]);
      if (!value.make_up(random)) throw std::runtime_error(placed_types[i].name);
      const std::string name = placed_types[i].name + std::string("-") + std::to_string(sample);
      write_seed(folder + "/" + name, i, value, sample == 0 ? 256 : 0);
    }
  }
  write_made_up(folder + "/made-up");
}

}  // namespace
}  // namespace vmrpc::fuzz

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  try {
    vmrpc::fuzz::write_all(argv[1]);
  } catch (const std::exception& e) {
    std::cerr << "placement_seeds: " << e.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
