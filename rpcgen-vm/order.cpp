// SPDX-License-Identifier: BSD-3-Clause
// What must come before what in C, and which types contain themselves.
#include "config.h"

#include "order.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "graph.hpp"

namespace rpcgen {
namespace {

class Orderer {
 public:
  Orderer(Module& module, Diagnostics& diagnostics)
      : module_(module), diagnostics_(diagnostics) {
    const auto& all = module.definitions();
    for (std::size_t i = 0; i < all.size(); ++i) numbers_[all[i]] = i;
  }

  bool run() {
    const Edges before = edges_before();
    bool finite = true;
    std::vector<const Definition*> order;
    for (const auto& component : components(before)) {
      if (is_cycle(component, before)) finite = infinite(component) && finite;
      for (const std::size_t node : component) order.push_back(module_.definitions()[node]);
    }
    module_.set_c_order(std::move(order));
    if (finite) find_recursion();
    return finite;
  }

 private:
  static bool is_struct(const Definition& definition) {
    return definition.as<StructDefinition>() || definition.as<UnionDefinition>();
  }

  // C can point to a struct that it has not seen, but to nothing else.
  bool must_precede(const Declaration& use, const Definition& target) const {
    const bool indirect = use.shape == Shape::kPointer || use.shape == Shape::kArray;
    return !indirect || !is_struct(target);
  }

  Edges edges_before() {
    const auto& all = module_.definitions();
    Edges edges(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      for_each_declaration(*all[i], [&](const Declaration& use) {
        const Definition* target = module_.find_type(use.type);
        if (target && must_precede(use, *target)) edges[i].push_back(numbers_[target]);
      });
      for_each_constant(*all[i], [&](Constant& constant) {
        for_each_name(*constant.tree, [&](const Expression& name) {
          const Definition* target = module_.find_value(name.text);
          if (target && target != all[i]) edges[i].push_back(numbers_[target]);
        });
      });
    }
    return edges;
  }

  bool infinite(const std::vector<std::size_t>& component) {
    const Definition& first = *module_.definitions()[component.front()];
    // Constants that depend on each other were reported with their values.
    if (!first.is_type()) return false;
    std::string through;
    for (std::size_t i = 1; i < component.size() && i < 4; ++i)
      through += (i == 1 ? ", through '" : ", '") +
                 module_.definitions()[component[i]]->name + "'";
    if (first.as<TypedefDefinition>() && all_typedefs(component))
      diagnostics_.error(module_.source(), first.where,
                         "typedef '" + first.name + "' stands for itself" + through);
    else
      diagnostics_.error(module_.source(), first.where,
                         "'" + first.name + "' contains itself" + through +
                             ", and so has no end",
                         "make the recursive field a pointer or a <> array");
    return false;
  }

  bool all_typedefs(const std::vector<std::size_t>& component) const {
    return std::all_of(component.begin(), component.end(), [&](std::size_t node) {
      return module_.definitions()[node]->as<TypedefDefinition>() != nullptr;
    });
  }

  void find_recursion() {
    const auto& all = module_.definitions();
    Edges edges(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      for_each_declaration(*all[i], [&](const Declaration& use) {
        if (const Definition* target = module_.find_type(use.type))
          edges[i].push_back(numbers_[target]);
      });
    std::size_t cycle = 0;
    for (const auto& component : components(edges)) {
      std::vector<const Definition*> group;
      for (const std::size_t node : component)
        if (all[node]->is_type()) group.push_back(all[node]);
      module_.add_type_group(std::move(group));
      if (!is_cycle(component, edges)) continue;
      for (const std::size_t node : component) module_.set_cycle(*all[node], cycle);
      ++cycle;
    }
  }

  Module& module_;
  Diagnostics& diagnostics_;
  std::unordered_map<const Definition*, std::size_t> numbers_;
};

}  // namespace

bool order(Module& module, Diagnostics& diagnostics) {
  return Orderer(module, diagnostics).run();
}

}  // namespace rpcgen
