// SPDX-License-Identifier: BSD-3-Clause
// rpcgen-vm: from .x files to C.
#include "config.h"

#include <exception>
#include <iostream>

#include "console.hpp"
#include "driver.hpp"
#include "options.hpp"

int main(int argc, char** argv) {
  rpcgen::SourceFiles files;
  rpcgen::ConsoleDiagnostics diagnostics(std::cerr, files);
  try {
    auto line = rpcgen::parse_command_line(argc, argv, diagnostics);
    if (!line) return 1;
    if (line->help) {
      std::cout << rpcgen::usage_text();
      return 0;
    }
    if (line->version) {
      std::cout << "rpcgen-vm (vmrpc) " << PACKAGE_VERSION << '\n';
      return 0;
    }
    return rpcgen::run(std::move(*line), files, diagnostics) ? 0 : 1;
  } catch (const std::exception& error) {
    diagnostics.error(std::string("out of resources: ") + error.what());
    return 1;
  }
}
