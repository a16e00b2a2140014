// SPDX-License-Identifier: BSD-3-Clause
// Recursive descent over the language of RFC 4506 and RFC 5531, with rpcgen's extensions.
#include "config.h"

#include "parser.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "hoist.hpp"

namespace rpcgen {
namespace {

// Beyond these no human wrote the file, and our own stack is at stake.
constexpr int kMaxNesting = 64;
constexpr int kMaxOperators = 256;

// Ends the current definition; the message has been reported.
struct SyntaxError {};

constexpr std::array<std::string_view, 6> kDefinitionWords = {"const",  "typedef", "enum",
                                                              "struct", "union",   "program"};
// Words that cannot name anything. `version`, `program`, `string` and `opaque` can.
constexpr std::array<std::string_view, 20> kReserved = {
    "const", "typedef", "enum",     "struct", "union", "switch", "case",
    "default", "void",  "unsigned", "int",    "long",  "short",  "char",
    "hyper",   "float", "double",   "bool",   "quadruple", "signed"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  for (const auto w : words)
    if (w == word) return true;
  return false;
}

class Parser {
 public:
  Parser(const std::vector<Token>& tokens, const Source& source, Diagnostics& diagnostics)
      : tokens_(tokens), source_(source), diagnostics_(diagnostics) {}

  std::vector<Item> run() {
    while (peek().kind != TokenKind::kEnd && !diagnostics_.too_many_errors()) {
      try {
        definition();
      } catch (const SyntaxError&) {
        recover();
      }
    }
    return std::move(items_);
  }

 private:
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > kMaxNesting) {
        --parser_.nesting_;
        parser_.fail(parser_.peek(), "this is nested too deeply");
      }
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  // --- tokens

  const Token& peek() {
    for (; tokens_[at_].kind == TokenKind::kPassthrough; ++at_)
      items_.emplace_back(Passthrough{tokens_[at_].text, tokens_[at_].where});
    return tokens_[at_];
  }
  const Token& peek_second() {
    peek();
    std::size_t i = at_;
    if (tokens_[i].kind != TokenKind::kEnd) ++i;
    while (tokens_[i].kind == TokenKind::kPassthrough) ++i;
    return tokens_[i];
  }
  const Token& take() {
    const Token& token = peek();
    if (token.kind != TokenKind::kEnd) ++at_;
    return token;
  }
  bool accept(std::string_view text) {
    if (!peek().is(text)) return false;
    take();
    return true;
  }

  static std::string describe(const Token& token) {
    if (token.kind == TokenKind::kEnd) return "the end of the file";
    return "'" + token.text + "'";
  }
  [[noreturn]] void fail(const Token& token, std::string message, std::string hint = {}) {
    diagnostics_.error(source_, token.where, std::move(message), std::move(hint));
    throw SyntaxError{};
  }
  const Token& expect(std::string_view text, std::string_view after) {
    if (peek().is(text)) return take();
    // A forgotten `;` is best shown where it belongs: behind the token before.
    if (text == ";" && at_ > 0) {
      const Location last = tokens_[at_ - 1].where;
      diagnostics_.error(source_, {last.offset + last.length, 1},
                         "expected ';' after " + std::string(after));
      throw SyntaxError{};
    }
    fail(peek(), "expected '" + std::string(text) + "' after " + std::string(after) +
                     ", found " + describe(peek()));
  }
  const Token& identifier(std::string_view what) {
    const Token& token = peek();
    if (token.kind != TokenKind::kIdentifier)
      fail(token, "expected " + std::string(what) + ", found " + describe(token));
    if (contains(kReserved, token.text))
      fail(token, "'" + token.text + "' is a word of the language and cannot be " +
                      std::string(what));
    return take();
  }

  // Skips to what looks like the start of the next definition.
  void recover() {
    while (peek().kind != TokenKind::kEnd) {
      const Token& token = peek();
      const bool starts = token.kind == TokenKind::kIdentifier &&
                          contains(kDefinitionWords, token.text) &&
                          source_.position(token.where).column == 1;
      if (starts && at_ != failed_at_) return;
      take();
    }
  }

  // --- definitions

  void definition() {
    failed_at_ = at_;
    const Token& first = peek();
    Definition result;
    result.doc = first.doc;
    result.in_place = first.in_place;
    if (accept("const")) {
      const_definition(result);
    } else if (accept("typedef")) {
      typedef_definition(result);
    } else if (accept("enum")) {
      name_of(result, "the name of the enum");
      result.body = enum_body();
    } else if (accept("struct")) {
      name_of(result, "the name of the struct");
      result.body = struct_body();
    } else if (accept("union")) {
      name_of(result, "the name of the union");
      result.body = union_body();
    } else if (accept("program")) {
      name_of(result, "the name of the program");
      result.body = program_body();
    } else {
      unexpected(first);
    }
    expect(";", "this definition");
    hoist_bodies(std::move(result), items_);
  }

  [[noreturn]] void unexpected(const Token& first) {
    if (first.is("version"))
      fail(first, "a version belongs inside a program", "program NAME { version ... } = NUMBER;");
    if (first.is(";")) fail(first, "there is nothing before this ';'");
    if (first.is("}")) fail(first, "this '}' closes nothing");
    fail(first,
         "expected const, enum, struct, union, typedef or program, found " + describe(first));
  }

  void name_of(Definition& definition, std::string_view what) {
    const Token& name = identifier(what);
    definition.name = name.text;
    definition.where = name.where;
  }

  void const_definition(Definition& result) {
    name_of(result, "the name of the constant");
    expect("=", "the name of a constant");
    result.body = ConstDefinition{constant("a value")};
  }

  void typedef_definition(Definition& result) {
    TypedefDefinition body{declaration()};
    if (body.declaration.type.builtin == Builtin::kVoid)
      fail_at(body.declaration.where, "void is not a type that can be named");
    result.name = body.declaration.name;
    result.where = body.declaration.where;
    result.in_place = result.in_place || body.declaration.in_place;
    result.body = std::move(body);
  }

  EnumDefinition enum_body() {
    EnumDefinition body;
    expect("{", "enum");
    while (!peek().is("}")) {
      Enumerator enumerator;
      const Token& name = identifier("the name of an enumerator");
      enumerator.name = name.text;
      enumerator.where = name.where;
      enumerator.doc = name.doc;
      if (accept("=")) enumerator.value = constant("a value");
      body.enumerators.push_back(std::move(enumerator));
      if (!accept(",")) break;
    }
    expect("}", "the enumerators");
    return body;
  }

  StructDefinition struct_body() {
    StructDefinition body;
    expect("{", "struct");
    while (!peek().is("}")) {
      body.fields.push_back(declaration());
      if (body.fields.back().type.builtin == Builtin::kVoid)
        fail_at(body.fields.back().where, "a field cannot be void",
                "void stands for an empty arm of a union only");
      expect(";", "this field");
    }
    expect("}", "the fields");
    return body;
  }

  UnionDefinition union_body() {
    UnionDefinition body;
    expect("switch", "union");
    expect("(", "switch");
    body.discriminant = declaration();
    expect(")", "the discriminant");
    expect("{", "switch (...)");
    while (!peek().is("}")) body.arms.push_back(arm());
    expect("}", "the arms");
    return body;
  }

  Arm arm() {
    Arm result;
    result.where = peek().where;
    if (accept("default")) {
      expect(":", "default");
    } else {
      if (!peek().is("case"))
        fail(peek(), "expected case or default, found " + describe(peek()));
      while (accept("case")) {
        result.cases.push_back(constant("the value of a case"));
        expect(":", "the value of a case");
      }
    }
    if (peek().is("default") || peek().is("case"))
      fail(peek(), "default cannot share an arm with a case");
    result.declaration = declaration();
    expect(";", "this arm");
    return result;
  }

  ProgramDefinition program_body() {
    ProgramDefinition body;
    expect("{", "the name of a program");
    while (!peek().is("}")) body.versions.push_back(version());
    expect("}", "the versions");
    expect("=", "a program");
    body.number = constant("the number of the program");
    return body;
  }

  Version version() {
    Version result;
    result.doc = peek().doc;
    expect("version", "program NAME {");
    const Token& name = identifier("the name of the version");
    result.name = name.text;
    result.where = name.where;
    expect("{", "the name of a version");
    while (!peek().is("}")) result.procedures.push_back(procedure());
    expect("}", "the procedures");
    expect("=", "a version");
    result.number = constant("the number of the version");
    expect(";", "a version");
    return result;
  }

  Procedure procedure() {
    Procedure result;
    result.doc = peek().doc;
    result.in_place = peek().in_place;
    result.result = type_name();
    if (peek().is("*"))
      fail(peek(), "a result cannot be a pointer", "name the pointer with a typedef first");
    if (result.result.builtin == Builtin::kOpaque)
      fail_at(result.result.where, "a result cannot be opaque",
              "name the opaque data with a typedef first");
    const Token& name = identifier("the name of the procedure");
    result.name = name.text;
    result.where = name.where;
    expect("(", "the name of a procedure");
    if (!peek().is(")")) arguments(result);
    expect(")", "the arguments");
    expect("=", "a procedure");
    result.number = constant("the number of the procedure");
    expect(";", "a procedure");
    return result;
  }

  void arguments(Procedure& procedure) {
    do {
      Declaration argument = argument_declaration();
      if (argument.type.builtin != Builtin::kVoid) {
        procedure.arguments.push_back(std::move(argument));
      } else if (!procedure.arguments.empty() || peek().is(",")) {
        fail_at(argument.where, "void stands alone or not at all");
      }
    } while (accept(","));
  }

  Declaration argument_declaration() {
    Declaration result;
    result.in_place = peek().in_place;
    result.type = type_name();
    result.where = result.type.where;
    if (result.type.builtin == Builtin::kOpaque)
      fail_at(result.where, "an argument cannot be opaque",
              "name the opaque data with a typedef first");
    if (accept("*")) result.shape = Shape::kPointer;
    if (result.shape == Shape::kPointer && result.type.builtin == Builtin::kString)
      fail_at(result.where, "a pointer to string is not possible",
              "name the string with a typedef first");
    if (peek().kind == TokenKind::kIdentifier) {
      const Token& name = identifier("the name of the argument");
      result.name = name.text;
      result.where = name.where;
    }
    if (peek().is("<") && result.type.builtin == Builtin::kString && peek_second().is(">")) {
      take();
      take();
    }
    if (peek().is("<") || peek().is("["))
      fail(peek(), "an argument cannot be an array", "name the array with a typedef first");
    return result;
  }

  // --- declarations

  [[noreturn]] void fail_at(Location where, std::string message, std::string hint = {}) {
    diagnostics_.error(source_, where, std::move(message), std::move(hint));
    throw SyntaxError{};
  }

  Declaration declaration() {
    Declaration result;
    result.doc = peek().doc;
    result.in_place = peek().in_place;
    result.type = type_name();
    result.where = result.type.where;
    if (result.type.builtin == Builtin::kVoid) return result;
    if (accept("*")) result.shape = Shape::kPointer;
    if (peek().is("*"))
      fail(peek(), "a pointer to a pointer needs a name in between",
           "name the first pointer with a typedef");
    const Token& name = identifier("a name");
    result.name = name.text;
    result.where = name.where;
    bounds(result);
    check_shape(result);
    return result;
  }

  void bounds(Declaration& result) {
    if (!peek().is("[") && !peek().is("<")) return;
    if (result.shape == Shape::kPointer)
      fail(peek(), "an array of pointers needs a name in between",
           "name the pointer with a typedef first");
    if (accept("[")) {
      result.shape = Shape::kVector;
      if (peek().is("]"))
        fail(peek(), "this array needs a size", "write <> for an array of any length");
      result.bound = constant("the size of the array");
      expect("]", "the size of an array");
    } else if (accept("<")) {
      result.shape = Shape::kArray;
      if (!peek().is(">")) result.bound = constant("the largest length");
      expect(">", "the largest length");
    }
    if (peek().is("[") || peek().is("<"))
      fail(peek(), "an array of arrays needs a name in between",
           "name the inner array with a typedef first");
  }

  void check_shape(const Declaration& result) {
    if (result.type.builtin == Builtin::kString && result.shape != Shape::kArray)
      fail_at(result.where, "a string has a largest length, or <> for any",
              "write: string " + result.name + "<>;");
    if (result.type.builtin == Builtin::kOpaque && result.shape != Shape::kArray &&
        result.shape != Shape::kVector)
      fail_at(result.where, "opaque data has a size in [] or a largest size in <>",
              "write: opaque " + result.name + "<>; or opaque " + result.name + "[16];");
  }

  TypeName type_name() {
    TypeName result;
    const Token& first = peek();
    result.where = first.where;
    if (first.kind != TokenKind::kIdentifier)
      fail(first, "expected a type, found " + describe(first));
    if (first.is("struct") || first.is("union") || first.is("enum")) {
      tagged_type(result);
    } else if (first.is("unsigned") || first.is("signed")) {
      signed_type(result);
    } else if (first.is("quadruple")) {
      fail(first, "quadruple has no type in C", "carry it as opaque[16]");
    } else if (!simple_type(result)) {
      if (contains(kReserved, first.text))
        fail(first, "expected a type, found " + describe(first));
      result.name = take().text;
    }
    return result;
  }

  void tagged_type(TypeName& result) {
    const Nesting nesting(*this);
    result.tag = take().text;
    if (peek().kind == TokenKind::kIdentifier && !peek().is("switch"))
      result.name = identifier("the name of a type").text;
    const bool has_body = peek().is("{") || (result.tag == "union" && peek().is("switch"));
    if (!has_body) {
      if (result.name.empty())
        fail(peek(), "expected a name or a body after " + result.tag + ", found " +
                         describe(peek()));
      return;
    }
    auto body = std::make_shared<Definition>();
    body->name = result.name;
    body->where = result.where;
    if (result.tag == "struct")
      body->body = struct_body();
    else if (result.tag == "enum")
      body->body = enum_body();
    else
      body->body = union_body();
    result.body = std::move(body);
  }

  void signed_type(TypeName& result) {
    const bool is_unsigned = take().text == "unsigned";
    result.builtin = is_unsigned ? Builtin::kUInt : Builtin::kInt;
    if (accept("int")) return;
    if (accept("char")) {
      result.builtin = is_unsigned ? Builtin::kUChar : Builtin::kChar;
      return;
    }
    if (accept("short"))
      result.builtin = is_unsigned ? Builtin::kUShort : Builtin::kShort;
    else if (accept("long"))
      result.builtin = is_unsigned ? Builtin::kULong : Builtin::kLong;
    else if (accept("hyper"))
      result.builtin = is_unsigned ? Builtin::kUHyper : Builtin::kHyper;
    else
      return;
    end_of_integer();
  }

  void end_of_integer() {
    accept("int");
    if (peek().is("long"))
      fail(peek(), "long long is not a type of the language", "write hyper for 64 bits");
  }

  bool simple_type(TypeName& result) {
    static constexpr std::array<std::pair<std::string_view, Builtin>, 11> kTypes = {{
        {"int", Builtin::kInt},       {"long", Builtin::kLong},     {"short", Builtin::kShort},
        {"hyper", Builtin::kHyper},   {"char", Builtin::kChar},     {"float", Builtin::kFloat},
        {"double", Builtin::kDouble}, {"bool", Builtin::kBool},     {"void", Builtin::kVoid},
        {"string", Builtin::kString}, {"opaque", Builtin::kOpaque},
    }};
    for (const auto& [word, builtin] : kTypes) {
      if (!peek().is(word)) continue;
      take();
      result.builtin = builtin;
      if (builtin == Builtin::kLong || builtin == Builtin::kShort || builtin == Builtin::kHyper)
        end_of_integer();
      return true;
    }
    return false;
  }

  // --- constants

  Constant constant(std::string_view what) {
    operators_ = 0;
    parentheses_ = 0;
    Constant result;
    result.tree = binary(0, what);
    result.text = spelling(*result.tree);
    if (result.tree->kind == Expression::Kind::kBinary) result.text = "(" + result.text + ")";
    return result;
  }

  // The operator at the cursor and how tightly it binds; shifts are two tokens.
  struct Operator {
    std::string text;
    int level = -1;
  };
  Operator peek_operator() {
    const Token& token = peek();
    if (token.kind != TokenKind::kPunctuation) return {};
    const char c = token.text[0];
    if (c == '|') return {"|", 0};
    if (c == '^') return {"^", 1};
    if (c == '&') return {"&", 2};
    if (c == '+' || c == '-') return {token.text, 4};
    if (c == '*' || c == '/' || c == '%') return {token.text, 5};
    if (c != '<' && c != '>') return {};
    const Token& second = peek_second();
    const bool shift =
        second.text == token.text && second.where.offset == token.where.offset + 1;
    // `>>` closes two brackets rather than shifts, unless parentheses protect it.
    if (!shift || (c == '>' && parentheses_ == 0)) return {};
    return {token.text + token.text, 3};
  }

  std::unique_ptr<Expression> binary(int level, std::string_view what) {
    auto left = unary(what);
    for (Operator op = peek_operator(); op.level >= level; op = peek_operator()) {
      count_operator();
      for (std::size_t i = 0; i < op.text.size(); ++i) take();
      auto node = std::make_unique<Expression>();
      node->kind = Expression::Kind::kBinary;
      node->text = op.text;
      node->where = left->where;
      node->left = std::move(left);
      node->right = binary(op.level + 1, what);
      left = std::move(node);
    }
    return left;
  }

  void count_operator() {
    if (++operators_ > kMaxOperators) fail(peek(), "this expression is too long");
  }

  std::unique_ptr<Expression> unary(std::string_view what) {
    const Token& token = peek();
    if (token.is("-") || token.is("~") || token.is("+")) {
      count_operator();
      auto node = std::make_unique<Expression>();
      node->kind = Expression::Kind::kUnary;
      node->where = token.where;
      node->text = take().text;
      node->left = unary(what);
      return node;
    }
    if (token.is("(")) {
      const Nesting nesting(*this);
      take();
      ++parentheses_;
      auto inside = binary(0, what);
      --parentheses_;
      expect(")", "this expression");
      return inside;
    }
    return primary(what);
  }

  std::unique_ptr<Expression> primary(std::string_view what) {
    const Token& token = peek();
    auto node = std::make_unique<Expression>();
    node->where = token.where;
    node->text = token.text;
    switch (token.kind) {
      case TokenKind::kNumber:
        node->kind = Expression::Kind::kNumber;
        break;
      case TokenKind::kString:
        node->kind = Expression::Kind::kString;
        break;
      case TokenKind::kCharacter:
        node->kind = Expression::Kind::kCharacter;
        break;
      case TokenKind::kIdentifier:
        if (!contains(kReserved, token.text)) {
          node->kind = Expression::Kind::kName;
          break;
        }
        [[fallthrough]];
      default:
        fail(token, "expected " + std::string(what) + ", found " + describe(token));
    }
    take();
    return node;
  }

  static std::string spelling(const Expression& node) {
    if (node.kind == Expression::Kind::kUnary) return node.text + operand(*node.left);
    if (node.kind == Expression::Kind::kBinary)
      return operand(*node.left) + " " + node.text + " " + operand(*node.right);
    return node.kind == Expression::Kind::kNumber ? c_number(node.text) : node.text;
  }
  // C before C23 has no binary numbers; they become hexadecimal. Bad digits are reported when
  // the number is evaluated.
  static std::string c_number(const std::string& text) {
    if (text.size() < 3 || text[0] != '0' || (text[1] | 0x20) != 'b') return text;
    std::uint64_t value = 0;
    for (const char c : text.substr(2)) value = value * 2 + (c == '1' ? 1 : 0);
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
  }
  static std::string operand(const Expression& node) {
    const bool compound =
        node.kind == Expression::Kind::kBinary || node.kind == Expression::Kind::kUnary;
    return compound ? "(" + spelling(node) + ")" : spelling(node);
  }

  const std::vector<Token>& tokens_;
  const Source& source_;
  Diagnostics& diagnostics_;
  std::vector<Item> items_;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  int nesting_ = 0;
  int parentheses_ = 0;
  int operators_ = 0;
};

}  // namespace

std::vector<Item> parse(const std::vector<Token>& tokens, const Source& source,
                        Diagnostics& diagnostics) {
  return Parser(tokens, source, diagnostics).run();
}

}  // namespace rpcgen
