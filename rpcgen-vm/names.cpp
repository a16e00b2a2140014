// SPDX-License-Identifier: BSD-3-Clause
// Names that mean something already: to C, to C++, to the generated code.
#include "config.h"

#include "names.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace rpcgen {
namespace {

using Words = std::set<std::string_view>;

}  // namespace

bool is_c_keyword(std::string_view name) {
  static const Words words = {
      "auto",     "break",   "case",     "char",     "const",    "continue", "default",
      "do",       "double",  "else",     "enum",     "extern",   "float",    "for",
      "goto",     "if",      "inline",   "int",      "long",     "register", "restrict",
      "return",   "short",   "signed",   "sizeof",   "static",   "struct",   "switch",
      "typedef",  "union",   "unsigned", "void",     "volatile", "while",    "_Alignas",
      "_Alignof", "_Atomic", "_Bool",    "_Complex", "_Generic", "_Imaginary", "_Noreturn",
      "_Static_assert", "_Thread_local", "asm"};
  return words.contains(name);
}

bool is_cpp_keyword(std::string_view name) {
  static const Words words = {
      "alignas",   "alignof",   "and",         "and_eq",       "bitand",   "bitor",
      "catch",     "char8_t",   "char16_t",    "char32_t",     "class",    "compl",
      "concept",   "consteval", "constexpr",   "constinit",    "const_cast", "co_await",
      "co_return", "co_yield",  "decltype",    "delete",       "dynamic_cast", "explicit",
      "export",    "false",     "friend",      "mutable",      "namespace", "new",
      "noexcept",  "not",       "not_eq",      "nullptr",      "operator", "or",
      "or_eq",     "private",   "protected",   "public",       "reinterpret_cast", "requires",
      "static_assert", "static_cast", "template", "this",      "thread_local", "throw",
      "true",      "try",       "typeid",      "typename",     "using",    "virtual",
      "wchar_t",   "xor",       "xor_eq",      "bool"};
  return words.contains(name);
}

bool is_rpc_name(std::string_view name) {
  static const Words words = {"TRUE",   "FALSE",      "NULL",    "XDR",     "CLIENT",
                              "SVCXPRT", "AUTH",      "xdrproc_t", "caddr_t", "svc_req",
                              "xdr_op", "XDR_ENCODE", "XDR_DECODE", "XDR_FREE", "timeval"};
  return words.contains(name);
}

bool is_xdr_primitive(std::string_view name) {
  static const Words words = {"void",    "int",    "u_int",  "long",   "u_long",     "short",
                              "u_short", "char",   "u_char", "hyper",  "u_hyper",    "bool",
                              "enum",    "array",  "bytes",  "opaque", "string",     "union",
                              "vector",  "float",  "double", "quadruple", "reference", "pointer",
                              "wrapstring", "free", "netobj"};
  return words.contains(name);
}

bool is_stub_function(std::string_view name) {
  static const Words words = {"alarm", "close", "exit",   "fork",   "fprintf", "main", "memset",
                              "open",  "perror", "signal", "stderr", "syslog",  "printf"};
  return words.contains(name);
}

bool is_generated_local(std::string_view name) {
  return name == "xdrs" || name == "objp";
}

bool is_generated_parameter(std::string_view name) {
  return name == "xdrs";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

}  // namespace rpcgen
