// SPDX-License-Identifier: BSD-3-Clause
// The values of constants.
#include "config.h"

#include "evaluate.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "graph.hpp"

namespace rpcgen {
namespace {

constexpr Wide kLargest = (Wide(1) << 64) - 1;
constexpr Wide kSmallest = -(Wide(1) << 63);

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

class Evaluator {
 public:
  Evaluator(Module& module, Diagnostics& diagnostics)
      : module_(module), diagnostics_(diagnostics) {}

  void run() {
    const Edges edges = dependencies();
    for (const auto& component : components(edges)) {
      if (is_cycle(component, edges) && !is_enum_using_itself(component)) {
        circular(component);
        continue;
      }
      for (const std::size_t node : component) definition(*module_.definitions()[node]);
    }
  }

 private:
  // Later enumerators may use earlier ones of the same enum.
  bool is_enum_using_itself(const std::vector<std::size_t>& component) const {
    return component.size() == 1 &&
           module_.definitions()[component.front()]->as<EnumDefinition>() != nullptr;
  }

  Edges dependencies() {
    const auto& all = module_.definitions();
    std::map<const Definition*, std::size_t> numbers;
    for (std::size_t i = 0; i < all.size(); ++i) numbers[all[i]] = i;
    Edges edges(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      for_each_constant(*all[i], [&](Constant& constant) {
        for_each_name(*constant.tree, [&](const Expression& name) {
          if (const Definition* target = module_.find_value(name.text))
            edges[i].push_back(numbers[target]);
        });
      });
    return edges;
  }

  void circular(const std::vector<std::size_t>& component) {
    const Definition& first = *module_.definitions()[component.front()];
    diagnostics_.error(module_.source(), first.where,
                       "the value of '" + first.name + "' depends on itself");
  }

  void definition(Definition& definition) {
    if (auto* list = std::get_if<EnumDefinition>(&definition.body)) return enumerators(*list);
    for_each_constant(definition, [&](Constant& value) { constant(value); });
    if (const auto* value = definition.as<ConstDefinition>())
      if (value->value.value) values_.emplace(definition.name, *value->value.value);
  }

  void enumerators(EnumDefinition& list) {
    std::optional<Wide> next = 0;
    for (Enumerator& enumerator : list.enumerators) {
      if (enumerator.value) {
        constant(*enumerator.value);
        next = enumerator.value->value;
      }
      enumerator.number = next;
      if (next) values_.emplace(enumerator.name, *next);
      if (next) next = *next + 1;
    }
  }

  void constant(Constant& constant) {
    constant.value = value_of(*constant.tree);
    if (constant.value && (*constant.value > kLargest || *constant.value < kSmallest)) {
      diagnostics_.error(module_.source(), constant.where(), "this value needs more than 64 bits");
      constant.value.reset();
    }
  }

  std::optional<Wide> value_of(const Expression& node) {
    switch (node.kind) {
      case Expression::Kind::kNumber:
        return number(node);
      case Expression::Kind::kCharacter:
        return character(node);
      case Expression::Kind::kName:
        return name(node);
      case Expression::Kind::kString:
        return std::nullopt;
      case Expression::Kind::kUnary:
        return unary(node);
      case Expression::Kind::kBinary:
        return binary(node);
    }
    return std::nullopt;
  }

  std::optional<Wide> name(const Expression& node) {
    if (node.text == "TRUE") return 1;
    if (node.text == "FALSE") return 0;
    const auto found = values_.find(node.text);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

  std::optional<Wide> number(const Expression& node) {
    std::string_view digits = node.text;
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x') {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'b') {
      base = 2;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits[0] == '0') {
      base = 8;
    }
    Wide value = 0;
    for (const char c : digits) {
      if (digit_value(c) >= base) return bad_number(node);
      value = std::min<Wide>(value * base + digit_value(c), kLargest + 1);
    }
    return value;
  }

  std::optional<Wide> bad_number(const Expression& node) {
    diagnostics_.error(module_.source(), node.where, "'" + node.text + "' is not a number",
                       "numbers are decimal, 0x hexadecimal, 0 octal or 0b binary");
    return std::nullopt;
  }

  std::optional<Wide> character(const Expression& node) {
    if (node.text.size() == 3 && node.text[1] != '\\')
      return static_cast<signed char>(node.text[1]);
    static const std::map<char, int> kEscapes = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'},
                                                 {'0', '\0'}, {'\\', '\\'}, {'\'', '\''},
                                                 {'"', '"'}, {'a', '\a'}, {'b', '\b'},
                                                 {'f', '\f'}, {'v', '\v'}};
    if (node.text.size() == 4 && node.text[1] == '\\')
      if (const auto found = kEscapes.find(node.text[2]); found != kEscapes.end())
        return found->second;
    diagnostics_.error(module_.source(), node.where, "this is not one character");
    return std::nullopt;
  }

  std::optional<Wide> unary(const Expression& node) {
    const auto operand = value_of(*node.left);
    if (!operand) return std::nullopt;
    if (node.text == "-") return -*operand;
    return node.text == "~" ? ~*operand : *operand;
  }

  // Keeps the product of two values far from the limits of Wide.
  static bool is_sane(Wide value) { return value <= kLargest && value >= -kLargest; }

  std::optional<Wide> binary(const Expression& node) {
    const auto left = value_of(*node.left);
    const auto right = value_of(*node.right);
    if (!left || !right) return std::nullopt;
    if (!is_sane(*left) || !is_sane(*right)) return overflow(node);
    switch (node.text[0]) {
      case '+':
        return *left + *right;
      case '-':
        return *left - *right;
      case '*':
        return product(node, *left, *right);
      case '|':
        return *left | *right;
      case '&':
        return *left & *right;
      case '^':
        return *left ^ *right;
      case '<':
      case '>':
        return shift(node, *left, *right);
      default:
        return quotient(node, *left, *right);
    }
  }

  std::optional<Wide> overflow(const Expression& node) {
    diagnostics_.error(module_.source(), node.where, "this value needs more than 64 bits");
    return std::nullopt;
  }

  std::optional<Wide> product(const Expression& node, Wide left, Wide right) {
    Wide result = 0;
    if (__builtin_mul_overflow(left, right, &result)) return overflow(node);
    return result;
  }

  std::optional<Wide> quotient(const Expression& node, Wide left, Wide right) {
    if (right == 0) {
      diagnostics_.error(module_.source(), node.right->where, "division by zero");
      return std::nullopt;
    }
    return node.text == "/" ? left / right : left % right;
  }

  std::optional<Wide> shift(const Expression& node, Wide left, Wide right) {
    if (right < 0 || right > 63 || left < 0) {
      diagnostics_.error(module_.source(), node.right->where,
                         "only positive values can be shifted, by 0 to 63");
      return std::nullopt;
    }
    return node.text == "<<" ? left * (Wide(1) << right) : left >> right;
  }

  Module& module_;
  Diagnostics& diagnostics_;
  std::map<std::string, Wide, std::less<>> values_;
};

}  // namespace

void evaluate(Module& module, Diagnostics& diagnostics) { Evaluator(module, diagnostics).run(); }

}  // namespace rpcgen
