// SPDX-License-Identifier: BSD-3-Clause
// C for the parts of a module that several outputs share.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "emit.hpp"
#include "module.hpp"
#include "writer.hpp"

namespace rpcgen {

// The type as C spells it: u_int, quad_t, char * (string), foo, struct foo.
std::string c_type(const Module& module, const TypeName& type);
// The element or target of a declaration: char for string and opaque.
std::string c_element(const Module& module, const TypeName& type);
// The name without xdr_: u_int, quad_t, foo.
std::string xdr_name(const TypeName& type);
std::string upper_case(std::string_view name);

// A type of libtirpc that is one or more machine words with no pointer in it: u_int, int64_t.
// Unless the file defines the name itself.
bool is_library_scalar(const Module& module, const TypeName& type);

void write_banner(Writer& out);
void write_sample_banner(Writer& out);
void write_include(Writer& out, const EmitOptions& options);
// All % lines: what an output gets that has no definitions of its own.
void write_passthroughs(Writer& out, const Module& module);
void write_doc(Writer& out, std::string_view doc);

void for_each_version(
    const Module& module,
    const std::function<void(const Definition&, const ProgramDefinition&, const Version&)>& visit);

// Names of variables in generated functions: the usual ones, or ones that nobody else can have
// where the file, or the procedure for an argument, uses such a name itself.
class Locals {
 public:
  explicit Locals(const Module& module, const Procedure* procedure = nullptr)
      : module_(module), procedure_(procedure) {}
  std::string operator()(std::string_view name) const;

 private:
  const Module& module_;
  const Procedure* procedure_;
};

// Functions of type xdrproc_t. The library's own routines are cast, which it undoes with its
// eyes open; ours and the user's are called through a function of the exact type, so that no
// call goes through a pointer of the wrong type. One set of them per output file.
class XdrProcs {
 public:
  explicit XdrProcs(const Module& module) : module_(module) {}

  // An expression of type xdrproc_t.
  std::string of(const TypeName& type) const;
  // Writes the function that `of` names, once, where it is needed.
  void define(Writer& out, const TypeName& type);
  static constexpr std::string_view kVoid = "(xdrproc_t) (void (*) (void)) xdr_void";

 private:
  bool needs_function(const TypeName& type) const;

  const Module& module_;
  std::set<std::string> defined_;
};

}  // namespace rpcgen
