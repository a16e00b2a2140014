// SPDX-License-Identifier: BSD-3-Clause
// The C signatures that a procedure has on both sides, for each style (-M, -N).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emit.hpp"
#include "module.hpp"

namespace rpcgen {

struct Parameter {
  std::string type;  // "pt *"
  std::string name;  // "argp"
};

// Glues a type to a name: "pt *" and "argp" give "pt *argp".
std::string declare(const std::string& type, const std::string& name);

class Stub {
 public:
  Stub(const Module& module, const EmitOptions& options, const Procedure& procedure,
       const Version& version);

  const std::string& name() const { return name_; }  // add_1
  const Procedure& procedure() const { return procedure_; }

  bool returns_void() const { return procedure_.result.builtin == Builtin::kVoid; }
  bool takes_void() const { return procedure_.arguments.empty(); }
  // -N with more than one: they travel in struct add_1_argument.
  bool takes_struct() const { return by_value_ && procedure_.arguments.size() > 1; }

  // What the caller's function and the service's return: "pt *", "enum clnt_stat", "bool_t".
  std::string result_type() const;
  std::string service_type() const;
  // The object itself, and a pointer to it: "pt" and "pt *", "char *" and "char **".
  std::string result_object() const;
  std::string result_pointer() const;
  bool result_is_array() const;

  // What is encoded: "pt" or "add_1_argument"; not for void.
  TypeName argument() const;
  std::string argument_object() const;
  std::string argument_pointer() const;

  // The parameters of both functions, but for the last (CLIENT * or struct svc_req *).
  std::vector<Parameter> parameters(std::string_view argument_name,
                                    std::string_view result_name) const;
  // Types alone, and types with names, with the last one added.
  std::string prototype(std::string_view last) const;
  std::string parameter_list(std::string_view argument_name, std::string_view result_name,
                             std::string_view last) const;

  // -N: is the parameter an address already, rather than a value to take the address of?
  bool is_address(const Declaration& argument) const;

 private:
  std::string pointer_to(const TypeName& type) const;
  Parameter by_value(const Declaration& argument) const;

  const Module& module_;
  const Procedure& procedure_;
  std::string name_;
  bool mt_safe_;
  bool by_value_;
};

}  // namespace rpcgen
