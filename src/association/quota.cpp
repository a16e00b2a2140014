// SPDX-License-Identifier: BSD-3-Clause
// Counting associations and descriptors.
#include "config.h"

#include "association/quota.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace vmrpc::association {
namespace {

constexpr int kMaxAssociations = 4096;
constinit std::atomic<int> g_associations{0};

// Descriptors are handed out lowest first: the next one's number tells how many are in use. A
// quarter of what is allowed stays for connections that need none of ours.
bool descriptors_are_few() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  const OwnedFd probe(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!probe && errno == EBADF) return false;  // no descriptor 0 to copy: there is room
  return !probe || static_cast<rlim_t>(probe.get()) > limit.rlim_cur / 4 * 3;
}

}  // namespace

QuotaShare QuotaShare::take() {
  if (g_associations.fetch_add(1, std::memory_order_relaxed) >= kMaxAssociations ||
      descriptors_are_few()) {
    g_associations.fetch_sub(1, std::memory_order_relaxed);
    throw UpgradeError(RPC_VM_QUOTA);
  }
  QuotaShare share;
  share.held_ = true;
  return share;
}

void QuotaShare::give_back() noexcept {
  if (std::exchange(held_, false)) g_associations.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace vmrpc::association
