// SPDX-License-Identifier: BSD-3-Clause
// The library call that handles one declaration.
#include "config.h"

#include "emit_xdr.hpp"

namespace rpcgen {

Place field_place(const Declaration& field, std::string_view base) {
  const std::string lvalue = join(base, field.name);
  return {lvalue, "&" + lvalue, join(lvalue, ".", field.name, "_val"),
          join(lvalue, ".", field.name, "_len")};
}

Place typedef_place(const Declaration& alias) {
  // An array is passed as a pointer to its first element, all else by its address.
  if (alias.shape == Shape::kVector) return {"objp", "objp", {}, {}};
  return {"*objp", "objp", "objp->" + alias.name + "_val", "objp->" + alias.name + "_len"};
}

std::string bound_text(const Declaration& use) {
  return use.bound ? use.bound->text : "~0u";
}

void write_check(Writer& out, std::string_view call) {
  out.line("if (!", call, ")");
  out.line("\treturn FALSE;");
}

bool XdrCalls::is_recursive_use(const Declaration& use, const Definition& inside) const {
  if (use.type.builtin != Builtin::kNamed) return false;
  const Definition* target = module_.find_type(use.type);
  return target && module_.in_same_cycle(*target, inside);
}

std::string XdrCalls::call(const Declaration& use, const Place& place,
                           const Definition& inside) const {
  if (is_recursive_use(use, inside)) return recursive_call(use, place);
  switch (use.shape) {
    case Shape::kPlain:
      return plain_call(use, place);
    case Shape::kPointer:
      return join("xdr_pointer (xdrs, (char **) ", place.address, ", sizeof (*", place.lvalue,
                  "), ", procs_.of(use.type), ")");
    case Shape::kVector:
      if (use.type.builtin == Builtin::kOpaque)
        return join("xdr_opaque (xdrs, ", place.lvalue, ", ", bound_text(use), ")");
      return join("xdr_vector (xdrs, (char *) ", place.lvalue, ", ", bound_text(use),
                  ", sizeof (*", place.lvalue, "), ", procs_.of(use.type), ")");
    case Shape::kArray:
      return array_call(use, place);
  }
  return {};
}

std::string XdrCalls::plain_call(const Declaration& use, const Place& place) const {
  const bool by_name = use.type.builtin == Builtin::kNamed && module_.is_c_array(use.type);
  // `typedef v w` with v an array: objp is the address of the first element already.
  const std::string& object = by_name && place.lvalue != "*objp" ? place.lvalue : place.address;
  return join("xdr_", xdr_name(use.type), " (xdrs, ", object, ")");
}

std::string XdrCalls::array_call(const Declaration& use, const Place& place) const {
  if (use.type.builtin == Builtin::kString)
    return join("xdr_string (xdrs, ", place.address, ", ", bound_text(use), ")");
  if (use.type.builtin == Builtin::kOpaque)
    return join("xdr_bytes (xdrs, &", place.val, ", &", place.len, ", ", bound_text(use), ")");
  return join("xdr_array (xdrs, (char **) &", place.val, ", &", place.len, ", ",
              bound_text(use), ", sizeof (*", place.val, "), ", procs_.of(use.type), ")");
}

std::string XdrCalls::recursive_call(const Declaration& use, const Place& place) const {
  const std::string& name = use.type.name;
  const bool by_name = module_.is_c_array(use.type);
  switch (use.shape) {
    case Shape::kPlain:
      return join("rpcgen_vm_at_", name, " (xdrs, ",
                  by_name && place.lvalue != "*objp" ? place.lvalue : place.address, ", ", depth_, ")");
    case Shape::kPointer:
      return join("rpcgen_vm_pointer_", name, " (xdrs, ", place.address, ", ", depth_, ")");
    case Shape::kVector:
      return join("rpcgen_vm_vector_", name, " (xdrs, ", place.lvalue, ", ", bound_text(use), ", ",
                  depth_, ")");
    case Shape::kArray:
      return join("rpcgen_vm_array_", name, " (xdrs, &", place.val, ", &", place.len, ", ", bound_text(use),
                  ", ", depth_, ")");
  }
  return {};
}

}  // namespace rpcgen
