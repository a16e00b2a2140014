// SPDX-License-Identifier: BSD-3-Clause
// What can be said about the memory of a type without knowing the ABI.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "module.hpp"

namespace rpcgen {

// A machine word or part of one: built in, an enum, or a known name of the library.
bool is_scalar(const Module& module, const TypeName& type);
bool is_bool(const TypeName& type);
bool points_to_bool(const Module& module, const Declaration& use);

// By value, at any depth.
struct TypeFacts {
  bool pointers = false;  // or anything that might be one
  bool checked = false;   // bools, discriminants
  bool foreign = false;   // types without a map, also behind pointers of this very value
};
// Size of plain data, where it is the same everywhere; long is not.
struct PlainSize {
  std::uint64_t unit = 0;              // of one element; 0: a long
  std::optional<std::uint64_t> total;  // of all, unless only the C compiler knows
};
PlainSize plain_size(const Module& module, const Declaration& use);

// Plain data without padding in between, whatever the ABI: scalars are aligned to their size
// or less, so after a larger one (and whole multiples) there is no gap.
class BlockRun {
 public:
  BlockRun() = default;
  explicit BlockRun(PlainSize first) : first_unit_(first.unit), length_(first.total), open_(true) {}
  // Does `next` follow without a gap? Then it belongs to the run.
  bool append(PlainSize next);

 private:
  std::uint64_t first_unit_ = 0;
  std::optional<std::uint64_t> length_;
  bool open_ = false;
};

// Facts and shapes of all types of a module.
class TypeTable {
 public:
  explicit TypeTable(const Module& module);

  const TypeFacts& facts(const Definition& definition) const { return facts_.at(&definition); }
  // Name-independent; equal for equal types in whatever file. Numbers (bounds, cases) are not
  // part of it: the C compiler puts them into the layout.
  std::uint64_t shape(const Definition& definition) const { return shapes_.at(&definition); }

 private:
  static constexpr std::size_t kMaxRounds = 64;

  TypeFacts find_facts(const Definition& definition) const;
  void add_use(TypeFacts& facts, const Declaration& use) const;
  void find_shapes(const std::vector<const Definition*>& group);
  std::uint64_t shape_from_parts(const Definition& definition) const;

  const Module& module_;
  std::unordered_map<const Definition*, TypeFacts> facts_;
  std::unordered_map<const Definition*, std::uint64_t> shapes_;
};

}  // namespace rpcgen
