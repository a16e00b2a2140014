// SPDX-License-Identifier: BSD-3-Clause
// What can be said about the memory of a type without knowing the ABI.
#include "config.h"

#include "shape.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "c_code.hpp"

namespace rpcgen {
namespace {

bool is_enum(const Module& module, const TypeName& type) {
  const Definition* target = module.find_type(type);
  return target && target->as<EnumDefinition>();
}

// The element type with its typedefs followed, as long as they are plain.
const TypeName& element_type(const Module& module, const Declaration& use, Declaration& scratch) {
  scratch.type.builtin = use.type.builtin;
  scratch.type.name = use.type.name;
  const Declaration& real = module.resolve(scratch);
  return real.shape == Shape::kPlain && &real != &scratch ? real.type : use.type;
}

std::uint64_t library_size(const std::string& name) {
  if (name.find("64") != std::string::npos || name.find("quad") != std::string::npos) return 8;
  if (name.find("16") != std::string::npos || name == "u_short") return 2;
  if (name.find("int8") != std::string::npos || name == "u_char") return 1;
  return name == "u_long" ? 0 : 4;
}

std::uint64_t scalar_size(const TypeName& type) {
  switch (type.builtin) {
    case Builtin::kOpaque:
    case Builtin::kChar:
    case Builtin::kUChar:
      return 1;
    case Builtin::kShort:
    case Builtin::kUShort:
      return 2;
    case Builtin::kHyper:
    case Builtin::kUHyper:
    case Builtin::kDouble:
      return 8;
    case Builtin::kLong:
    case Builtin::kULong:
      return 0;
    case Builtin::kNamed:
      return library_size(type.name);
    default:
      return 4;
  }
}

// FNV-1a over words.
class Hash {
 public:
  void add(std::uint64_t word) {
    for (int i = 0; i < 8; ++i, word >>= 8) value_ = (value_ ^ (word & 0xff)) * 0x100000001b3ull;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ull;
};

}  // namespace

bool is_bool(const TypeName& type) {
  return type.builtin == Builtin::kBool ||
         (type.builtin == Builtin::kNamed && type.name == "bool_t");
}

bool is_scalar(const Module& module, const TypeName& type) {
  switch (type.builtin) {
    case Builtin::kNamed:
      return is_enum(module, type) || is_library_scalar(module, type);
    case Builtin::kVoid:
    case Builtin::kString:
    case Builtin::kOpaque:
      return false;
    default:
      return true;
  }
}

bool points_to_bool(const Module& module, const Declaration& use) {
  if (use.shape != Shape::kPointer && use.shape != Shape::kArray) return false;
  Declaration scratch;
  return is_bool(element_type(module, use, scratch));
}

PlainSize plain_size(const Module& module, const Declaration& use) {
  const Declaration& real = module.resolve(use);
  Declaration scratch;
  const TypeName& type = element_type(module, real, scratch);
  PlainSize size;
  size.unit = is_enum(module, type) ? 4 : scalar_size(type);
  if (size.unit == 0) return size;
  if (real.shape != Shape::kVector)
    size.total = size.unit;
  else if (real.bound->value)
    size.total = size.unit * static_cast<std::uint64_t>(*real.bound->value);
  return size;
}

bool BlockRun::append(PlainSize next) {
  if (!open_) return false;
  if (first_unit_ == 0 || next.unit == 0) return open_ = first_unit_ == next.unit;
  if (!length_ || next.unit > first_unit_ || *length_ % next.unit != 0) return open_ = false;
  length_ = next.total ? std::optional(*length_ + *next.total) : std::nullopt;
  return true;
}

// Definitions come after what they contain, so nothing here needs recursion.
TypeTable::TypeTable(const Module& module) : module_(module) {
  for (const Definition* definition : module.c_order())
    if (definition->is_type()) facts_[definition] = find_facts(*definition);
  for (const auto& group : module.type_groups()) find_shapes(group);
}

TypeFacts TypeTable::find_facts(const Definition& definition) const {
  TypeFacts facts;
  facts.checked = definition.as<UnionDefinition>() != nullptr;
  for_each_declaration(definition, [&](const Declaration& use) {
    if (use.type.builtin != Builtin::kVoid) add_use(facts, use);
  });
  return facts;
}

void TypeTable::add_use(TypeFacts& facts, const Declaration& use) const {
  const Definition* target =
      use.type.builtin == Builtin::kNamed ? module_.find_type(use.type) : nullptr;
  const bool foreign =
      use.type.builtin == Builtin::kNamed && !target && !is_scalar(module_, use.type);
  facts.foreign |= foreign;
  facts.pointers |= foreign;
  if (use.shape == Shape::kPointer || use.shape == Shape::kArray) {
    facts.pointers = true;
    return;
  }
  facts.checked |= is_bool(use.type);
  if (!target) return;
  const TypeFacts& inner = facts_.at(target);
  facts.pointers |= inner.pointers;
  facts.checked |= inner.checked;
  facts.foreign |= inner.foreign;
}

// A type alone is hashed from its parts. Types that refer to each other are hashed in rounds,
// each from the results of the round before, until differences have met everywhere.
void TypeTable::find_shapes(const std::vector<const Definition*>& group) {
  for (const Definition* definition : group) shapes_[definition] = 0;
  const std::size_t rounds = std::min<std::size_t>(group.size(), kMaxRounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<std::uint64_t> next;
    for (const Definition* definition : group) next.push_back(shape_from_parts(*definition));
    for (std::size_t i = 0; i < group.size(); ++i) shapes_[group[i]] = next[i];
  }
}

std::uint64_t TypeTable::shape_from_parts(const Definition& definition) const {
  Hash hash;
  hash.add(definition.body.index());
  for_each_declaration(definition, [&](const Declaration& use) {
    // A typedef is a name only.
    const Declaration& real = module_.resolve(use);
    hash.add(static_cast<std::uint64_t>(real.shape));
    hash.add(static_cast<std::uint64_t>(real.type.builtin));
    if (real.type.builtin != Builtin::kNamed) return;
    if (const Definition* target = module_.find_type(real.type))
      hash.add(shapes_.at(target));
    else  // without a map, and told from others by the name only
      for (const char c : real.type.name) hash.add(static_cast<unsigned char>(c));
  });
  return hash.value();
}

}  // namespace rpcgen
