// SPDX-License-Identifier: BSD-3-Clause
// Procedures with several arguments, which travel as one struct.
#include "config.h"

#include "arguments.hpp"

#include <utility>

namespace rpcgen {
namespace {

Declaration field_for(const Declaration& argument) {
  Declaration field;
  field.type = argument.type;
  field.name = argument.name;
  field.where = argument.where;
  field.in_place = argument.in_place;
  field.shape =
      argument.type.builtin == Builtin::kString ? Shape::kArray : argument.shape;
  return field;
}

Definition argument_struct(const Procedure& procedure, const Version& version) {
  Definition result;
  result.name = function_name(procedure, version) + "_argument";
  result.where = procedure.where;
  result.in_place = procedure.in_place;
  StructDefinition body;
  for (const Declaration& argument : procedure.arguments)
    body.fields.push_back(field_for(argument));
  result.body = std::move(body);
  return result;
}

void name_arguments(Procedure& procedure) {
  std::size_t number = 0;
  for (Declaration& argument : procedure.arguments) {
    ++number;
    if (argument.name.empty()) argument.name = "arg" + std::to_string(number);
  }
}

}  // namespace

std::string lower_case(std::string_view name) {
  std::string result(name);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string function_name(const Procedure& procedure, const Version& version) {
  return lower_case(procedure.name) + "_" + version.number.text;
}

void add_argument_structs(Module& module) {
  std::vector<Item> items;
  for (const Item& item : module.items()) {
    if (const auto* definition = std::get_if<std::shared_ptr<Definition>>(&item)) {
      if (auto* program = std::get_if<ProgramDefinition>(&(*definition)->body))
        for (Version& version : program->versions)
          for (Procedure& procedure : version.procedures) {
            name_arguments(procedure);
            if (procedure.arguments.size() > 1)
              items.emplace_back(
                  std::make_shared<Definition>(argument_struct(procedure, version)));
          }
    }
    items.push_back(item);
  }
  module.set_items(std::move(items));
}

void check_single_arguments(Module& module, Diagnostics& diagnostics) {
  for (Definition* definition : module.definitions()) {
    auto* program = std::get_if<ProgramDefinition>(&definition->body);
    if (!program) continue;
    for (Version& version : program->versions)
      for (Procedure& procedure : version.procedures) {
        for (Declaration& argument : procedure.arguments) argument.name.clear();
        if (procedure.arguments.size() > 1)
          diagnostics.error(module.source(), procedure.arguments[1].where,
                            "procedure '" + procedure.name + "' has more than one argument",
                            "say -N to allow it, or put the arguments in a struct");
      }
  }
}

}  // namespace rpcgen
