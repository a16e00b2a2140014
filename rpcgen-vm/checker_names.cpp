// SPDX-License-Identifier: BSD-3-Clause
// Names that are taken: by the file itself, by C and C++, by the generated code.
#include "config.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "arguments.hpp"
#include "checker.hpp"
#include "names.hpp"

namespace rpcgen {
namespace {

constexpr std::string_view kRename = "give it another name, or say --rename=";

// What a name stands for in the generated header.
enum class Role { kType, kConstant, kEnumerator, kProgram, kVersion, kProcedure, kFunction };

std::string describe(Role role) {
  switch (role) {
    case Role::kType:
      return "a type";
    case Role::kConstant:
      return "a constant";
    case Role::kEnumerator:
      return "an enumerator";
    case Role::kProgram:
      return "a program";
    case Role::kVersion:
      return "a version";
    case Role::kProcedure:
      return "a procedure";
    case Role::kFunction:
      return "a generated function";
  }
  return {};
}

bool is_macro(Role role) {
  return role != Role::kType && role != Role::kEnumerator && role != Role::kFunction;
}

class NameChecker {
 public:
  NameChecker(const Module& module, Diagnostics& diagnostics)
      : module_(module), source_(module.source()), diagnostics_(diagnostics) {}

  void run() {
    for (const Definition* definition : module_.definitions()) declare(*definition);
    for (const Definition* definition : module_.definitions()) members(*definition);
  }

 private:
  struct Entry {
    Role role;
    Location where;
    std::optional<Wide> value;
  };

  void error(Location where, std::string message, std::string hint = {}) {
    diagnostics_.error(source_, where, std::move(message), std::move(hint));
  }
  static std::string rename_hint(const std::string& name) {
    return std::string(kRename) + name + "=NEWNAME";
  }

  // --- names of the file's own scope

  void declare(const Definition& definition) {
    if (const auto* value = definition.as<ConstDefinition>()) {
      add(definition.name, {Role::kConstant, definition.where, value->value.value});
    } else if (const auto* program = definition.as<ProgramDefinition>()) {
      add(definition.name, {Role::kProgram, definition.where, program->number.value});
      for (const Version& version : program->versions) declare(definition, version);
    } else {
      declare_type(definition);
    }
  }

  void declare_type(const Definition& definition) {
    add(definition.name, {Role::kType, definition.where, std::nullopt});
    if (is_xdr_primitive(definition.name))
      error(definition.where,
            "a type '" + definition.name + "' would redefine xdr_" + definition.name +
                "() of the library",
            rename_hint(definition.name));
    if (const auto* list = definition.as<EnumDefinition>())
      for (const Enumerator& enumerator : list->enumerators)
        add(enumerator.name, {Role::kEnumerator, enumerator.where, enumerator.number});
  }

  void declare(const Definition& program, const Version& version) {
    add(version.name, {Role::kVersion, version.where, version.number.value});
    const std::string dispatcher = lower_case(program.name) + "_" + version.number.text;
    // A second version of the same number in one program has been reported as such.
    if (dispatchers_.insert(program.name + " " + dispatcher).second)
      add(dispatcher, {Role::kFunction, version.where, std::nullopt});
    for (const Procedure& procedure : version.procedures) {
      add(procedure.name, {Role::kProcedure, procedure.where, procedure.number.value});
      const std::string function = function_name(procedure, version);
      if (add(function, {Role::kFunction, procedure.where, std::nullopt}))
        add(function + "_svc", {Role::kFunction, procedure.where, std::nullopt});
    }
  }

  // False: the name is taken, which has been reported.
  bool add(const std::string& name, Entry entry) {
    if (entry.role != Role::kFunction) reserved(name, entry.where, entry.role);
    const auto [found, fresh] = entries_.emplace(name, entry);
    if (fresh) return true;
    const Entry& first = found->second;
    // The same #define twice is legal C, and usual for versions and procedures.
    const bool same_macro = first.role == entry.role && is_macro(entry.role) && first.value &&
                            first.value == entry.value;
    if (same_macro) return true;
    const std::string line = std::to_string(source_.position(first.where).line);
    if (first.role == entry.role && entry.role == Role::kFunction)
      error(entry.where, "a second function '" + name + "' would be generated, see line " + line,
            "names are made of the procedure and the version number: change one of them");
    else if (first.role == entry.role)
      error(entry.where, "'" + name + "' is defined twice, first on line " + line);
    else
      error(entry.where,
            "'" + name + "' is " + describe(first.role) + " already, see line " + line,
            rename_hint(name));
    return false;
  }

  // --- names inside a definition

  void members(const Definition& definition) {
    if (const auto* body = definition.as<StructDefinition>()) {
      unique(definition, [&](const auto& visit) {
        for (const Declaration& field : body->fields) visit(field);
      });
    } else if (const auto* program = definition.as<ProgramDefinition>()) {
      for (const Version& version : program->versions)
        for (const Procedure& procedure : version.procedures) single_argument(procedure);
    } else if (const auto* choice = definition.as<UnionDefinition>()) {
      member(choice->discriminant);
      unique(definition, [&](const auto& visit) {
        for (const Arm& arm : choice->arms) visit(arm.declaration);
      });
    }
  }

  // Several are the fields of a struct; without -N they have no names.
  void single_argument(const Procedure& procedure) {
    if (procedure.arguments.size() == 1 && !procedure.arguments.front().name.empty())
      member(procedure.arguments.front());
  }

  template <typename ForEach>
  void unique(const Definition& definition, const ForEach& for_each) {
    std::set<std::string_view> seen;
    for_each([&](const Declaration& field) {
      if (field.name.empty()) return;
      member(field);
      if (!seen.insert(field.name).second)
        error(field.where, "'" + definition.name + "' has two members '" + field.name + "'");
    });
  }

  void member(const Declaration& field) {
    reserved(field.name, field.where, std::nullopt);
    const auto found = entries_.find(field.name);
    if (found == entries_.end() || !is_macro(found->second.role)) return;
    error(field.where,
          "'" + field.name + "' is " + describe(found->second.role) +
              ", so the C preprocessor would replace this name",
          rename_hint(field.name));
  }

  // --- names of others

  // `role` is none for members, which have a scope of their own.
  void reserved(const std::string& name, Location where, std::optional<Role> role) {
    if (is_c_keyword(name))
      error(where, "'" + name + "' is a keyword of C", rename_hint(name));
    else if (is_cpp_keyword(name))
      diagnostics_.warning(source_, where,
                           "'" + name + "' is a keyword of C++: the header will be C only",
                           rename_hint(name));
    else if (is_rpc_name(name))
      error(where, "'" + name + "' is a name of <rpc/rpc.h>", rename_hint(name));
    else if (name.starts_with("rpcgen_vm_") || (role && is_used_by_functions(name, *role)))
      error(where, "'" + name + "' is a name that the generated code uses itself",
            rename_hint(name));
    else if (role && is_stub_function(name) && module_.has_programs())
      diagnostics_.warning(source_, where,
                           "'" + name + "' is a C function: server stubs that need it will not compile",
                           rename_hint(name));
  }

  static bool is_used_by_functions(const std::string& name, Role role) {
    return role == Role::kType ? is_generated_parameter(name) : is_generated_local(name);
  }

  const Module& module_;
  const Source& source_;
  Diagnostics& diagnostics_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::string> dispatchers_;
};

}  // namespace

void check_names(const Module& module, Diagnostics& diagnostics) {
  NameChecker(module, diagnostics).run();
}

}  // namespace rpcgen
