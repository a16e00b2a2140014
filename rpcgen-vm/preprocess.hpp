// SPDX-License-Identifier: BSD-3-Clause
// Running the C preprocessor.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics.hpp"

namespace rpcgen {

// Lines of source files as they are on disk, read when first asked for.
class SourceFiles {
 public:
  // Line `number` from 1, without its end; nothing when there is no such file or line.
  std::optional<std::string_view> line(const std::string& file, std::uint32_t number);

 private:
  const std::vector<std::string>& lines(const std::string& file);
  std::map<std::string, std::vector<std::string>> files_;
};

struct PreprocessorCommand {
  std::vector<std::string> words;  // the command and its options, but -DRPC_x and the file
};

// RPCGEN_CPP, or cpp of `directory` (-Y), or /lib/cpp, or cpp in PATH.
std::optional<PreprocessorCommand> find_preprocessor(const std::string& directory,
                                                     const std::vector<std::string>& arguments,
                                                     Diagnostics& diagnostics);

// The preprocessed text of `file` (empty: standard input) with `define` set.
std::optional<std::string> preprocess(const PreprocessorCommand& command,
                                      const std::string& define, const std::string& file,
                                      Diagnostics& diagnostics);

// The preprocessor splits a % line that a backslash continues: `%#define A \`. Joins it again.
std::string join_passthroughs(std::string_view text, SourceFiles& files);

// The files that the text came from, from its line markers.
std::vector<std::string> files_of(std::string_view text);

}  // namespace rpcgen
