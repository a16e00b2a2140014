// SPDX-License-Identifier: BSD-3-Clause
// --lint: what will be slow, unsafe or not placeable, and why.
#include "config.h"

#include "lint.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "c_code.hpp"
#include "emit_xdr.hpp"
#include "names.hpp"
#include "shape.hpp"

namespace rpcgen {
namespace {

class Linter {
 public:
  Linter(const Module& module, const EmitOptions& options, Diagnostics& diagnostics)
      : module_(module), options_(options), diagnostics_(diagnostics), types_(module) {}

  void run() {
    for (const Definition* definition : module_.definitions()) {
      for_each_declaration(*definition, [&](const Declaration& use) { declaration(use); });
      if (const auto* choice = definition->as<UnionDefinition>()) arms(*definition, *choice);
      if (definition->is_type() && module_.is_recursive(*definition)) recursion(*definition);
      if (const auto* program = definition->as<ProgramDefinition>()) arguments(*program);
    }
    for (const std::string& name : options_.in_place_types) in_place(name);
  }

 private:
  void note(Location where, std::string message, std::string hint = {}) {
    diagnostics_.note(module_.source(), where, std::move(message), std::move(hint));
  }

  void declaration(const Declaration& use) {
    const bool counted = use.shape == Shape::kArray;
    if (counted && !use.bound)
      note(use.where,
           "unsafe: '" + use.name + "' has no largest length, so a peer decides how much "
           "memory it takes",
           "write a bound between < and >");
    known(use.type);
  }

  void known(const TypeName& type) {
    if (type.builtin != Builtin::kNamed || module_.find_type(type) ||
        is_library_scalar(module_, type) || !reported_.insert(type.name).second)
      return;
    const std::string similar = near_miss(type.name);
    note(type.where,
         "not placeable: '" + type.name + "' is not defined in this file, so it goes through "
         "xdr_" + type.name + "() of yours, and is slow in shared memory",
         similar.empty() ? "" : "did you mean '" + similar + "'?");
  }

  std::string near_miss(const std::string& name) const {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, name.size() / 4) + 1;
    for (const Definition* definition : module_.definitions()) {
      if (!definition->is_type()) continue;
      const std::size_t distance = edit_distance(name, definition->name);
      if (distance < best_distance) {
        best = definition->name;
        best_distance = distance;
      }
    }
    return best;
  }

  void recursion(const Definition& definition) {
    if (list_link(module_, definition)) return;
    if (definition.as<TypedefDefinition>()) return;
    note(definition.where,
         "slow: '" + definition.name + "' contains itself, and is followed by recursion to a "
         "depth of " + std::to_string(options_.max_depth),
         "a struct whose last field points to the next of its kind is followed by a loop");
  }

  void arms(const Definition& definition, const UnionDefinition& choice) {
    for (const Arm& arm : choice.arms)
      if (arm.cases.empty()) return;
    const Declaration& real = module_.resolve(choice.discriminant);
    const Definition* target =
        real.type.builtin == Builtin::kNamed ? module_.find_type(real.type) : nullptr;
    const auto* list = target ? target->as<EnumDefinition>() : nullptr;
    if (!list) return;
    std::set<Wide> handled;
    for (const Arm& arm : choice.arms)
      for (const Constant& value : arm.cases)
        if (value.value) handled.insert(*value.value);
    for (const Enumerator& enumerator : list->enumerators)
      if (enumerator.number && !handled.contains(*enumerator.number))
        note(definition.where,
             "union '" + definition.name + "' has no arm for " + enumerator.name +
                 " and no default: such values are refused");
  }

  void arguments(const ProgramDefinition& program) {
    for (const Version& version : program.versions)
      for (const Procedure& procedure : version.procedures) {
        known(procedure.result);
        for (const Declaration& argument : procedure.arguments) {
          known(argument.type);
          if (argument.type.builtin == Builtin::kString && !options_.by_value)
            note(argument.where,
                 "slow: a string as argument has no type map and is encoded with XDR",
                 "put it in a struct, or name it with a typedef");
        }
      }
  }

  void in_place(const std::string& name) {
    const Definition* definition = module_.find_type(name);
    if (!definition)
      diagnostics_.warning("--in-place=" + name + ": the file defines no such type");
    else if (types_.facts(*definition).foreign)
      note(definition->where, "'" + name + "' cannot be used in place as a whole: it contains "
                              "types that go through XDR");
  }

  const Module& module_;
  const EmitOptions& options_;
  Diagnostics& diagnostics_;
  TypeTable types_;
  std::set<std::string> reported_;
};

}  // namespace

void lint(const Module& module, const EmitOptions& options, Diagnostics& diagnostics) {
  Linter(module, options, diagnostics).run();
}

}  // namespace rpcgen
