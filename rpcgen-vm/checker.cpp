// SPDX-License-Identifier: BSD-3-Clause
// What the grammar allows but no program can mean: bounds, unions, numbers, types.
#include "config.h"

#include "checker.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace rpcgen {
namespace {

constexpr Wide kMaxWord = (Wide(1) << 32) - 1;

std::string decimal(Wide value) {
  const bool negative = value < 0;
  if (negative) value = -value;
  std::string digits;
  do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return negative ? "-" + digits : digits;
}

class Checker {
 public:
  Checker(const Module& module, Diagnostics& diagnostics)
      : module_(module), source_(module.source()), diagnostics_(diagnostics) {}

  void run() {
    for (const Definition* definition : module_.definitions()) {
      if (diagnostics_.too_many_errors()) return;
      this->definition(*definition);
    }
    check_programs();
  }

 private:
  void error(Location where, std::string message, std::string hint = {}) {
    diagnostics_.error(source_, where, std::move(message), std::move(hint));
  }

  void definition(const Definition& definition) {
    for_each_declaration(definition, [&](const Declaration& use) { declaration(use); });
    if (const auto* body = definition.as<StructDefinition>()) {
      if (body->fields.empty())
        error(definition.where, "struct '" + definition.name + "' has no fields",
              "C needs one at least; use void where nothing is to be sent");
    } else if (const auto* list = definition.as<EnumDefinition>()) {
      enumerators(definition, *list);
    } else if (const auto* choice = definition.as<UnionDefinition>()) {
      this->choice(definition, *choice);
    }
  }

  void enumerators(const Definition& definition, const EnumDefinition& list) {
    if (list.enumerators.empty())
      error(definition.where, "enum '" + definition.name + "' has no enumerators");
    for (const Enumerator& enumerator : list.enumerators)
      if (enumerator.number && (*enumerator.number > 0x7fffffff ||
                                *enumerator.number < -Wide(0x80000000LL)))
        error(enumerator.where,
              "enumerator '" + enumerator.name + "' does not fit 32 bits with sign");
  }

  // --- declarations

  void declaration(const Declaration& use) {
    if (use.bound) bound(use);
    if (use.type.builtin != Builtin::kNamed) return;
    const Definition* target = module_.find_type(use.type);
    if (!target || use.type.tag.empty()) return;
    const std::string kind = kind_of(*target);
    if (kind != use.type.tag)
      error(use.type.where, "'" + use.type.name + "' is a " + kind + ", not a " + use.type.tag);
  }

  static std::string kind_of(const Definition& definition) {
    if (definition.as<EnumDefinition>()) return "enum";
    if (definition.as<UnionDefinition>()) return "union";
    return definition.as<StructDefinition>() ? "struct" : "typedef";
  }

  void bound(const Declaration& use) {
    const Constant& bound = *use.bound;
    if (bound.tree->kind == Expression::Kind::kString || is_string_constant(bound))
      return error(bound.where(), "a string cannot be a size");
    if (!bound.value) return;
    if (*bound.value < 0)
      error(bound.where(), "a size cannot be negative, but this is " + decimal(*bound.value));
    else if (*bound.value == 0 && use.shape == Shape::kVector)
      diagnostics_.warning(source_, bound.where(),
                           "an array of no elements is a GNU extension of C");
    else if (*bound.value > kMaxWord)
      error(bound.where(), "a size is at most 4294967295, but this is " + decimal(*bound.value));
  }

  bool is_string_constant(const Constant& constant) const {
    if (constant.tree->kind != Expression::Kind::kName) return false;
    const Definition* target = module_.find_value(constant.tree->text);
    const auto* value = target ? target->as<ConstDefinition>() : nullptr;
    return value && value->value.tree->kind == Expression::Kind::kString;
  }

  // --- unions

  void choice(const Definition& definition, const UnionDefinition& choice) {
    discriminant(choice.discriminant);
    std::size_t cases = 0;
    std::map<Wide, Location> seen;
    std::optional<Location> other;
    for (const Arm& arm : choice.arms) {
      cases += arm.cases.size();
      for (const Constant& value : arm.cases) {
        if (!value.value) continue;
        if (!seen.emplace(word(*value.value), value.where()).second)
          error(value.where(), "union '" + definition.name + "' has two arms for " +
                                   value.text + " (" + decimal(*value.value) + ")");
        case_fits(choice, value);
      }
      if (!arm.cases.empty()) continue;
      if (other) error(arm.where, "union '" + definition.name + "' has two default arms");
      other = arm.where;
    }
    if (cases == 0)
      error(definition.where, "union '" + definition.name + "' has no case",
            "a union needs one case at least besides default");
  }

  // -1 and 0xffffffff are the same word on the wire.
  static Wide word(Wide value) { return value & kMaxWord; }

  void discriminant(const Declaration& use) {
    const Declaration& real = module_.resolve(use);
    const Definition* target =
        real.type.builtin == Builtin::kNamed ? module_.find_type(real.type) : nullptr;
    bool good = real.shape == Shape::kPlain;
    switch (real.type.builtin) {
      case Builtin::kInt:
      case Builtin::kUInt:
      case Builtin::kLong:
      case Builtin::kULong:
      case Builtin::kShort:
      case Builtin::kUShort:
      case Builtin::kChar:
      case Builtin::kUChar:
      case Builtin::kBool:
        break;
      case Builtin::kNamed:  // unknown types are the user's own affair
        good = good && (!target || target->as<EnumDefinition>());
        break;
      default:
        good = false;
    }
    if (!good)
      error(use.where, "'" + use.name + "' cannot tell the arms of a union apart",
            "it must be an int, unsigned int, enum or bool");
  }

  void case_fits(const UnionDefinition& choice, const Constant& value) {
    const Declaration& real = module_.resolve(choice.discriminant);
    if (real.type.builtin == Builtin::kBool && *value.value != 0 && *value.value != 1)
      error(value.where(), "a bool is TRUE or FALSE, never " + decimal(*value.value));
    else if (*value.value > kMaxWord || *value.value < -Wide(0x80000000LL))
      error(value.where(), "this case needs more than 32 bits");
  }

  // --- programs

  void check_programs() {
    std::map<Wide, std::string> numbers;
    std::map<std::string, std::string> functions;
    for (const Definition* definition : module_.definitions())
      if (const auto* program = definition->as<ProgramDefinition>())
        this->program(*definition, *program, numbers);
  }

  void program(const Definition& definition, const ProgramDefinition& program,
               std::map<Wide, std::string>& numbers) {
    number(program.number, "program");
    if (program.number.value) {
      const auto [found, fresh] = numbers.emplace(*program.number.value, definition.name);
      if (!fresh)
        error(program.number.where(), "program '" + definition.name + "' has the number of '" +
                                          found->second + "'");
    }
    if (program.versions.empty())
      error(definition.where, "program '" + definition.name + "' has no version");
    std::map<Wide, std::string> versions;
    for (const Version& version : program.versions) this->version(version, versions);
  }

  void number(const Constant& constant, const std::string& what) {
    if (constant.tree->kind == Expression::Kind::kString || is_string_constant(constant))
      error(constant.where(), "a string cannot be the number of a " + what);
    else if (constant.value && (*constant.value < 0 || *constant.value > kMaxWord))
      error(constant.where(),
            "the number of a " + what + " is 0 to 4294967295, but this is " +
                decimal(*constant.value));
  }

  void version(const Version& version, std::map<Wide, std::string>& numbers) {
    number(version.number, "version");
    const auto kind = version.number.tree->kind;
    if (kind != Expression::Kind::kNumber && kind != Expression::Kind::kName)
      error(version.number.where(), "the number of a version must be a number or a name",
            "it becomes part of function names");
    if (version.number.value) {
      const auto [found, fresh] = numbers.emplace(*version.number.value, version.name);
      if (!fresh)
        error(version.number.where(),
              "version '" + version.name + "' has the number of '" + found->second + "'");
    }
    if (version.procedures.empty())
      error(version.where, "version '" + version.name + "' has no procedure");
    std::map<Wide, std::string> procedures;
    for (const Procedure& procedure : version.procedures)
      this->procedure(procedure, procedures);
  }

  void procedure(const Procedure& procedure, std::map<Wide, std::string>& numbers) {
    number(procedure.number, "procedure");
    std::set<std::string_view> names;
    for (const Declaration& argument : procedure.arguments) {
      declaration(argument);
      if (!argument.name.empty() && !names.insert(argument.name).second)
        error(argument.where, "two arguments are called '" + argument.name + "'");
    }
    if (!procedure.number.value) return;
    const auto [found, fresh] = numbers.emplace(*procedure.number.value, procedure.name);
    if (!fresh)
      error(procedure.number.where(),
            "procedure '" + procedure.name + "' has the number of '" + found->second + "'");
  }

  const Module& module_;
  const Source& source_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check(const Module& module, Diagnostics& diagnostics) {
  Checker(module, diagnostics).run();
  check_names(module, diagnostics);
}

}  // namespace rpcgen
