// SPDX-License-Identifier: BSD-3-Clause
// Names that mean something already: to C, to C++, to the generated code.
#pragma once

#include <string_view>

namespace rpcgen {

bool is_c_keyword(std::string_view name);
bool is_cpp_keyword(std::string_view name);
// Macros and types of <rpc/rpc.h> that no definition survives: TRUE, NULL, CLIENT...
bool is_rpc_name(std::string_view name);
// Types whose xdr_NAME libtirpc has already, with another signature: bytes, string...
bool is_xdr_primitive(std::string_view name);
// Functions that server stubs may call, and main().
bool is_stub_function(std::string_view name);
// Parameters of every xdr_foo(): no macro and no enumerator can have their name, and no type that
// of the first. Other variables of generated functions give way, see Locals.
bool is_generated_local(std::string_view name);
bool is_generated_parameter(std::string_view name);

// How many letters to change to get from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace rpcgen
