// SPDX-License-Identifier: BSD-3-Clause
// Procedures with several arguments, which travel as one struct.
#pragma once

#include <string>

#include "diagnostics.hpp"
#include "module.hpp"

namespace rpcgen {

// ADD in version 1 is add_1.
std::string function_name(const Procedure& procedure, const Version& version);
std::string lower_case(std::string_view name);

// -N: names unnamed arguments arg1, arg2...; for each procedure with more than one puts
// `struct PROC_VERS_argument` before the program.
void add_argument_structs(Module& module);
// Otherwise there is at most one, and its name means nothing: it is dropped.
void check_single_arguments(Module& module, Diagnostics& diagnostics);

}  // namespace rpcgen
