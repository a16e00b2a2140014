// SPDX-License-Identifier: BSD-3-Clause
// vmrpcinfo: why calls to a server go through shared memory, or why not.
#include "config.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>

#include "examine.hpp"
#include "machine.hpp"
#include "options.hpp"
#include "output.hpp"
#include "usage_error.hpp"

namespace {

using namespace vmrpc::info;

constexpr int kFast = 0, kNotFast = 1, kWrongUsage = 2;

int show(const Options& options) {
  const Findings findings = options.action == Action::kServer
                                ? examine_server(options)
                                : examine_machine(options.calls, options.timeout_s);
  (options.json ? write_json : write_text)(std::cout, options, findings);
  return findings.fast ? kFast : kNotFast;
}

int run(const Options& options) {
  switch (options.action) {
    case Action::kHelp:
      std::cout << help_text();
      return 0;
    case Action::kVersion:
      std::cout << "vmrpcinfo " PACKAGE_VERSION "\n";
      return 0;
    case Action::kServer:
    case Action::kMachine:
      return show(options);
  }
  return kWrongUsage;
}

// Creating a handle would fail without saying why; the upgrade is asked for anyway.
void require_nothing() {
  const char* const mode = std::getenv("VMRPC");
  if (mode != nullptr && std::strcmp(mode, "require") == 0) ::unsetenv("VMRPC");
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  require_nothing();
  try {
    return run(parse_options(argc, argv));
  } catch (const UsageError& error) {
    if (*error.what() != '\0') std::cerr << "vmrpcinfo: " << error.what() << '\n';
    std::cerr << "Try 'vmrpcinfo --help'.\n";
    return kWrongUsage;
  } catch (const std::exception& error) {
    std::cerr << "vmrpcinfo: " << error.what() << '\n';
    return kNotFast;
  }
}
