// SPDX-License-Identifier: BSD-3-Clause
// The annotation in-place before a procedure or an argument.
#include "config.h"

#include "in_place.hpp"

#include <set>
#include <string>
#include <string_view>

namespace rpcgen {
namespace {

class Marker {
 public:
  Marker(Module& module, Diagnostics& diagnostics) : module_(module), diagnostics_(diagnostics) {}

  void run() {
    for (const Definition* definition : module_.definitions())
      if (const auto* program = definition->as<ProgramDefinition>())
        for (const Version& version : program->versions)
          for (const Procedure& procedure : version.procedures) this->procedure(procedure);
    for (Definition* definition : module_.definitions())
      if (definition->is_type() && licensed_.contains(definition->name))
        definition->in_place = true;
  }

 private:
  void procedure(const Procedure& procedure) {
    // Several arguments are fields of a struct, which has its marks already.
    const bool is_struct = procedure.arguments.size() > 1;
    bool any = is_struct;
    if (procedure.in_place) any |= add(procedure.result);
    if (!is_struct)
      for (const Declaration& argument : procedure.arguments)
        if (procedure.in_place || argument.in_place) any |= add(argument.type);
    if (procedure.in_place && !any)
      diagnostics_.warning(module_.source(), procedure.where,
                           "in-place has no effect: '" + procedure.name +
                               "' neither takes nor returns a type of this file",
                           "strings and numbers go through XDR; a typedef has a type map");
  }

  bool add(const TypeName& type) {
    if (type.builtin != Builtin::kNamed || !module_.find_type(type)) return false;
    licensed_.insert(type.name);
    return true;
  }

  Module& module_;
  Diagnostics& diagnostics_;
  std::set<std::string_view> licensed_;
};

}  // namespace

void mark_in_place(Module& module, Diagnostics& diagnostics) {
  Marker(module, diagnostics).run();
}

}  // namespace rpcgen
