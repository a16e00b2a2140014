// SPDX-License-Identifier: BSD-3-Clause
// The fields of a struct, with runs of 32-bit words encoded in line (-i).
#include "config.h"

#include "emit_xdr.hpp"

namespace rpcgen {
namespace {

struct InlineType {
  Builtin builtin;
  std::string_view put;
  std::string_view get;
};

// What stock rpcgen puts in line, with the same macros: same words, same widening.
constexpr InlineType kInline[] = {
    {Builtin::kInt, "IXDR_PUT_INT32", "IXDR_GET_INT32"},
    {Builtin::kUInt, "IXDR_PUT_U_INT32", "IXDR_GET_U_INT32"},
    {Builtin::kLong, "IXDR_PUT_LONG", "IXDR_GET_LONG"},
    {Builtin::kULong, "IXDR_PUT_U_LONG", "IXDR_GET_U_LONG"},
    {Builtin::kShort, "IXDR_PUT_SHORT", "IXDR_GET_SHORT"},
    {Builtin::kUShort, "IXDR_PUT_U_SHORT", "IXDR_GET_U_SHORT"},
    {Builtin::kBool, "IXDR_PUT_INT32", "IXDR_GET_INT32"},
};

const InlineType* find_inline(const Declaration& field) {
  if (field.shape != Shape::kPlain && field.shape != Shape::kVector) return nullptr;
  Builtin builtin = field.type.builtin;
  if (builtin == Builtin::kNamed && field.type.tag.empty()) {
    if (field.type.name == "u_int") builtin = Builtin::kUInt;
    if (field.type.name == "u_long") builtin = Builtin::kULong;
    if (field.type.name == "u_short") builtin = Builtin::kUShort;
  }
  for (const InlineType& type : kInline)
    if (type.builtin == builtin) return &type;
  return nullptr;
}

}  // namespace

std::vector<FieldWriter::Run> FieldWriter::runs(const Definition& definition,
                                                std::size_t count) const {
  const auto& fields = definition.as<StructDefinition>()->fields;
  std::vector<Run> result;
  std::size_t first = 0;
  while (first < count) {
    const auto is_word = [&](std::size_t i) {
      return find_inline(fields[i]) &&
             !(fields[i].type.builtin == Builtin::kNamed && module_.find_type(fields[i].type));
    };
    Run run{first, first, is_word(first), false};
    while (run.last < count && is_word(run.last) == run.in_line) {
      run.has_vectors |= fields[run.last].shape == Shape::kVector;
      ++run.last;
    }
    // Stock's rule: a run at the end must be one longer; one with an array is always worth it.
    const int length = static_cast<int>(run.last - run.first);
    const bool long_enough = run.last == count ? length > inline_from_ : length >= inline_from_;
    if (inline_from_ == 0 || !(run.has_vectors || long_enough)) run.in_line = false;
    result.push_back(run);
    first = run.last;
  }
  return result;
}

void FieldWriter::variables(const Definition& definition, std::size_t count) {
  bool buffer = false;
  bool index = false;
  for (const Run& run : runs(definition, count)) {
    buffer |= run.in_line;
    index |= run.in_line && run.has_vectors;
  }
  if (buffer) out_.line("int32_t *", buffer_, ";");
  if (index) out_.line("u_int ", index_, ";");
  if (buffer) out_.blank();
}

void FieldWriter::fields(const Definition& definition, std::size_t count) {
  const auto& fields = definition.as<StructDefinition>()->fields;
  for (const Run& run : runs(definition, count)) {
    if (run.in_line) {
      in_line_run(definition, run);
      continue;
    }
    for (std::size_t i = run.first; i < run.last; ++i)
      write_check(out_, calls_.call(fields[i], field_place(fields[i], "objp->"), definition));
  }
}

std::string FieldWriter::words(const std::vector<Declaration>& fields, const Run& run) {
  std::size_t plain = 0;
  std::string vectors;
  for (std::size_t i = run.first; i < run.last; ++i) {
    if (fields[i].shape == Shape::kVector)
      vectors += " + " + fields[i].bound->text;
    else
      ++plain;
  }
  if (vectors.empty()) return std::to_string(plain);
  return plain == 0 ? "(" + vectors.substr(3) + ")"
                    : "(" + std::to_string(plain) + vectors + ")";
}

void FieldWriter::in_line_run(const Definition& definition, const Run& run) {
  const auto& fields = definition.as<StructDefinition>()->fields;
  const std::string room = join("(", buffer_, " = XDR_INLINE (xdrs, ", words(fields, run),
                                " * BYTES_PER_XDR_UNIT)) != NULL) {");
  out_.line("if (xdrs->x_op == XDR_ENCODE && ", room);
  out_.indent();
  for (std::size_t i = run.first; i < run.last; ++i) put(fields[i]);
  out_.outdent();
  out_.line("} else if (xdrs->x_op == XDR_DECODE && ", room);
  out_.indent();
  for (std::size_t i = run.first; i < run.last; ++i) get(fields[i]);
  out_.outdent();
  const auto otherwise = out_.block("} else");
  for (std::size_t i = run.first; i < run.last; ++i)
    write_check(out_, calls_.call(fields[i], field_place(fields[i], "objp->"), definition));
}

void FieldWriter::loop(const Declaration& field) {
  out_.line("for (", index_, " = 0; ", index_, " < ", field.bound->text, "; ", index_, "++)");
}

void FieldWriter::put(const Declaration& field) {
  const bool vector = field.shape == Shape::kVector;
  const bool boolean = field.type.builtin == Builtin::kBool;
  if (vector) loop(field);
  out_.line(vector ? "\t" : "", find_inline(field)->put, " (", buffer_, ", ", boolean ? "(" : "",
            "objp->", field.name, vector ? "[" + index_ + "]" : "", boolean ? " != FALSE)" : "", ");");
}

void FieldWriter::get(const Declaration& field) {
  const bool vector = field.shape == Shape::kVector;
  const bool boolean = field.type.builtin == Builtin::kBool;
  if (vector) loop(field);
  out_.line(vector ? "\t" : "", "objp->", field.name, vector ? "[" + index_ + "]" : "", " = ",
            find_inline(field)->get, " (", buffer_, ")", boolean ? " != FALSE" : "", ";");
}

}  // namespace rpcgen
