// SPDX-License-Identifier: BSD-3-Clause
// What can be said about the memory of a type without knowing the ABI.
#include "config.h"

#include "shape.hpp"

#include <map>
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

// By value: into structs, unions, typedefs and fixed arrays. A value holds itself only behind
// pointers, so this ends; results are kept, so it is quick.
class FactFinder {
 public:
  explicit FactFinder(const Module& module) : module_(module) {}

  TypeFacts of(const Definition& definition) {
    if (const auto found = known_.find(&definition); found != known_.end()) return found->second;
    TypeFacts facts;
    facts.checked = definition.as<UnionDefinition>() != nullptr;
    for_each_declaration(definition, [&](const Declaration& use) { add(facts, use); });
    return known_[&definition] = facts;
  }

 private:
  void add(TypeFacts& facts, const Declaration& use) {
    if (use.type.builtin == Builtin::kVoid) return;
    const Definition* target =
        use.type.builtin == Builtin::kNamed ? module_.find_type(use.type) : nullptr;
    const bool foreign = use.type.builtin == Builtin::kNamed && !target &&
                         !is_scalar(module_, use.type);
    facts.foreign |= foreign;
    if (use.shape == Shape::kPointer || use.shape == Shape::kArray) {
      facts.pointers = true;
      return;
    }
    facts.pointers |= foreign;
    facts.checked |= is_bool(use.type);
    if (!target) return;
    const TypeFacts inner = of(*target);
    facts.pointers |= inner.pointers;
    facts.checked |= inner.checked;
    facts.foreign |= inner.foreign;
  }

  const Module& module_;
  std::map<const Definition*, TypeFacts> known_;
};

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

// What a word of a shape stands for.
enum ShapeWord : std::uint64_t { kReferenceWord = 1000, kBackWord, kKindWord, kArmWord };

// Outside a cycle a type's hash is made of those of its parts. Inside one, the walk numbers
// the types as it meets them, so that the result does not depend on their names.
class Shaper {
 public:
  explicit Shaper(const Module& module) : module_(module) {}

  std::uint64_t of(const Definition& definition) {
    if (const auto found = known_.find(&definition); found != known_.end()) return found->second;
    Hash hash;
    std::map<const Definition*, std::size_t> seen;
    walk(definition, definition, hash, seen);
    return known_[&definition] = hash.value();
  }

 private:
  void walk(const Definition& definition, const Definition& root, Hash& hash,
            std::map<const Definition*, std::size_t>& seen) {
    seen.emplace(&definition, seen.size());
    hash.add(kKindWord + 100 * definition.body.index());
    for_each_declaration(definition, [&](const Declaration& use) {
      // A typedef is a name only.
      const Declaration& real = module_.resolve(use);
      hash.add(kArmWord + static_cast<std::uint64_t>(real.shape));
      type(real.type, root, hash, seen);
    });
  }

  void type(const TypeName& type, const Definition& root, Hash& hash,
            std::map<const Definition*, std::size_t>& seen) {
    const Definition* target =
        type.builtin == Builtin::kNamed ? module_.find_type(type) : nullptr;
    if (!target) {
      hash.add(static_cast<std::uint64_t>(type.builtin));
      if (type.builtin == Builtin::kNamed) foreign_name(type, hash);
    } else if (!module_.in_same_cycle(*target, root)) {
      hash.add(kReferenceWord);
      hash.add(of(*target));
    } else if (const auto found = seen.find(target); found != seen.end()) {
      hash.add(kBackWord);
      hash.add(found->second);
    } else {
      walk(*target, root, hash, seen);
    }
  }

  // Types without a map can be told apart by their names only.
  static void foreign_name(const TypeName& type, Hash& hash) {
    for (const char c : type.name) hash.add(static_cast<unsigned char>(c));
  }

  const Module& module_;
  std::map<const Definition*, std::uint64_t> known_;
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

TypeFacts type_facts(const Module& module, const Definition& definition) {
  return FactFinder(module).of(definition);
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

std::uint64_t shape_hash(const Module& module, const Definition& definition) {
  return Shaper(module).of(definition);
}

}  // namespace rpcgen
