// SPDX-License-Identifier: BSD-3-Clause
// Pieces of the XDR output: calls for one declaration, inline runs, recursive types.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "c_code.hpp"
#include "emit.hpp"
#include "module.hpp"
#include "shape.hpp"
#include "writer.hpp"

namespace rpcgen {

// Where a declaration's object is: as an lvalue, and its address.
struct Place {
  std::string lvalue;   // objp->a
  std::string address;  // &objp->a
  std::string val, len;  // of a counted array: objp->a.a_val
};
Place field_place(const Declaration& field, std::string_view base);
Place typedef_place(const Declaration& alias);

// The calls that encode, decode or free one declaration.
class XdrCalls {
 public:
  XdrCalls(const Module& module, const XdrProcs& procs)
      : module_(module), procs_(procs), depth_(Locals(module)("depth")) {}

  // A C expression, TRUE for success. `inside` is the type whose function it is in: types of
  // the same cycle are called with the depth, not through the library.
  std::string call(const Declaration& use, const Place& place, const Definition& inside) const;

  // Is the use a step of a recursion, that must know its depth?
  bool is_recursive_use(const Declaration& use, const Definition& inside) const;

 private:
  std::string recursive_call(const Declaration& use, const Place& place) const;
  std::string plain_call(const Declaration& use, const Place& place) const;
  std::string array_call(const Declaration& use, const Place& place) const;

  const Module& module_;
  const XdrProcs& procs_;
  std::string depth_;
};

std::string bound_text(const Declaration& use);

// `if (!call) return FALSE;`
void write_check(Writer& out, std::string_view call);

// The fields of a struct, with runs of words in line. `count` leaves out the last of a list.
class FieldWriter {
 public:
  FieldWriter(Writer& out, const Module& module, const XdrCalls& calls, int inline_from)
      : out_(out),
        module_(module),
        calls_(calls),
        inline_from_(inline_from),
        buffer_(Locals(module)("buf")),
        index_(Locals(module)("i")) {}

  // Variables that the fields need.
  void variables(const Definition& definition, std::size_t count);
  void fields(const Definition& definition, std::size_t count);

 private:
  struct Run {
    std::size_t first, last;  // [first, last)
    bool in_line;
    bool has_vectors;
  };

  std::vector<Run> runs(const Definition& definition, std::size_t count) const;
  static std::string words(const std::vector<Declaration>& fields, const Run& run);
  void in_line_run(const Definition& definition, const Run& run);
  void loop(const Declaration& field);
  void put(const Declaration& field);
  void get(const Declaration& field);

  Writer& out_;
  const Module& module_;
  const XdrCalls& calls_;
  int inline_from_;
  std::string buffer_, index_;  // variables of the generated function
};

// A struct that ends in a pointer to its own kind. NULL when it does not.
const Declaration* list_link(const Module& module, const Definition& definition);

// The functions of a cycle of types that carry the depth, see emit_recursion.cpp.
class RecursionWriter {
 public:
  RecursionWriter(Writer& out, const Module& module, const EmitOptions& options);

  const std::string& depth() const { return depth_; }
  // The types that refer to each other with this one among them.
  const std::vector<const Definition*>& cycle_of(const Definition& definition) const {
    return *groups_.at(&definition);
  }

  // Helpers that some use of `definition` needs; before its first user.
  void prototypes(const Definition& definition);
  void helpers(const Definition& definition);
  void list(const Definition& definition, const Declaration& link);

 private:
  bool is_used(const Definition& definition, Shape shape) const;
  void depth_guard();
  void pointer_helper(const std::string& name);
  void array_helper(const std::string& name, bool is_array);
  void vector_helper(const std::string& name, bool is_array);

  Writer& out_;
  const Module& module_;
  const EmitOptions& options_;
  Locals local_;
  std::string depth_;
  bool has_depth_guard_ = false;
  std::unordered_map<const Definition*, const std::vector<const Definition*>*> groups_;
  std::set<std::pair<const Definition*, Shape>> used_;  // within a cycle, and how
};

// The declarations of rpc/vm_types.h that maps need, the hook, and one map per type.
class MapWriter {
 public:
  MapWriter(Writer& out, const Module& module, const EmitOptions& options)
      : out_(out), module_(module), options_(options), types_(module) {}
  // Before the header, whose constants may be called `size` or `count`.
  void declarations();
  void layouts();
  void map(const Definition& definition, XdrProcs& procs);

 private:
  Writer& out_;
  const Module& module_;
  const EmitOptions& options_;
  TypeTable types_;
};

}  // namespace rpcgen
