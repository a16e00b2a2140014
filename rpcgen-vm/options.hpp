// SPDX-License-Identifier: BSD-3-Clause
// The command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnostics.hpp"
#include "emit.hpp"
#include "lexer.hpp"

namespace rpcgen {

// One kind of output file.
enum class Part { kHeader, kXdr, kClient, kServer, kTable, kSampleClient, kSampleServer, kMakefile };

struct CommandLine {
  bool help = false;
  bool version = false;
  bool lint = false;
  bool all = false;           // -a
  std::optional<Part> part;   // one output only, to standard output or -o
  std::string input;          // empty: standard input
  std::string output;         // -o
  std::string output_directory;
  std::string cpp_directory;  // -Y
  std::vector<std::string> cpp_arguments;  // -D -U --include
  bool dependencies = false;  // -MD
  std::string dependency_file;
  bool if_changed = false;
  Renames renames;
  EmitOptions emit;
};

// Reports what is wrong with it and returns nothing.
std::optional<CommandLine> parse_command_line(int argc, char** argv, Diagnostics& diagnostics);
const char* usage_text();

}  // namespace rpcgen
