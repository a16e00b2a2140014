// SPDX-License-Identifier: BSD-3-Clause
// The table of upgraded transports.
#include "config.h"

#include "server/upgraded_transports.hpp"

#include <mutex>
#include <unordered_map>

namespace vmrpc::server {
namespace {

struct Table {
  std::mutex mutex;
  std::unordered_map<int, ServiceTransport*> by_fd;

  static Table& get() {
    static auto* const table = new Table;
    return *table;
  }
};

}  // namespace

void add_upgraded(int registered_fd, ServiceTransport* transport) {
  const std::lock_guard lock(Table::get().mutex);
  Table::get().by_fd[registered_fd] = transport;
}

void remove_upgraded(int registered_fd) {
  const std::lock_guard lock(Table::get().mutex);
  Table::get().by_fd.erase(registered_fd);
}

ServiceTransport* find_upgraded(int registered_fd) {
  const std::lock_guard lock(Table::get().mutex);
  const auto at = Table::get().by_fd.find(registered_fd);
  return at == Table::get().by_fd.end() ? nullptr : at->second;
}

}  // namespace vmrpc::server
