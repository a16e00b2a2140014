// SPDX-License-Identifier: BSD-3-Clause
// Types written in place get a name and a definition of their own.
#include "config.h"

#include "hoist.hpp"

#include <memory>
#include <string>
#include <utility>

namespace rpcgen {
namespace {

// Depth is limited by the parser's limit on nesting.
void hoist(Declaration& declaration, const std::string& name, std::vector<Item>& items) {
  if (!declaration.type.body) return;
  Definition body = std::move(*declaration.type.body);
  declaration.type.body.reset();
  if (body.name.empty()) {
    body.name = name;
    body.where = declaration.where;
  }
  declaration.type.name = body.name;
  declaration.type.tag.clear();
  hoist_bodies(std::move(body), items);
}

void hoist_inside(Definition& definition, std::vector<Item>& items) {
  const std::string prefix = definition.name + "_";
  if (auto* body = std::get_if<StructDefinition>(&definition.body)) {
    for (Declaration& field : body->fields) hoist(field, prefix + field.name, items);
  } else if (auto* choice = std::get_if<UnionDefinition>(&definition.body)) {
    hoist(choice->discriminant, prefix + choice->discriminant.name, items);
    for (Arm& arm : choice->arms) hoist(arm.declaration, prefix + arm.declaration.name, items);
  }
}

// `typedef struct {...} name;` defines the struct itself.
bool is_plain_body(const TypedefDefinition& definition) {
  const Declaration& declaration = definition.declaration;
  return declaration.type.body && declaration.shape == Shape::kPlain &&
         (declaration.type.body->name.empty() ||
          declaration.type.body->name == declaration.name);
}

// `typedef struct s s;` says what is always so.
bool is_to_itself(const TypedefDefinition& definition) {
  const Declaration& declaration = definition.declaration;
  return !declaration.type.body && declaration.shape == Shape::kPlain &&
         !declaration.type.tag.empty() && declaration.type.name == declaration.name;
}

}  // namespace

void hoist_bodies(Definition definition, std::vector<Item>& items) {
  if (auto* alias = std::get_if<TypedefDefinition>(&definition.body)) {
    if (is_to_itself(*alias)) return;
    if (is_plain_body(*alias)) {
      auto body = std::move(alias->declaration.type.body->body);
      definition.body = std::move(body);
      hoist_inside(definition, items);
    } else {
      hoist(alias->declaration, definition.name + "_element", items);
    }
  } else {
    hoist_inside(definition, items);
  }
  items.emplace_back(std::make_shared<Definition>(std::move(definition)));
}

}  // namespace rpcgen
