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

void tell(std::uintptr_t address, bool is_released) {
  char line[200], *at = line;
  append(at, is_released ? "the program uses 0x" : "the program writes to 0x");
  at = std::to_chars(at, at + 16, address, 16).ptr;
  append(at, is_released ? ", which it received in place and has released: it kept a pointer"
                         : ", which it received in place: that must not be changed");
  log_from_signal_handler({line, static_cast<std::size_t>(at - line)});
}

// For one fault: afterwards the program's own handling is back, and the fault comes again.
void on_fault(int signal, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  ::sigaction(SIGSEGV, &g_previous, nullptr);
  if (info->si_code <= 0) return (void)::raise(signal);  // somebody sent it
  for (const Slot& slot : g_slots) {
    if (address >= slot.begin.load() && address < slot.end.load())
      return tell(address, slot.released.load() != 0);
  }
}

void install_handler() {
  struct sigaction handler {};
  handler.sa_sigaction = on_fault;
  handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &handler, &g_previous);
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
  if (oldest != nullptr)
    ::munmap(reinterpret_cast<void*>(oldest->begin.load()), oldest->end - oldest->begin);
  return oldest;
}

}  // namespace

bool has_fences() { return log_enabled(LogLevel::kDebug); }

void* fenced_pages(std::size_t bytes) {
  static std::once_flag installed;
  std::call_once(installed, install_handler);
  void* const pages =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
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
  if (slot == nullptr) return (void)::munmap(pages, bytes);
  slot->released = ++g_releases;
  ::mmap(pages, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

}  // namespace vmrpc::placement
