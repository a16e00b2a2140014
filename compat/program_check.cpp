// SPDX-License-Identifier: BSD-3-Clause
// Looks at a program's file, and asks the dynamic linker what it would load.
#include "config.h"

#include "program_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "elf_file.hpp"

namespace vmrpc::run {
namespace {

constexpr int kMaxScripts = 5;  // as many as the kernel follows

// The file that `#!` on its first line names; empty when it has none.
std::string script_interpreter(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with("#!")) return {};
  const auto begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_first_of(" \t", begin) - begin);
}

// Programs that gain rights when they start: there the dynamic linker drops LD_PRELOAD.
bool gains_rights(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return false;
  const bool setuid = (status.st_mode & S_ISUID) != 0 && status.st_uid != getuid();
  const bool setgid = (status.st_mode & S_ISGID) != 0 && status.st_gid != getgid();
  const bool capable =
      getuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
  return setuid || setgid || capable;
}

// In the child: the dynamic linker lists what it would load, into `output`, and runs nothing of it.
[[noreturn]] void list_libraries(const std::string& linker, const std::string& path, int output) {
  unsetenv("LD_PRELOAD");  // what others preload is not the program's own
  dup2(output, STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDERR_FILENO);
  execl(linker.c_str(), linker.c_str(), "--list", path.c_str(), nullptr);
  _exit(127);
}

// One line per library that the program would be started with; empty when the linker cannot say.
std::string loaded_libraries(const std::string& linker, const std::string& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t child = fork();
  if (child == 0) list_libraries(linker, path, ends[1]);
  close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t count;
  while ((count = read(ends[0], buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return text;
}

// The rest of the line that begins with the library, without the address it was mapped at.
std::string line_of(const std::string& libraries, std::string_view library) {
  const auto begin = libraries.find("\t" + std::string(library));
  if (begin == std::string::npos) return {};
  const auto line = libraries.substr(begin + 1, libraries.find('\n', begin) - begin - 1);
  return line.substr(0, line.find(" (0x"));
}

Verdict check_libraries(const ElfFile& file, const std::string& linker, const std::string& path) {
  const std::string libraries = loaded_libraries(linker, path);
  if (const auto line = line_of(libraries, "libvmrpc.so"); !line.empty())
    return {false, "is linked with vmrpc already: " + line};
  if (const auto line = line_of(libraries, "libtirpc.so.3"); !line.empty())
    return {true, "uses libtirpc: " + line};
  if (const auto line = line_of(libraries, "libntirpc"); !line.empty())
    return {false, "uses another RPC library, which vmrpc does not replace: " + line};
  for (const char* name : {"clnt", "svc", "callrpc", "registerrpc"})
    if (file.imports(name, "GLIBC_"))
      return {false, "uses the Sun RPC that old versions of glibc had; rebuild it with libtirpc"};
  return {false, "does not link with libtirpc; only what it loads or starts later can gain"};
}

Verdict check_elf(const ElfFile& file, const std::string& path) {
  const auto own = ElfFile::open("/proc/self/exe");
  if (own && own->architecture() != file.architecture())
    return {false, "is for another architecture; use that architecture's vmrpc-run"};
  if (gains_rights(path))
    return {false, "is setuid, setgid or has file capabilities, so nothing can be preloaded; "
                   "relink it with vmrpc"};
  const std::string linker = file.interpreter();
  if (linker.empty())
    return {false, "is statically linked, so nothing can be preloaded; link it dynamically"};
  return check_libraries(file, linker, path);
}

Verdict check_file(const std::string& path, int scripts_left) {
  if (const auto file = ElfFile::open(path)) return check_elf(*file, path);
  if (errno != 0) return {false, std::string("cannot be looked at: ") + std::strerror(errno)};
  const std::string interpreter = script_interpreter(path);
  if (interpreter.empty() || scripts_left == 0)
    return {false, "is neither an ELF program nor a script with a #! line"};
  const Verdict verdict = check_file(interpreter, scripts_left - 1);
  return {verdict.helps, "is a script for " + interpreter + ", which " + verdict.why +
                             "; what it starts inherits the preload"};
}

}  // namespace

Verdict check_program(const std::string& path) { return check_file(path, kMaxScripts); }

}  // namespace vmrpc::run
