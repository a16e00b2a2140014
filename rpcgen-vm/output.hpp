// SPDX-License-Identifier: BSD-3-Clause
// Output files appear whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "diagnostics.hpp"

namespace rpcgen {

struct OutputFile {
  std::string path;
  std::string text;
};

// Writes all of them under temporary names first, then renames. With `if_changed` a file
// that has the text already keeps its time stamp.
bool write_files(const std::vector<OutputFile>& files, bool if_changed,
                 Diagnostics& diagnostics);

}  // namespace rpcgen
