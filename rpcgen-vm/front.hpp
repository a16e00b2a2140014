// SPDX-License-Identifier: BSD-3-Clause
// The front end: text in, checked module or diagnostics out. No global state, no exit().
#pragma once

#include <memory>
#include <string_view>

#include "diagnostics.hpp"
#include "lexer.hpp"
#include "module.hpp"

namespace rpcgen::front {

struct Options {
  Renames renames;
  bool many_arguments = false;  // -N: procedures may have any number of arguments
};

// `text` is what the preprocessor made of `file_name`. NULL when there were errors, which
// `diagnostics` has then been told.
std::unique_ptr<Module> compile(std::string_view text, std::string_view file_name,
                                Diagnostics& diagnostics, const Options& options = {});

}  // namespace rpcgen::front
