// SPDX-License-Identifier: BSD-3-Clause
// One function per kind of output file; each returns the whole text, empty for "no file".
#pragma once

#include <set>
#include <string>
#include <vector>

#include "module.hpp"

namespace rpcgen {

struct EmitOptions {
  std::string stem;           // t of t.x, without directory: names of the outputs
  std::string input_name;     // t.x, for the Makefile
  std::string header;         // t.h, empty when reading standard input
  bool mt_safe = false;       // -M
  bool by_value = false;      // -N
  bool tables = false;        // -T
  bool tirpc = false;         // -5
  bool inetd = false;         // -I
  bool syslog = false;        // -L
  bool with_main = true;      // _svc.c has main(): all but -m
  int inline_from = 3;        // -i
  int close_seconds = 120;    // -K; -1 is never
  std::vector<std::string> nettypes;  // -s
  std::vector<std::string> netids;    // -n
  bool maps = true;                   // unless --no-maps
  unsigned max_depth = 4096;
  bool in_place_all = false;
  std::set<std::string, std::less<>> in_place_types;
};

std::string emit_header(const Module& module, const EmitOptions& options);
std::string emit_xdr(const Module& module, const EmitOptions& options);
std::string emit_client(const Module& module, const EmitOptions& options);
std::string emit_server(const Module& module, const EmitOptions& options);
std::string emit_table(const Module& module, const EmitOptions& options);
std::string emit_sample_client(const Module& module, const EmitOptions& options);
std::string emit_sample_server(const Module& module, const EmitOptions& options);

// An output without definitions: the include alone.
std::string emit_nothing(const EmitOptions& options);

// What the Makefile builds; empty names are left out.
struct MakefileTargets {
  std::string header, xdr, client, server, sample_client, sample_server;
};
std::string emit_makefile(const MakefileTargets& targets, const EmitOptions& options);

}  // namespace rpcgen
