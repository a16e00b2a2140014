// SPDX-License-Identifier: BSD-3-Clause
// Strongly connected components, without recursion: inputs may be hostile.
#include "config.h"

#include "graph.hpp"

#include <algorithm>
#include <utility>

namespace rpcgen {
namespace {

class Tarjan {
 public:
  explicit Tarjan(const Edges& edges) : edges_(edges), state_(edges.size()) {}

  std::vector<std::vector<std::size_t>> run() {
    for (std::size_t node = 0; node < edges_.size(); ++node)
      if (state_[node].index == 0) visit(node);
    return std::move(result_);
  }

 private:
  struct State {
    std::size_t index = 0;  // 0: not seen yet
    std::size_t low = 0;
    std::size_t next_edge = 0;
    bool on_stack = false;
  };

  void enter(std::size_t node) {
    state_[node].index = state_[node].low = ++counter_;
    state_[node].on_stack = true;
    stack_.push_back(node);
    path_.push_back(node);
  }

  void visit(std::size_t root) {
    enter(root);
    while (!path_.empty()) {
      const std::size_t node = path_.back();
      if (state_[node].next_edge < edges_[node].size())
        follow(node, edges_[node][state_[node].next_edge++]);
      else
        leave(node);
    }
  }

  void follow(std::size_t node, std::size_t target) {
    if (state_[target].index == 0)
      enter(target);
    else if (state_[target].on_stack)
      state_[node].low = std::min(state_[node].low, state_[target].index);
  }

  void leave(std::size_t node) {
    path_.pop_back();
    if (!path_.empty())
      state_[path_.back()].low = std::min(state_[path_.back()].low, state_[node].low);
    if (state_[node].low != state_[node].index) return;
    std::vector<std::size_t> component;
    std::size_t member;
    do {
      member = stack_.back();
      stack_.pop_back();
      state_[member].on_stack = false;
      component.push_back(member);
    } while (member != node);
    std::reverse(component.begin(), component.end());
    result_.push_back(std::move(component));
  }

  const Edges& edges_;
  std::vector<State> state_;
  std::vector<std::size_t> stack_;
  std::vector<std::size_t> path_;
  std::size_t counter_ = 0;
  std::vector<std::vector<std::size_t>> result_;
};

}  // namespace

std::vector<std::vector<std::size_t>> components(const Edges& edges) {
  return Tarjan(edges).run();
}

bool is_cycle(const std::vector<std::size_t>& component, const Edges& edges) {
  if (component.size() > 1) return true;
  const auto& own = edges[component.front()];
  return std::find(own.begin(), own.end(), component.front()) != own.end();
}

}  // namespace rpcgen
