// SPDX-License-Identifier: BSD-3-Clause
// Diagnostics on a terminal, with the source line and a caret.
#pragma once

#include <iosfwd>
#include <set>
#include <string>

#include "diagnostics.hpp"
#include "preprocess.hpp"

namespace rpcgen {

class ConsoleDiagnostics : public Diagnostics {
 public:
  ConsoleDiagnostics(std::ostream& out, SourceFiles& files) : out_(out), files_(files) {}

 private:
  void show(const Diagnostic& diagnostic) override;
  void show_line(const Diagnostic& diagnostic);

  std::ostream& out_;
  SourceFiles& files_;
  std::set<std::string> shown_;  // every part of the output meets the same errors
};

}  // namespace rpcgen
