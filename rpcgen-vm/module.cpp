// SPDX-License-Identifier: BSD-3-Clause
// Look-ups in a parsed .x file.
#include "config.h"

#include "module.hpp"

#include <utility>

namespace rpcgen {

void Module::set_items(std::vector<Item> items) {
  items_ = std::move(items);
  definitions_.clear();
  for (const Item& item : items_)
    if (const auto* definition = std::get_if<std::shared_ptr<Definition>>(&item))
      definitions_.push_back(definition->get());
}

// The first of two definitions of a name counts; the checker reports the second.
void Module::index() {
  for (Definition* definition : definitions_) {
    index_names(*definition);
    for_each_constant(*definition, [&](Constant& constant) {
      for_each_name(*constant.tree, [&](const Expression& name) { names_.insert(name.text); });
    });
    if (definition->is_type()) types_.emplace(definition->name, definition);
    if (definition->as<ConstDefinition>()) values_.emplace(definition->name, definition);
    if (const auto* body = definition->as<EnumDefinition>())
      for (const Enumerator& enumerator : body->enumerators)
        values_.emplace(enumerator.name, definition);
  }
}

void Module::index_names(const Definition& definition) {
  names_.insert(definition.name);
  for_each_declaration(definition,
                       [&](const Declaration& use) { names_.insert(use.type.name); });
  if (const auto* list = definition.as<EnumDefinition>())
    for (const Enumerator& enumerator : list->enumerators) names_.insert(enumerator.name);
  const auto* program = definition.as<ProgramDefinition>();
  if (!program) return;
  for (const Version& version : program->versions) {
    names_.insert(version.name);
    for (const Procedure& procedure : version.procedures) index_names(procedure);
  }
}

void Module::index_names(const Procedure& procedure) {
  names_.insert({procedure.name, procedure.result.name});
  for (const Declaration& argument : procedure.arguments) names_.insert(argument.type.name);
}

const Definition* Module::find_type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second;
}

const Definition* Module::find_value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : found->second;
}

const Declaration& Module::resolve(const Declaration& declaration) const {
  const Declaration* last = &declaration;
  // Bounded in case the file says `typedef a b; typedef b a;`, which is reported elsewhere.
  for (std::size_t steps = 0; steps <= definitions_.size(); ++steps) {
    if (last->shape != Shape::kPlain || last->type.builtin != Builtin::kNamed) break;
    const Definition* definition = find_type(last->type);
    const auto* alias = definition ? definition->as<TypedefDefinition>() : nullptr;
    if (!alias) break;
    last = &alias->declaration;
  }
  return *last;
}

bool Module::is_c_array(const Declaration& declaration) const {
  return resolve(declaration).shape == Shape::kVector;
}

bool Module::is_c_array(const TypeName& type) const {
  const Definition* definition =
      type.builtin == Builtin::kNamed ? find_type(type.name) : nullptr;
  const auto* alias = definition ? definition->as<TypedefDefinition>() : nullptr;
  return alias && is_c_array(alias->declaration);
}

bool Module::is_recursive(const Definition& definition) const {
  return cycles_.contains(&definition);
}

bool Module::in_same_cycle(const Definition& a, const Definition& b) const {
  const auto first = cycles_.find(&a);
  const auto second = cycles_.find(&b);
  return first != cycles_.end() && second != cycles_.end() && first->second == second->second;
}

bool Module::has_programs() const {
  for (const Definition* definition : definitions_)
    if (definition->as<ProgramDefinition>()) return true;
  return false;
}

bool Module::has_types() const {
  for (const Definition* definition : definitions_)
    if (definition->is_type()) return true;
  return false;
}

bool Module::has_passthroughs() const {
  for (const Item& item : items_)
    if (std::holds_alternative<Passthrough>(item)) return true;
  return false;
}

void for_each_declaration(const Definition& definition,
                          const std::function<void(const Declaration&)>& visit) {
  if (const auto* body = definition.as<StructDefinition>()) {
    for (const Declaration& field : body->fields) visit(field);
  } else if (const auto* choice = definition.as<UnionDefinition>()) {
    visit(choice->discriminant);
    for (const Arm& arm : choice->arms) visit(arm.declaration);
  } else if (const auto* alias = definition.as<TypedefDefinition>()) {
    visit(alias->declaration);
  }
}

namespace {

void visit_program(ProgramDefinition& program, const std::function<void(Constant&)>& visit) {
  visit(program.number);
  for (Version& version : program.versions) {
    visit(version.number);
    for (Procedure& procedure : version.procedures) visit(procedure.number);
  }
}

}  // namespace

void for_each_constant(Definition& definition, const std::function<void(Constant&)>& visit) {
  if (auto* value = std::get_if<ConstDefinition>(&definition.body)) {
    visit(value->value);
  } else if (auto* list = std::get_if<EnumDefinition>(&definition.body)) {
    for (Enumerator& enumerator : list->enumerators)
      if (enumerator.value) visit(*enumerator.value);
  } else if (auto* program = std::get_if<ProgramDefinition>(&definition.body)) {
    visit_program(*program, visit);
  } else {
    for_each_declaration(definition, [&](const Declaration& declaration) {
      if (declaration.bound) visit(const_cast<Constant&>(*declaration.bound));
    });
  }
  if (auto* choice = std::get_if<UnionDefinition>(&definition.body))
    for (Arm& arm : choice->arms)
      for (Constant& value : arm.cases) visit(value);
}

void for_each_name(const Expression& tree, const std::function<void(const Expression&)>& visit) {
  if (tree.kind == Expression::Kind::kName) visit(tree);
  if (tree.left) for_each_name(*tree.left, visit);
  if (tree.right) for_each_name(*tree.right, visit);
}

}  // namespace rpcgen
