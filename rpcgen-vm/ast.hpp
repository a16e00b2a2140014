// SPDX-License-Identifier: BSD-3-Clause
// What an .x file says, as a tree. Strings are spellings; values are filled in by the checker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "source.hpp"

namespace rpcgen {

struct Definition;

// Constants of the language fit 64 bits, signed or unsigned.
__extension__ typedef __int128 Wide;

struct Expression {
  enum class Kind { kNumber, kName, kString, kCharacter, kUnary, kBinary };
  Kind kind = Kind::kNumber;
  Location where;
  std::string text;  // spelling, or the operator
  std::unique_ptr<Expression> left, right;
};

struct Constant {
  std::unique_ptr<Expression> tree;
  std::string text;           // C for it, safe as an operand
  std::optional<Wide> value;  // none: a string, or a name that only the C compiler knows
  Location where() const { return tree->where; }
};

enum class Builtin {
  kNamed,
  kVoid,
  kInt,
  kUInt,
  kLong,
  kULong,
  kShort,
  kUShort,
  kChar,
  kUChar,
  kHyper,
  kUHyper,
  kFloat,
  kDouble,
  kBool,
  kString,
  kOpaque,
};

struct TypeName {
  Builtin builtin = Builtin::kNamed;
  std::string name;  // of a named type
  std::string tag;   // "struct", "union" or "enum" when written with one
  Location where;
  std::shared_ptr<Definition> body;  // written in place; gone after parsing
};

enum class Shape { kPlain, kPointer, kVector, kArray };

// One field, arm, argument or typedef. `string x<9>` and `opaque x<9>` are arrays of those.
struct Declaration {
  TypeName type;
  Shape shape = Shape::kPlain;
  std::string name;
  Location where;
  std::optional<Constant> bound;
  std::string doc;
  bool in_place = false;
};

struct Enumerator {
  std::string name;
  Location where;
  std::optional<Constant> value;  // none: one more than the one before
  std::optional<Wide> number;
  std::string doc;
};

struct Arm {
  std::vector<Constant> cases;  // none: the default arm
  Declaration declaration;      // type kVoid when there is nothing
  Location where;
};

struct ConstDefinition {
  Constant value;
};
struct EnumDefinition {
  std::vector<Enumerator> enumerators;
};
struct StructDefinition {
  std::vector<Declaration> fields;
};
struct UnionDefinition {
  Declaration discriminant;
  std::vector<Arm> arms;
};
struct TypedefDefinition {
  Declaration declaration;
};

struct Procedure {
  TypeName result;
  std::string name;
  Location where;
  std::vector<Declaration> arguments;  // none for void
  Constant number;
  std::string doc;
  bool in_place = false;
};

struct Version {
  std::string name;
  Location where;
  std::vector<Procedure> procedures;
  Constant number;
  std::string doc;
};

struct ProgramDefinition {
  std::vector<Version> versions;
  Constant number;
};

struct Definition {
  std::string name;
  Location where;
  std::string doc;
  bool in_place = false;
  std::variant<ConstDefinition, EnumDefinition, StructDefinition, UnionDefinition,
               TypedefDefinition, ProgramDefinition>
      body;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&body);
  }
  bool is_type() const { return !as<ConstDefinition>() && !as<ProgramDefinition>(); }
};

// A % line, text without the %.
struct Passthrough {
  std::string text;
  Location where;
};

using Item = std::variant<Passthrough, std::shared_ptr<Definition>>;

}  // namespace rpcgen
