// SPDX-License-Identifier: BSD-3-Clause
// vmrpc-ctl: takes all programs of this machine off granted memory, so that it can be saved or migrated.
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>

#include "base/quiesced.hpp"
#include "programs.hpp"

namespace {

using namespace vmrpc::ctl;
using vmrpc::association::kRequestQuiesce;
using vmrpc::association::kRequestResume;

constexpr int kDone = 0, kNotDone = 1, kWrongUsage = 2;

constexpr char kHelp[] =
    "usage: vmrpc-ctl quiesce   move all connections of this machine to TCP and unmap every grant\n"
    "       vmrpc-ctl resume    let connections made from now on use granted memory again\n"
    "       vmrpc-ctl list      name the programs that have used granted memory\n"
    "       vmrpc-ctl --help | --version\n";

bool fail(const std::string& what) {
  std::cerr << "vmrpc-ctl: " << what << ": " << std::strerror(errno) << '\n';
  return false;
}

// First of all: programs that start meanwhile must not begin anew.
bool leave_mark() {
  const std::string directory = std::filesystem::path(vmrpc::kQuiescedFile).parent_path();
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return fail(directory);
  return std::ofstream(vmrpc::kQuiescedFile).good() || fail(vmrpc::kQuiescedFile);
}

bool remove_mark() { return ::unlink(vmrpc::kQuiescedFile) == 0 || errno == ENOENT || fail(vmrpc::kQuiescedFile); }

std::ostream& tell(pid_t pid) { return std::cout << pid << ' ' << name_of(pid) << ": "; }

bool quiesce_one(const Program& program) {
  const auto left = ask(program, kRequestQuiesce);
  if (!left) return tell(program.pid) << "does not answer\n", false;
  if (*left == 0) return tell(program.pid) << "on TCP\n", true;
  tell(program.pid) << *left << " connections still use granted memory: calls are under way. Run this again\n";
  return false;
}

int quiesce() {
  if (!leave_mark()) return kNotDone;
  bool done = true;
  for (const Program& program : list_programs()) done = quiesce_one(program) && done;
  for (const pid_t pid : list_mapping_processes()) {
    tell(pid) << "maps pages of another domain: end it before this machine is saved or migrated\n";
    done = false;
  }
  std::cout << (done ? "no page of another domain is mapped\n" : "not done\n");
  return done ? kDone : kNotDone;
}

int resume() {
  if (!remove_mark()) return kNotDone;
  bool done = true;
  for (const Program& program : list_programs()) {
    if (ask(program, kRequestResume)) continue;
    tell(program.pid) << "does not answer\n";
    done = false;
  }
  std::cout << "connections made from now on may use granted memory\n";
  return done ? kDone : kNotDone;
}

int list() {
  for (const Program& program : list_programs()) tell(program.pid) << "takes requests\n";
  for (const pid_t pid : list_mapping_processes()) tell(pid) << "maps pages of another domain\n";
  const bool quiesced = ::access(vmrpc::kQuiescedFile, F_OK) == 0;
  std::cout << (quiesced ? "quiesced: connections stay on TCP\n" : "not quiesced\n");
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc == 2 ? argv[1] : "";
  if (command == "quiesce") return quiesce();
  if (command == "resume") return resume();
  if (command == "list") return list();
  if (command == "--help" || command == "-h") return std::cout << kHelp, kDone;
  if (command == "--version" || command == "-V") return std::cout << "vmrpc-ctl " PACKAGE_VERSION "\n", kDone;
  std::cerr << kHelp;
  return kWrongUsage;
}
