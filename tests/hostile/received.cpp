// SPDX-License-Identifier: BSD-3-Clause
// recvmsg() of this program, which the library calls, keeps copies of descriptors.
#include "received.hpp"

#include <dlfcn.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "liar.hpp"

namespace hostile {
namespace {

bool g_is_kept = false;

std::vector<int>& received() {
  static std::vector<int> descriptors;
  return descriptors;
}

bool can_map(int fd) {
  void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) return true;
  void* const read_only = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
  return read_only != MAP_FAILED && ::mprotect(read_only, 4096, PROT_READ | PROT_WRITE) == 0;
}

std::string change(int fd) {
  if (can_map(fd)) return "mmap";
  if (::pwrite(fd, "x", 1, 0) == 1) return "pwrite";
  if (::ftruncate(fd, 0) == 0 || ::ftruncate(fd, std::int64_t{1} << 40) == 0) return "ftruncate";
  if (::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0) return "fallocate";
  if (::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0) return "F_ADD_SEALS";
  return "";
}

std::string change_reopened(int fd) {
  const int again = ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC);
  if (again < 0) return "";
  const std::string how = change(again);
  ::close(again);
  return how.empty() ? how : how + " when opened again";
}

std::string change_mapping(const Mapped& mapped) {
  if (::mprotect(mapped.begin, mapped.bytes, PROT_READ | PROT_WRITE) == 0) return "mprotect";
  void* const again = ::mremap(mapped.begin, 0, mapped.bytes, MREMAP_MAYMOVE);
  if (again == MAP_FAILED) return "";
  return ::mprotect(again, mapped.bytes, PROT_READ | PROT_WRITE) == 0 ? "mremap and mprotect" : "";
}

// Only another user is kept out there.
std::string change_through_proc(pid_t peer) {
  const std::string folder = "/proc/" + std::to_string(peer) + "/fd";
  DIR* const entries = ::opendir(folder.c_str());
  if (entries == nullptr) return "";
  std::string how;
  while (const dirent* const entry = ::readdir(entries)) {
    char target[64] = "";
    const std::string path = folder + "/" + entry->d_name;
    if (::readlink(path.c_str(), target, sizeof target - 1) < 0) continue;
    if (std::strncmp(target, "/memfd:vmrpc", 12) != 0) continue;
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd >= 0 && !change(fd).empty()) how = "through " + path;
  }
  ::closedir(entries);
  return how;
}

}  // namespace

void keep_what_is_received() { g_is_kept = true; }

std::string change_what_was_received(pid_t peer, int* tried) {
  for (const int fd : received()) {
    if (::fcntl(fd, F_GET_SEALS) < 0) continue;
    ++*tried;
    if (const std::string how = change(fd) + change_reopened(fd); !how.empty()) return how;
  }
  for (const char* const memfd : {"vmrpc", "vmrpc-heap"}) {
    for (const Mapped& mapped : mappings_of(memfd)) {
      if (mapped.writable) continue;
      if (const std::string how = change_mapping(mapped); !how.empty()) return how;
    }
  }
  return change_through_proc(peer);
}

}  // namespace hostile

// Takes the place of libc's for the library too.
extern "C" ssize_t recvmsg(int socket, msghdr* message, int flags) {
  static const auto real = reinterpret_cast<ssize_t (*)(int, msghdr*, int)>(::dlsym(RTLD_NEXT, "recvmsg"));
  const ssize_t got = real(socket, message, flags);
  for (cmsghdr* c = got < 0 ? nullptr : CMSG_FIRSTHDR(message); c != nullptr; c = CMSG_NXTHDR(message, c)) {
    if (!hostile::g_is_kept || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    int fd;
    std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
    struct stat st{};
    if (::fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) hostile::received().push_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }
  return got;
}
