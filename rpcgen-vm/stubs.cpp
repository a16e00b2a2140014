// SPDX-License-Identifier: BSD-3-Clause
// The C signatures that a procedure has on both sides.
#include "config.h"

#include "stubs.hpp"

#include "arguments.hpp"
#include "c_code.hpp"

namespace rpcgen {

std::string declare(const std::string& type, const std::string& name) {
  return type + (type.ends_with("*") ? "" : " ") + name;
}

Stub::Stub(const Module& module, const EmitOptions& options, const Procedure& procedure,
           const Version& version)
    : module_(module),
      procedure_(procedure),
      name_(function_name(procedure, version)),
      mt_safe_(options.mt_safe),
      by_value_(options.by_value) {}

// An array is reached by a pointer to its first element.
std::string Stub::pointer_to(const TypeName& type) const {
  if (type.builtin == Builtin::kNamed && module_.is_c_array(type)) {
    Declaration use;
    use.type = type;
    const Declaration& array = module_.resolve(use);
    return declare(c_element(module_, array.type), "*");
  }
  return declare(c_type(module_, type), "*");
}

std::string Stub::result_object() const { return c_type(module_, procedure_.result); }
std::string Stub::result_pointer() const { return pointer_to(procedure_.result); }
bool Stub::result_is_array() const {
  return procedure_.result.builtin == Builtin::kNamed && module_.is_c_array(procedure_.result);
}

std::string Stub::result_type() const {
  return mt_safe_ ? "enum clnt_stat" : result_pointer();
}
std::string Stub::service_type() const { return mt_safe_ ? "bool_t" : result_pointer(); }

TypeName Stub::argument() const {
  if (!takes_struct()) return procedure_.arguments.front().type;
  TypeName type;
  type.name = name_ + "_argument";
  return type;
}
std::string Stub::argument_object() const { return c_type(module_, argument()); }
std::string Stub::argument_pointer() const { return pointer_to(argument()); }

bool Stub::is_address(const Declaration& argument) const {
  return argument.shape == Shape::kPointer || module_.is_c_array(argument.type);
}

Parameter Stub::by_value(const Declaration& argument) const {
  const std::string type = c_type(module_, argument.type);
  return {argument.shape == Shape::kPointer ? declare(type, "*") : type, argument.name};
}

std::vector<Parameter> Stub::parameters(std::string_view argument_name,
                                        std::string_view result_name) const {
  std::vector<Parameter> result;
  if (by_value_)
    for (const Declaration& argument : procedure_.arguments)
      result.push_back(by_value(argument));
  else
    result.push_back({takes_void() ? "void *" : argument_pointer(), std::string(argument_name)});
  if (mt_safe_) result.push_back({result_pointer(), std::string(result_name)});
  return result;
}

std::string Stub::prototype(std::string_view last) const {
  std::string text;
  for (const Parameter& parameter : parameters("argp", "result")) text += parameter.type + ", ";
  return text + std::string(last);
}

std::string Stub::parameter_list(std::string_view argument_name, std::string_view result_name,
                                 std::string_view last) const {
  std::string text;
  for (const Parameter& parameter : parameters(argument_name, result_name))
    text += declare(parameter.type, parameter.name) + ", ";
  return text + std::string(last);
}

}  // namespace rpcgen
