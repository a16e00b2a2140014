// SPDX-License-Identifier: BSD-3-Clause
// Asking the kernel and xenstore about this domain.
#include "config.h"

#include "transport/xen_domain.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/quiesced.hpp"
#include "transport/xen_kernel.hpp"

namespace vmrpc::transport {
namespace {

constexpr std::uint32_t kFirstReservedDomid = 0x7ff0;  // Xen's DOMID_FIRST_RESERVED

// xenstore's wire protocol (docs/misc/xenstore.txt of Xen), as far as one question needs it. The answer
// names the question by its request number: nobody else speaks on this descriptor.
struct StoreMessageWire {
  std::uint32_t type;
  std::uint32_t request;
  std::uint32_t transaction;
  std::uint32_t length_bytes;
};
static_assert(sizeof(StoreMessageWire) == 16);
constexpr std::uint32_t kStoreRead = 2;

void read_exactly(int fd, char* out, std::size_t count, Nanoseconds deadline_ns) {
  while (count != 0) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, poll_timeout_ms(deadline_ns)) == 0) throw UpgradeError(RPC_VM_NO_TRANSPORT, ETIMEDOUT);
    const ssize_t got = ::read(fd, out, count);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) throw UpgradeError(RPC_VM_NO_TRANSPORT, errno);
    out += got;
    count -= static_cast<std::size_t>(got);
  }
}

// A node below this domain's own directory.
std::string read_store(const char* node) {
  constexpr Nanoseconds kPatience = 1'000'000'000;  // the store answers in well under a millisecond
  constexpr std::size_t kMostBytes = 64;
  const OwnedFd fd = open_xen_device(kXenstoreDevice);
  const std::size_t node_bytes = std::strlen(node) + 1;
  StoreMessageWire header{kStoreRead, 0, 0, static_cast<std::uint32_t>(node_bytes)};
  std::string question(reinterpret_cast<const char*>(&header), sizeof header);
  question.append(node, node_bytes);
  if (::write(fd.get(), question.data(), question.size()) != static_cast<ssize_t>(question.size())) {
    throw UpgradeError(RPC_VM_NO_TRANSPORT, errno);
  }
  const Nanoseconds deadline_ns = now_ns() + kPatience;
  read_exactly(fd.get(), reinterpret_cast<char*>(&header), sizeof header, deadline_ns);
  if (header.type != kStoreRead || header.length_bytes > kMostBytes) throw UpgradeError(RPC_VM_NO_TRANSPORT);
  std::string value(header.length_bytes, '\0');
  read_exactly(fd.get(), value.data(), value.size(), deadline_ns);
  return value;
}

}  // namespace

OwnedFd open_xen_device(const char* path) {
  OwnedFd fd(::open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    const rpc_vm_reason reason = errno == EMFILE || errno == ENFILE ? RPC_VM_NO_MEMORY : RPC_VM_NO_TRANSPORT;
    throw UpgradeError(reason, errno);
  }
  return fd;
}

bool may_use_xen() {
  if (is_quiesced()) {
    log_line(LogLevel::kDebug, "xen: quiesced, see vmrpc-ctl(8)");
    return false;
  }
  for (const char* path : {kGrantAllocDevice, kGrantMapDevice, kEventDevice, kXenstoreDevice}) {
    if (::faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0) continue;
    const int error = errno;
    const bool on_xen = ::access("/sys/hypervisor/uuid", F_OK) == 0;
    if (on_xen) log_line(LogLevel::kDebug, std::string("xen: ") + path + ": " + std::strerror(error) + ", see vmrpc-xen(7)");
    return false;
  }
  return true;
}

std::uint16_t own_domid() {
  const std::string text = read_store("domid");
  std::uint32_t domid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), domid);
  if (error != std::errc{} || !is_domid(domid)) throw UpgradeError(RPC_VM_NO_TRANSPORT);
  return static_cast<std::uint16_t>(domid);
}

bool is_domid(std::uint32_t number) noexcept { return number < kFirstReservedDomid; }

}  // namespace vmrpc::transport
