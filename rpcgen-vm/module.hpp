// SPDX-License-Identifier: BSD-3-Clause
// A whole .x file after parsing: its items, and answers about them for checker and emitters.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ast.hpp"
#include "source.hpp"

namespace rpcgen {

// One reference from a definition to a type, as C sees it.
struct TypeUse {
  const TypeName* type;
  bool complete;  // by value: the type must be known in full before
};

class Module {
 public:
  Module(std::string_view text, std::string_view file_name) : source_(text, file_name) {}
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const Source& source() const { return source_; }
  const std::vector<Item>& items() const { return items_; }

  // Every definition, in the order of the file.
  const std::vector<Definition*>& definitions() const { return definitions_; }
  // The same, what others need before what needs it: the order in which C can read it.
  const std::vector<const Definition*>& c_order() const { return c_order_; }

  const Definition* find_type(std::string_view name) const;
  const Definition* find_type(const TypeName& type) const { return find_type(type.name); }
  // The constant, or the enum that has the enumerator.
  const Definition* find_value(std::string_view name) const;

  // Does the file use the name for anything that generated functions could meet? Members have
  // a scope of their own and do not count.
  bool has_name(std::string_view name) const { return names_.contains(name); }

  // Follows `typedef a b;` to what it stands for: the last declaration on the way.
  const Declaration& resolve(const Declaration& declaration) const;
  // Is the C type an array, so that it is passed by its name alone?
  bool is_c_array(const Declaration& declaration) const;
  bool is_c_array(const TypeName& type) const;

  // Types that can contain values of themselves at any depth, in groups.
  bool is_recursive(const Definition& definition) const;
  bool in_same_cycle(const Definition& a, const Definition& b) const;

  // All types, those that refer to each other together, each group after what it refers to.
  const std::vector<std::vector<const Definition*>>& type_groups() const { return type_groups_; }

  bool has_programs() const;
  bool has_types() const;
  bool has_passthroughs() const;

  // For the front end only.
  void set_items(std::vector<Item> items);
  void index();
  void set_c_order(std::vector<const Definition*> order) { c_order_ = std::move(order); }
  void add_type_group(std::vector<const Definition*> group) {
    type_groups_.push_back(std::move(group));
  }
  void set_cycle(const Definition& definition, std::size_t cycle) { cycles_[&definition] = cycle; }

 private:
  void index_names(const Definition& definition);
  void index_names(const Procedure& procedure);

  Source source_;
  std::vector<Item> items_;
  std::vector<Definition*> definitions_;
  std::vector<const Definition*> c_order_;
  std::vector<std::vector<const Definition*>> type_groups_;
  std::unordered_map<std::string_view, const Definition*> types_;
  std::unordered_map<std::string_view, const Definition*> values_;
  std::unordered_set<std::string_view> names_;
  std::unordered_map<const Definition*, std::size_t> cycles_;
};

// The declarations inside a type: fields, discriminant and arms, or the typedef's own.
void for_each_declaration(const Definition& definition,
                          const std::function<void(const Declaration&)>& visit);
// The constants inside a definition: bounds, cases, values.
void for_each_constant(Definition& definition, const std::function<void(Constant&)>& visit);
void for_each_name(const Expression& tree, const std::function<void(const Expression&)>& visit);

}  // namespace rpcgen
