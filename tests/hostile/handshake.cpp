// SPDX-License-Identifier: BSD-3-Clause
// sendmsg() of this program, which the library calls: it may send another descriptor.
#include "handshake.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "descriptors.hpp"
#include "memory/layout.hpp"

namespace hostile {
namespace {

const WrongDescriptor* g_wrong;
int g_sent;
int g_others_socket = -1;

using vmrpc::memory::kStreamBytesDefault;
using vmrpc::memory::kStreamOffset;
constexpr std::size_t kRegionBytes = kStreamOffset + kStreamBytesDefault;

constexpr WrongDescriptor kWrong[] = {
    {"region: not sealed", 0, [] { return memory_of(kRegionBytes, 0, 0); }},
    {"region: may shrink", 0, [] { return memory_of(kRegionBytes, 0, F_SEAL_GROW); }},
    {"region: zeroes", 0, [] { return memory_of(kRegionBytes, 0, kAllSeals); }},
    {"region: empty", 0, [] { return memory_of(0, 0, kAllSeals); }},
    {"region: a page", 0, [] { return memory_of(4096, 0, kAllSeals); }},
    {"region: a terabyte", 0, [] { return memory_of(std::size_t{1} << 40, 0, kAllSeals); }},
    {"region: a pipe", 0, a_pipe},
    {"region: a directory", 0, [] { return ::open("/", O_RDONLY | O_CLOEXEC); }},
    {"region: a connection that blocks who closes it", 0, lingering_connection},
    {"socket for chunks: a pipe", 1, a_pipe},
    {"socket for chunks: memory", 1, [] { return memory_of(4096, 0, kAllSeals); }},
    {"socket for chunks: a connection that blocks who closes it", 1, lingering_connection},
    {"socket for chunks: a stream", 1, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
};

}  // namespace

std::span<const WrongDescriptor> wrong_descriptors() { return kWrong; }

int socket_of_the_other_end() { return g_others_socket; }

// `fd` is being sent.
static void keep_if_socket(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_SEQPACKET) return;
  if (g_others_socket >= 0) ::close(g_others_socket);
  g_others_socket = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void send_wrong(const WrongDescriptor* wrong) {
  g_wrong = wrong;
  g_sent = 0;
}

}  // namespace hostile

// Takes the place of libc's for the library too.
extern "C" ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  using namespace hostile;
  static const auto real = reinterpret_cast<ssize_t (*)(int, const msghdr*, int)>(::dlsym(RTLD_NEXT, "sendmsg"));
  cmsghdr* const c = CMSG_FIRSTHDR(message);
  if (c != nullptr) {
    int sent;
    std::memcpy(&sent, CMSG_DATA(c), sizeof sent);
    keep_if_socket(sent);
  }
  const bool replace = c != nullptr && g_wrong != nullptr && g_sent++ == g_wrong->which;
  if (!replace) return real(socket, message, flags);
  const int fd = g_wrong->make();
  std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
  const ssize_t sent = real(socket, message, flags);
  ::close(fd);
  return sent;
}
