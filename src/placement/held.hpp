// SPDX-License-Identifier: BSD-3-Clause
// What a program holds that free(3) does not know: pieces of in-place values, and blocks of our
// own heaps. One registry for the process, asked by every routine that frees.
#pragma once

#include <rpc/rpc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/lock.hpp"
#include "memory/heap.hpp"
#include "placement/place.hpp"
#include "placement/receive.hpp"
#include "placement/released_pieces.hpp"

namespace vmrpc::placement {

// Private memory with the same bytes as the pages that a range touches.
struct PageCopy {
  void* address;
  void* copy;  // null: no memory for it
  std::size_t bytes;

  static PageCopy of(const void* address, std::size_t bytes) noexcept;
  // Puts it in the place of those pages: who reads meanwhile sees no gap. False: it cannot be done, and nothing changed.
  bool replace() const noexcept;
  void give_up() const noexcept;
};

// Whom values come from.
class Lender {
 public:
  virtual ~Lender() = default;
  // Nobody has anything of the message of that number any more. Any thread.
  virtual void give_back(std::uint32_t number) = 0;
};

// What a held value needs, and who is told when nobody has it any more.
struct Loan {
  std::shared_ptr<Lender> lender;
  std::optional<std::uint32_t> number;  // none: nobody waits for it
  std::shared_ptr<memory::Heap::Pins> own_pins;  // of what had been sent there; null: nothing

  void give_back() const {
    if (number) lender->give_back(*number);
  }
};

// Where the program got a value, and the routine that it was decoded by: others, at the same address, know but a part.
struct Delivery {
  Delivery(void* to, xdrproc_t by = nullptr) noexcept : objp(to), routine(by) {}
  void* objp;
  xdrproc_t routine;
};

// All functions may be called from any thread.
//
// Messages are searched one after the other, the last first: a program holds few. Whoever receives
// bounds their number (messages()) and copies beyond it.
class Held {
 public:
  class Holds;

  // The process's registry.
  static Held& instance();

  // The program got `value`. The loan is given back once, without any lock of ours, by
  // whoever frees the last piece; at once when there are none. `window`: any address that tells
  // associations apart. A value that forked children do not inherit is copied for them when they are made.
  // Leaves an empty value, with memory to be filled once more.
  void keep(InPlaceValue&& value, const Plan& plan, const Delivery& delivery, const void* window, Loan loan,
            bool is_inherited = true);

  // Frees what the address belongs to: counts down a piece of a held value, or frees a block of one
  // of our heaps. False: it is neither; free(3) is for it. What was released where its address stays may come up again,
  // and counts no more.
  bool release_piece(void* address, const ReleasedPieces::Where& where = ReleasedPieces::taken_out());
  // Frees all of a value and nulls its pointers, when it is still the one that was so delivered.
  // False: unknown or changed since, so walk it with XDR_FREE.
  bool release_all(const Delivery& delivery);

  // Is that a part of a held value, and not the program's own memory?
  bool holds(const void* address) const;
  // Does a held value lie there in the peer's region, so that the program must not write?
  bool is_read_only(const void* address) const;

  // How many values of this association are held, and of all.
  std::size_t messages(const void* window) const;
  std::size_t messages() const noexcept { return message_count_.load(std::memory_order_acquire); }

  // The association is over, and where its values lie is private memory now (replace_by_private_copy()): they stay
  // readable and are now writable. Releases are still called.
  void note_copied_out(const void* window);

  // Blocks of these heaps are freed by release_piece(). A retired heap goes with its last block.
  void add_heap(std::shared_ptr<memory::Heap> heap);
  void retire_heap(const memory::Heap& heap);
  // The heap whose window the address is in, also a retired one.
  std::shared_ptr<memory::Heap> heap_of(const void* address) const;

  // Is there nothing that free(3) does not know? A load.
  bool empty() const noexcept { return entries_.load(std::memory_order_acquire) == 0; }

 private:
  struct Message {
    InPlaceValue value;
    const Plan* plan = nullptr;
    void* root = nullptr;  // null: another value was delivered there since
    xdrproc_t routine = nullptr;
    const void* window = nullptr;
    std::size_t holds = 0;  // by Holds
    bool is_copied_out = false;
    bool is_inherited = true;
    Loan loan;
    ReleasedPieces released;
  };
  using Messages = std::vector<std::unique_ptr<Message>>;
  // What is left of a message that nobody has anything of: it goes without the lock.
  struct Ended {
    Loan loan;
    std::unique_ptr<PrivateArena> arena;
  };
  struct OwnHeap {
    std::shared_ptr<memory::Heap> heap;
    bool is_retired;
  };

  // Around fork(2), with the lock held throughout (held_fork.cpp).
  void prepare_fork();
  void copy_pages(const std::vector<InPlaceValue::Range>& ranges);
  void end_fork_in_parent() noexcept;
  void end_fork_in_child() noexcept;
  static void watch_forks();

  static bool lies_in_place(const Message& message, const void* address);
  static bool lies_in_arena(const Message& message, const void* address);
  bool lies_in_own(const void* address) const;
  static bool has(const Message& message, const void* address);
  Message* find(const void* address) const;
  Message* take_piece(const void* address, const ReleasedPieces::Where& where, bool& is_part);
  Message* find_in_place(const void* address) const;
  static std::uint64_t hash_now(const Message& message);
  std::unique_ptr<Message> make();
  // Takes the message out when nobody has anything of it any more.
  std::optional<Ended> end_if_unused(Message& message) noexcept;
  bool free_own(void* address);
  void note_counts() noexcept;

  mutable Lock lock_;
  Messages messages_;
  Messages spare_;  // used again with the memory that they have
  std::vector<OwnHeap> heaps_;
  std::vector<PageCopy> copies_;  // while a fork is under way
  // For those who ask without the lock.
  std::atomic<std::size_t> entries_{0};  // of messages_ and heaps_
  std::atomic<std::size_t> message_count_{0};
};

// Values that a message being sent refers to, because they came from that very peer: they
// are not released before the message is over.
class Held::Holds final : public Returnable {
 public:
  Holds(Held& held, const void* window) : held_(held), window_(window) {}
  ~Holds() override { release(); }
  Holds(const Holds&) = delete;
  Holds& operator=(const Holds&) = delete;

  std::size_t keep(const void* address) override;
  std::size_t kept_bytes() const override;
  void release();

 private:
  Held& held_;
  const void* window_;
  std::vector<Message*> messages_;
  InPlaceValue::Range last_{0, 0};
};

// Replaces the pages that [address, address + bytes) touches by a copy of them. Throws std::bad_alloc.
void replace_by_private_copy(void* address, std::size_t bytes);

}  // namespace vmrpc::placement
