// SPDX-License-Identifier: BSD-3-Clause
// Strongly connected components, without recursion: inputs may be hostile.
#pragma once

#include <cstddef>
#include <vector>

namespace rpcgen {

using Edges = std::vector<std::vector<std::size_t>>;

// Tarjan's algorithm. What a node depends on (its edges) comes before it; otherwise the
// order is that of the nodes.
std::vector<std::vector<std::size_t>> components(const Edges& edges);

// Does the component contain a way back to its start?
bool is_cycle(const std::vector<std::size_t>& component, const Edges& edges);

}  // namespace rpcgen
