// SPDX-License-Identifier: BSD-3-Clause
// Pages that tell of wrong uses.
#include "config.h"

#include "placement/fence.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ucontext.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string_view>

#include "base/log.hpp"
#include "memory/heap.hpp"

namespace vmrpc::placement {
namespace {

// What the handler knows. Released pages stay unreadable until their slot is needed; pages that
// find none are fenced but not named.
struct Slot {
  std::atomic<std::uintptr_t> begin{0}, end{0};  // both 0: unused
  std::atomic<std::uint64_t> released{0};        // when, as a count; 0: still in use
};
constexpr std::size_t kSlots = 1024;
Slot g_slots[kSlots];
std::mutex g_mutex;  // for all but the handler
std::uint64_t g_releases = 0;
struct sigaction g_previous;

void append(char*& at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  at += text.size();
}

// The page before the others, where free() looks.
constexpr std::size_t kGuardBytes = memory::kPageBytes;

void tell(std::uintptr_t address, bool is_released) {
  char line[200], *at = line;
  append(at, is_released ? "the program uses 0x" : "the program writes to 0x");
  at = std::to_chars(at, at + 16, address, 16).ptr;
  append(at, is_released ? ", which it received in place and has released: it kept a pointer"
                         : ", which it received in place: that must not be changed");
  log_from_signal_handler({line, static_cast<std::size_t>(at - line)});
}

void tell_of_free() {
  log_from_signal_handler("the program gave free() or realloc() a piece of what it received in place: "
                          "clnt_freeres(), xdr_free() and rpc_vm_free() release it");
}

// For one fault: afterwards the program's own handling is back, and the fault comes again.
void on_fault(int signal, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  ::sigaction(SIGSEGV, &g_previous, nullptr);
  if (info->si_code <= 0) return (void)::raise(signal);  // somebody sent it
  for (const Slot& slot : g_slots) {
    if (address >= slot.begin.load() && address < slot.end.load())
      return tell(address, slot.released.load() != 0);
    if (slot.begin.load() - address - 1 < kGuardBytes) return tell_of_free();
  }
}

void install_handler() {
  struct sigaction handler {};
  handler.sa_sigaction = on_fault;
  handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &handler, &g_previous);
}

void give_back(std::uintptr_t pages, std::size_t bytes) {
  ::munmap(reinterpret_cast<void*>(pages - kGuardBytes), kGuardBytes + bytes);
}

// Pages behind a guard at a multiple of what free() rounds down to; null: none.
void* map_pages(std::size_t bytes) {
  constexpr std::size_t kArenaBytes = std::size_t{64} << 20;
  const std::size_t wanted = kGuardBytes + bytes;
  void* const room = ::mmap(nullptr, kArenaBytes + wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return nullptr;
  const auto from = reinterpret_cast<std::uintptr_t>(room);
  const std::uintptr_t guard = (from + kArenaBytes - 1) / kArenaBytes * kArenaBytes;
  if (guard != from) ::munmap(room, guard - from);
  ::munmap(reinterpret_cast<void*>(guard + wanted), from + kArenaBytes - guard);
  void* const pages = reinterpret_cast<void*>(guard + kGuardBytes);
  if (::mprotect(pages, bytes, PROT_READ | PROT_WRITE) == 0) return pages;
  give_back(guard + kGuardBytes, bytes);
  return nullptr;
}

Slot* find_slot(std::uintptr_t begin) {
  const auto found = std::find_if(std::begin(g_slots), std::end(g_slots),
                                  [&](const Slot& slot) { return slot.begin == begin; });
  return found == std::end(g_slots) ? nullptr : found;
}

// Unused, or of what was released longest ago.
Slot* free_slot() {
  Slot* oldest = find_slot(0);
  if (oldest != nullptr) return oldest;
  for (Slot& slot : g_slots)
    if (slot.released != 0 && (oldest == nullptr || slot.released < oldest->released))
      oldest = &slot;
  if (oldest != nullptr) give_back(oldest->begin.load(), oldest->end - oldest->begin);
  return oldest;
}

}  // namespace

bool has_fences() { return log_enabled(LogLevel::kDebug); }

void* fenced_pages(std::size_t bytes) {
  static std::once_flag installed;
  std::call_once(installed, install_handler);
  void* const pages = map_pages(bytes);
  if (pages == nullptr) return nullptr;
  const std::lock_guard hold(g_mutex);
  if (Slot* const slot = free_slot()) {
    slot->released = 0;
    slot->begin = reinterpret_cast<std::uintptr_t>(pages);
    slot->end = slot->begin + bytes;
  }
  return pages;
}

void forbid_writing(void* pages, std::size_t bytes) noexcept {
  ::mprotect(pages, bytes, PROT_READ);
}

void forbid_all(void* pages, std::size_t bytes) noexcept {
  const std::lock_guard hold(g_mutex);
  Slot* const slot = find_slot(reinterpret_cast<std::uintptr_t>(pages));
  if (slot == nullptr) return give_back(reinterpret_cast<std::uintptr_t>(pages), bytes);
  slot->released = ++g_releases;
  ::mmap(pages, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

}  // namespace vmrpc::placement
