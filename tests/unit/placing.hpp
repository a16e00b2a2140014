// SPDX-License-Identifier: BSD-3-Clause
// A window with a heap, and a view of it: what the tests of placement place into and receive from.
#pragma once

#include <rpc/rpc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include "base/mapping.hpp"
#include "memory/heap.hpp"
#include "placement/arena.hpp"
#include "placement/held.hpp"
#include "placement/place.hpp"
#include "placement/receive.hpp"
#include "placed_table.h"

namespace vmrpc::placement {

// All ways to receive: of the whole value, and of the fields that are licensed by themselves.
inline constexpr Licence kLicences[] = {Receiving::kCopy,
                                        Receiving::kSpine,
                                        Receiving::kInPlace,
                                        {Receiving::kCopy, Receiving::kSpine},
                                        {Receiving::kCopy, Receiving::kInPlace}};
inline bool copies_all(const Licence& licence) {
  return licence.all == Receiving::kCopy && licence.fields == Receiving::kCopy;
}

// A loan of a lender that calls `told` when it gets it back.
template <typename Told>
Loan lent(const Told& told) {
  struct Teller final : Lender {
    explicit Teller(const Told& to_call) : call(to_call) {}
    void give_back(std::uint32_t) override { call(); }
    const Told call;
  };
  return {std::make_shared<Teller>(told), 1, nullptr};
}

// Memory with an unreadable chunk on either side; chunks are unreadable too until the heap asks for them.
class TestWindow : public memory::ChunkSource {
 public:
  explicit TestWindow(std::size_t chunks)
      : memory_(reserve((chunks + 2) * memory::kChunkBytes), (chunks + 2) * memory::kChunkBytes), mapped_(chunks) {}

  bool grow(std::size_t first, std::size_t count) override {
    for (std::size_t chunk = first; chunk < first + count; ++chunk) mapped_[chunk] = true;
    return ::mprotect(at(first), count * memory::kChunkBytes, PROT_READ | PROT_WRITE) == 0;
  }
  void give_back(std::size_t first, std::size_t count) noexcept override {
    for (std::size_t chunk = first; chunk < first + count; ++chunk) mapped_[chunk] = false;
    ::mmap(at(first), count * memory::kChunkBytes, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  }

  unsigned char* base() const { return at(0); }
  std::size_t bytes() const { return mapped_.size() * memory::kChunkBytes; }
  // The mapped chunks around an address.
  Stretch stretch_at(std::uintptr_t address) const {
    const auto base_address = reinterpret_cast<std::uintptr_t>(base());
    if (address - base_address >= bytes()) return {};
    std::size_t first = (address - base_address) / memory::kChunkBytes;
    std::size_t end = first;
    while (end < mapped_.size() && mapped_[end]) ++end;
    while (first > 0 && mapped_[first - 1]) --first;
    if (end <= (address - base_address) / memory::kChunkBytes) return {};
    return {base_address + first * memory::kChunkBytes, base_address + end * memory::kChunkBytes, true};
  }
  std::size_t mapped_bytes() const {
    std::size_t count = 0;
    for (const bool is_mapped : mapped_) count += is_mapped;
    return count * memory::kChunkBytes;
  }

 private:
  static void* reserve(std::size_t bytes) {
    void* const memory = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no address space");
    return memory;
  }
  unsigned char* at(std::size_t chunk) const {
    return static_cast<unsigned char*>(memory_.address()) + (chunk + 1) * memory::kChunkBytes;
  }

  Mapping memory_;
  std::vector<bool> mapped_;
};

// What the peer can read: the window, and a frame.
class TestView : public PeerView {
 public:
  explicit TestView(const TestWindow& window, std::span<const unsigned char> frame = {})
      : window_(window), frame_(frame) {}
  Stretch stretch_at(std::uintptr_t address) override {
    const auto frame = reinterpret_cast<std::uintptr_t>(frame_.data());
    if (address - frame < frame_.size()) return {frame, frame + frame_.size(), false};
    return window_.stretch_at(address);
  }
  std::size_t mapped_bytes() const override { return window_.mapped_bytes() + frame_.size(); }

 private:
  const TestWindow& window_;
  std::span<const unsigned char> frame_;
};

// A sender's side: window, heap and what one message takes of them.
struct Sender {
  explicit Sender(std::size_t chunks = 256, std::size_t frame_bytes = 0)
      : window(chunks), heap(window.base(), window.bytes(), window), frame(frame_bytes) {}

  Placing place(const Plan& plan, const void* value) {
    arena.release();
    pins.release();
    return placement::place(plan, value, arena, pins, nullptr, placed);
  }
  TestView view() const { return TestView(window, frame); }

  TestWindow window;
  memory::Heap heap;
  std::vector<unsigned char> frame;
  HeapArena arena{heap, frame};
  memory::Heap::Pins pins{heap};
  Placed placed;
};

// A decoder's input that is made up as it is asked for: small counts, and the words that tags are made of.
class MadeUpStream {
 public:
  MadeUpStream(std::mt19937_64& random, std::size_t budget_bytes) : random_(random), left_(budget_bytes) {
    static const XDR::xdr_ops ops = {get_long, nullptr, get_bytes, nullptr, position, nullptr, in_line, nullptr, nullptr};
    xdrs_.x_op = XDR_DECODE;
    xdrs_.x_ops = &ops;
    xdrs_.x_private = this;
  }
  XDR* xdrs() { return &xdrs_; }

 private:
  static bool_t get_long(XDR* xdrs, long* value) {
    auto& self = *static_cast<MadeUpStream*>(xdrs->x_private);
    static constexpr long kTags[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 97, 98};
    const std::uint64_t dice = self.random_();
    *value = dice % 4 == 0 ? kTags[dice / 4 % std::size(kTags)] : static_cast<long>(dice / 4 % 4);
    if (self.left_ < 4) *value = 0;  // lists end
    self.left_ -= self.left_ < 4 ? 0 : 4;
    return TRUE;
  }
  static bool_t get_bytes(XDR* xdrs, char* to, u_int count) {
    auto& self = *static_cast<MadeUpStream*>(xdrs->x_private);
    self.left_ -= std::min<std::size_t>(self.left_, count);
    for (u_int i = 0; i < count; ++i) to[i] = static_cast<char>('a' + self.random_() % 26);
    return TRUE;
  }
  static u_int position(XDR*) { return 0; }
  static int32_t* in_line(XDR*, u_int) { return nullptr; }

  std::mt19937_64& random_;
  std::size_t left_;
  XDR xdrs_{};
};

// A zeroed value of a type, released as a user would.
class TestValue {
 public:
  explicit TestValue(const placed_type& type) : type_(type), bytes_((type.map->size + 15) / 16 * 2) {}
  ~TestValue() { free(); }
  TestValue(const TestValue&) = delete;
  TestValue& operator=(const TestValue&) = delete;

  void* get() { return bytes_.data(); }
  void free() { ::xdr_free(reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(type_.xdr)), get()); }

  // Some value of the type.
  bool make_up(std::mt19937_64& random) {
    for (int trial = 0; trial < 500; ++trial) {
      free();
      std::fill(bytes_.begin(), bytes_.end(), 0);
      if (type_.xdr(MadeUpStream(random, 16u << (random() % 6)).xdrs(), get())) return true;
    }
    return false;
  }
  bool decode(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    XDR xdrs{};
    ::xdrmem_create(&xdrs, reinterpret_cast<char*>(input.data()), static_cast<u_int>(input.size()), XDR_DECODE);
    return type_.xdr(&xdrs, get()) != FALSE;
  }
  // Empty: XDR refuses the value, too.
  std::vector<std::uint8_t> encode() {
    std::vector<std::uint8_t> output(1 << 15);
    XDR xdrs{};
    ::xdrmem_create(&xdrs, reinterpret_cast<char*>(output.data()), static_cast<u_int>(output.size()), XDR_ENCODE);
    const bool done = type_.xdr(&xdrs, get()) != FALSE;
    output.resize(done ? xdr_getpos(&xdrs) : 0);
    return output;
  }

 private:
  const placed_type& type_;
  std::vector<std::uint64_t> bytes_;
};

inline const placed_type& type_named(const char* name) {
  for (const placed_type* type = placed_types; type->name != nullptr; ++type)
    if (std::strcmp(type->name, name) == 0) return *type;
  throw std::runtime_error(name);
}

}  // namespace vmrpc::placement
