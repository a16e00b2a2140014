// SPDX-License-Identifier: BSD-3-Clause
// The command line.
#pragma once

#include <rpc/rpc.h>

#include <optional>
#include <string>

namespace vmrpc::info {

// Where a server is: a host and perhaps a port, or the path of an AF_UNIX socket.
struct Target {
  std::string host;
  std::optional<unsigned> port;
  std::string path;
  std::string program_name;
  rpcprog_t program = 0;
  std::optional<rpcvers_t> version;
};

enum class Action { kMachine, kServer, kHelp, kVersion };

struct Options {
  Action action = Action::kMachine;
  Target target;
  bool json = false;
  unsigned calls = 200;
  unsigned timeout_s = 10;
};

const char* help_text();

// Throws UsageError.
Options parse_options(int argc, char** argv);

}  // namespace vmrpc::info
