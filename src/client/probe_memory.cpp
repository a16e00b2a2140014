// SPDX-License-Identifier: BSD-3-Clause
// The process's list of servers that cannot be probed.
#include "config.h"

#include "client/probe_memory.hpp"

#include <mutex>
#include <set>
#include <string>

namespace vmrpc::client {
namespace {

struct Memory {
  std::mutex mutex;
  std::set<std::string> addresses;

  static Memory& get() {
    static auto* const memory = new Memory;
    return *memory;
  }
};

}  // namespace

void remember_as_refusing(const std::string& address) {
  constexpr std::size_t kMost = 1024;
  Memory& memory = Memory::get();
  const std::lock_guard lock(memory.mutex);
  if (memory.addresses.size() < kMost) memory.addresses.insert(address);
}

bool is_remembered_as_refusing(const std::string& address) {
  Memory& memory = Memory::get();
  const std::lock_guard lock(memory.mutex);
  if (memory.addresses.empty()) return false;
  return memory.addresses.contains(address);
}

}  // namespace vmrpc::client
