// SPDX-License-Identifier: BSD-3-Clause
// Whether preloading libvmrpc can do anything for a program, and if not, why not and what would.
#pragma once

#include <string>

namespace vmrpc::run {

struct Verdict {
  bool helps;
  std::string why;  // one line, without the program's name
};

// `path` is that of an existing program or script. Looks only; runs nothing of the program.
Verdict check_program(const std::string& path);

}  // namespace vmrpc::run
