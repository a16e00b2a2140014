// SPDX-License-Identifier: BSD-3-Clause
// The process token, kept in a page that is wiped on fork.
#include "config.h"

#include "base/process.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/error.hpp"

namespace vmrpc {

using Mark = std::atomic<std::uint64_t>;
constinit std::atomic<Mark*> process_mark{nullptr};

namespace {

Mark* make_mark() {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* at = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw RpcError(RPC_SYSTEMERROR, errno);
  if (::madvise(at, page, MADV_WIPEONFORK) != 0) {
    ::munmap(at, page);
    throw RpcError(RPC_SYSTEMERROR, errno);
  }
  Mark* expected = nullptr;
  if (process_mark.compare_exchange_strong(expected, static_cast<Mark*>(at))) return static_cast<Mark*>(at);
  ::munmap(at, page);  // another thread was first
  return expected;
}

}  // namespace

std::uint64_t process_token() {
  Mark* mark = process_mark.load(std::memory_order_acquire);
  if (mark == nullptr) mark = make_mark();
  const auto mine = static_cast<std::uint64_t>(::getpid());
  mark->store(mine, std::memory_order_relaxed);
  return mine;
}

}  // namespace vmrpc
