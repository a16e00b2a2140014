// SPDX-License-Identifier: BSD-3-Clause
// vmrpc-run: runs a program unchanged, with libvmrpc.so preloaded.
#include "config.h"

#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "program_check.hpp"

namespace fs = std::filesystem;

namespace {

// As env(1) has them.
constexpr int kOwnFailure = 125;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

constexpr char kUsageText[] =
    "usage: vmrpc-run [-v] COMMAND [ARGUMENT...]\n"
    "       vmrpc-run --check COMMAND\n"
    "\n"
    "Runs COMMAND unchanged, with libvmrpc.so preloaded, so that its Sun RPC calls go through\n"
    "shared memory where the other end can. Says so first when that cannot help COMMAND.\n"
    "\n"
    "  -v, --verbose   let the library report each connection (VMRPC_LOG=info)\n"
    "      --check     only tell whether it would help: exit 0 for yes, 1 for no\n"
    "  -h, --help      print this\n"
    "      --version   print the version\n"
    "\n"
    "Exit status: that of COMMAND; 125 when vmrpc-run fails, 126 when COMMAND cannot be\n"
    "executed, 127 when it is not found.\n";

enum class Mode { kRun, kCheck, kHelp, kVersion, kUsage };

struct Options {
  Mode mode = Mode::kRun;
  bool verbose = false;
};

Options parse(int argc, char** argv) {
  static const option kLong[] = {{"verbose", no_argument, nullptr, 'v'},
                                 {"check", no_argument, nullptr, 'c'},
                                 {"help", no_argument, nullptr, 'h'},
                                 {"version", no_argument, nullptr, 'V'},
                                 {}};
  Options options;
  int letter;
  while ((letter = getopt_long(argc, argv, "+vh", kLong, nullptr)) != -1) {
    switch (letter) {
      case 'v': options.verbose = true; break;
      case 'c': options.mode = Mode::kCheck; break;
      case 'h': options.mode = Mode::kHelp; return options;
      case 'V': options.mode = Mode::kVersion; return options;
      default: options.mode = Mode::kUsage; return options;
    }
  }
  if (optind == argc) options.mode = Mode::kUsage;
  return options;
}

// The file that execvp() would take; the name itself when there is none.
std::string find_command(const std::string& name) {
  const char* path = std::getenv("PATH");
  if (name.find('/') != std::string::npos || path == nullptr) return name;
  const std::string folders = path;
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const fs::path file = fs::path(folders.substr(begin, end - begin)) / name;
    if (access(file.c_str(), X_OK) == 0 && !fs::is_directory(file)) return file;
    begin = end + 1;
  }
  return name;
}

// Next to this program as installed, or else in the build tree; empty when in neither.
std::string find_library() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path installed = fs::path(VMRPC_LIBDIR).lexically_relative(VMRPC_BINDIR);
  for (const fs::path& folder : {installed, fs::path("../.libs")}) {
    // Distributions leave the name without a number to development packages.
    for (const char* name : {"libvmrpc.so", "libvmrpc.so.1"}) {
      const fs::path file = (here / folder / name).lexically_normal();
      if (fs::exists(file)) return file;
    }
  }
  std::fprintf(stderr, "vmrpc-run: libvmrpc.so is not in %s; install vmrpc again\n",
               (here / installed).lexically_normal().c_str());
  return {};
}

// Puts the library before what is preloaded already.
bool preload(const std::string& library) {
  if (library.find_first_of(": ") != std::string::npos) {
    std::fprintf(stderr, "vmrpc-run: %s cannot be preloaded: LD_PRELOAD allows no space or colon\n",
                 library.c_str());
    return false;
  }
  const char* others = std::getenv("LD_PRELOAD");
  const bool alone = others == nullptr || *others == '\0';
  return setenv("LD_PRELOAD", (alone ? library : library + ":" + others).c_str(), 1) == 0;
}

int not_run(const char* command, int error) {
  std::fprintf(stderr, "vmrpc-run: %s: %s\n", command, std::strerror(error));
  return error == ENOENT ? kNotFound : kNotExecutable;
}

int check(const char* command) {
  const std::string path = find_command(command);
  if (access(path.c_str(), X_OK) != 0) return not_run(command, errno);
  const auto verdict = vmrpc::run::check_program(path);
  std::printf("%s: %s: it %s\n", command, verdict.helps ? "yes" : "no", verdict.why.c_str());
  return verdict.helps ? 0 : 1;
}

int run(char** command, bool verbose) {
  const std::string library = find_library();
  if (library.empty()) return kOwnFailure;
  const std::string path = find_command(*command);
  if (access(path.c_str(), X_OK) == 0) {
    const auto verdict = vmrpc::run::check_program(path);
    if (!verdict.helps)
      std::fprintf(stderr, "vmrpc-run: preloading cannot help %s: it %s\n", *command,
                   verdict.why.c_str());
  }
  if (!preload(library)) return kOwnFailure;
  if (verbose) setenv("VMRPC_LOG", "info", 0);
  execvp(*command, command);
  return not_run(*command, errno);
}

int run_main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  switch (options.mode) {
    case Mode::kHelp: std::fputs(kUsageText, stdout); return 0;
    case Mode::kVersion: std::puts("vmrpc-run " PACKAGE_VERSION); return 0;
    case Mode::kUsage: std::fputs("Try 'vmrpc-run --help'.\n", stderr); return kOwnFailure;
    case Mode::kCheck: return check(argv[optind]);
    case Mode::kRun: break;
  }
  return run(argv + optind, options.verbose);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_main(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "vmrpc-run: %s\n", e.what());
    return kOwnFailure;
  }
}
