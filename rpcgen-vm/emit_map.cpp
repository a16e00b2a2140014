// SPDX-License-Identifier: BSD-3-Clause
// Type maps: constant data that tells how the values of a type lie in memory.
#include "config.h"

#include "emit_xdr.hpp"

#include "shape.hpp"

namespace rpcgen {
namespace {

// A field of a map, as C expressions.
struct MapField {
  std::string_view kind;
  std::string flags = "0";
  std::string offset = "0";
  std::string size;
  std::string count = "1";
  std::string bound = "0";
  std::string map = "NULL";
  std::string xdr = "NULL";
};

// Multipliers that make the sum of products a hash; odd, and the same for ever.
std::string multiplier(std::size_t index) {
  std::uint64_t x = (index + 1) * 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return std::to_string((x ^ (x >> 31)) | 1) + "ull";
}

class TypeMapper {
 public:
  TypeMapper(Writer& out, const Module& module, const TypeTable& types,
             const EmitOptions& options, XdrProcs& procs, const Definition& definition)
      : out_(out),
        module_(module),
        types_(types),
        options_(options),
        procs_(procs),
        definition_(definition) {}

  void run() {
    collect();
    for (const MapField& field : fields_) add_words(field);
    for (const auto& [value, field] : arms_) words_.push_back(value);
    write();
  }

 private:
  const std::string& name() const { return definition_.name; }

  // --- what the type is made of

  void collect() {
    words_ = {"sizeof (" + name() + ")", "offsetof (struct rpcgen_vm_align_" + name() + ", rpcgen_vm_t)"};
    if (definition_.as<EnumDefinition>()) {
      fields_.push_back(block("0", "sizeof (" + name() + ")"));
    } else if (const auto* body = definition_.as<StructDefinition>()) {
      structure(*body);
    } else if (const auto* choice = definition_.as<UnionDefinition>()) {
      discriminated(*choice);
    } else if (const auto* alias = definition_.as<TypedefDefinition>()) {
      fields_.push_back(field(alias->declaration, "0"));
    }
  }

  static MapField block(std::string offset, std::string size) {
    MapField result;
    result.kind = "RPC_VM_BLOCK";
    result.offset = std::move(offset);
    result.size = std::move(size);
    return result;
  }

  std::string offset_of(std::string_view member) const {
    return join("offsetof (", name(), ", ", member, ")");
  }

  // Neighbours without padding in between become one block, if that is so in every ABI.
  void structure(const StructDefinition& body) {
    BlockRun run;
    for (const Declaration& member : body.fields) {
      MapField next = field(member, offset_of(member.name));
      const bool is_block = next.kind == "RPC_VM_BLOCK" && next.flags == "0";
      const PlainSize size = plain_size(module_, member);
      if (is_block && run.append(size)) {
        MapField& last = fields_.back();
        last.size = join(next.offset, " + ", next.size, " - ", last.offset);
        continue;
      }
      run = is_block ? BlockRun(size) : BlockRun();
      fields_.push_back(std::move(next));
    }
  }

  void discriminated(const UnionDefinition& choice) {
    const Declaration& real = module_.resolve(choice.discriminant);
    MapField tag = field(choice.discriminant, offset_of(choice.discriminant.name));
    if (is_signed(real.type)) tag.flags = "RPC_VM_SIGNED";
    fields_.push_back(std::move(tag));
    for (const Arm& arm : choice.arms) {
      const bool is_void = arm.declaration.type.builtin == Builtin::kVoid;
      const std::string index = is_void ? "RPC_VM_VOID" : std::to_string(fields_.size());
      if (!is_void) fields_.push_back(field(arm.declaration, offset_of(name() + "_u")));
      if (arm.cases.empty()) default_field_ = index;
      for (const Constant& value : arm.cases)
        arms_.emplace_back("(u_int32_t) " + value.text, index);
    }
  }

  static bool is_signed(const TypeName& type) {
    switch (type.builtin) {
      case Builtin::kUInt:
      case Builtin::kULong:
      case Builtin::kUShort:
      case Builtin::kUChar:
        return false;
      case Builtin::kNamed:
        return !type.name.starts_with("u");
      default:
        return true;
    }
  }

  // --- one field

  MapField field(const Declaration& use, std::string offset) {
    const Declaration& real = module_.resolve(use);
    MapField result;
    result.offset = std::move(offset);
    if (use.in_place) result.flags = "RPC_VM_IN_PLACE";
    switch (real.shape) {
      case Shape::kPlain:
        plain(result, use, real);
        break;
      case Shape::kVector:
        vector(result, use, real);
        break;
      case Shape::kPointer:
        result.kind = "RPC_VM_POINTER";
        element(result, real.type);
        break;
      case Shape::kArray:
        counted(result, real);
        break;
    }
    return result;
  }

  void plain(MapField& result, const Declaration& use, const Declaration& real) {
    result.size = "sizeof (" + c_type(module_, use.type) + ")";
    if (is_scalar(module_, real.type))
      result.kind = is_bool(real.type) ? "RPC_VM_BOOL" : "RPC_VM_BLOCK";
    else
      nested(result, real.type);
  }

  void nested(MapField& result, const TypeName& type) {
    if (const Definition* target = module_.find_type(type)) {
      result.kind = "RPC_VM_NESTED";
      result.map = "&" + target->name + "_vm_map";
    } else {
      result.kind = "RPC_VM_FOREIGN";
      foreign(result, type);
    }
  }

  void foreign(MapField& result, const TypeName& type) {
    procs_.define(out_, type);
    result.xdr = procs_.of(type);
  }

  void vector(MapField& result, const Declaration& use, const Declaration& real) {
    if (real.type.builtin == Builtin::kOpaque || is_scalar_alias(real.type)) {
      const bool direct = use.shape == Shape::kVector;
      result.size = join("sizeof (", c_type(module_, use.type), ")",
                         direct ? " * " + use.bound->text : std::string{});
      result.kind = "RPC_VM_BLOCK";
      if (!is_bool_alias(real.type)) return;
      result.kind = "RPC_VM_BOOL";
      result.size = "sizeof (bool_t)";
      result.count = real.bound->text;
      return;
    }
    result.size = "sizeof (" + c_type(module_, real.type) + ")";
    nested(result, real.type);
    result.count = real.bound->text;
  }

  void counted(MapField& result, const Declaration& real) {
    result.bound = real.bound ? real.bound->text : "~0u";
    if (real.type.builtin == Builtin::kString) {
      result.kind = "RPC_VM_STRING";
      result.size = "1";
      return;
    }
    result.kind = "RPC_VM_COUNTED";
    element(result, real.type);
  }

  // What a pointer or a counted array points to.
  void element(MapField& result, const TypeName& type) {
    result.size =
        type.builtin == Builtin::kOpaque ? "1" : "sizeof (" + c_type(module_, type) + ")";
    if (type.builtin == Builtin::kOpaque || (is_scalar_alias(type) && !is_bool_alias(type)))
      return;
    if (is_bool_alias(type))
      result.map = "&rpcgen_vm_bool_map";
    else if (const Definition* target = module_.find_type(type))
      result.map = "&" + target->name + "_vm_map";
    else
      foreign(result, type);
  }

  const TypeName& real_type(const TypeName& type, Declaration& scratch) const {
    scratch.type.builtin = type.builtin;
    scratch.type.name = type.name;
    const Declaration& real = module_.resolve(scratch);
    return real.shape == Shape::kPlain ? real.type : type;
  }
  bool is_scalar_alias(const TypeName& type) const {
    Declaration scratch;
    return is_scalar(module_, real_type(type, scratch));
  }
  bool is_bool_alias(const TypeName& type) const {
    Declaration scratch;
    return is_bool(real_type(type, scratch));
  }

  // --- writing

  void add_words(const MapField& field) {
    for (const std::string* word : {&field.offset, &field.size, &field.count, &field.bound})
      words_.push_back(*word);
  }

  std::string layout() const {
    std::string sum;
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (words_[i] != "0")
        sum += join(sum.empty() ? "" : "\n\t\t+ ", "(u_int64_t) (", words_[i], ") * ",
                    multiplier(i));
    return sum;
  }

  std::string flags() const {
    const TypeFacts& facts = types_.facts(definition_);
    std::string text = "rpcgen_vm_gaps_" + name() + " * RPC_VM_GAPS";
    if (facts.pointers) text += " | RPC_VM_POINTERS";
    if (facts.checked) text += " | RPC_VM_CHECKED";
    if (facts.foreign) text += " | RPC_VM_FOREIGNERS";
    if (module_.is_recursive(definition_)) text += " | RPC_VM_RECURSIVE";
    if (definition_.in_place || options_.in_place_all || options_.in_place_types.contains(name()))
      text += " | RPC_VM_IN_PLACE";
    return text;
  }

  void write() {
    out_.line("static const struct rpc_vm_field rpcgen_vm_fields_", name(), "[] = {");
    for (const MapField& field : fields_)
      out_.line("\t{ ", field.kind, ", ", field.flags, ", ", field.offset, ", ", field.size,
                ", ", field.count, ", ", field.bound, ", ", field.map, ", ", field.xdr, " },");
    out_.line("};");
    if (!arms_.empty()) {
      out_.line("static const struct rpc_vm_arm rpcgen_vm_arms_", name(), "[] = {");
      for (const auto& [value, index] : arms_) out_.line("\t{ ", value, ", ", index, " },");
      out_.line("};");
    }
    write_map();
    out_.blank();
  }

  void write_map() {
    out_.line("const struct rpc_vm_map ", name(), "_vm_map = {");
    out_.line("\tsizeof (struct rpc_vm_map), RPC_VM_MAP_VERSION, ", flags(), ",");
    out_.line("\tsizeof (", name(), "), offsetof (struct rpcgen_vm_align_", name(), ", rpcgen_vm_t),");
    out_.line("\trpcgen_vm_fields_", name(), ", ",
              arms_.empty() ? std::string("NULL") : "rpcgen_vm_arms_" + name(), ", ",
              std::to_string(fields_.size()), ", ", std::to_string(arms_.size()), ", ",
              default_field_, ",");
    out_.line("\t", std::to_string(types_.shape(definition_)), "ull,");
    out_.line("\t", layout(), ",");
    out_.line("\t\"", name(), "\"");
    out_.line("};");
  }

  Writer& out_;
  const Module& module_;
  const TypeTable& types_;
  const EmitOptions& options_;
  XdrProcs& procs_;
  const Definition& definition_;
  std::vector<MapField> fields_;
  std::vector<std::pair<std::string, std::string>> arms_;
  std::string default_field_ = "RPC_VM_NO_FIELD";
  std::vector<std::string> words_;  // what the layout hash is made of
};

// Word for word what rpc/vm_types.h says, which a test sees to.
constexpr std::string_view kDeclarations = R"(#include <rpc/rpc.h>

#ifndef RPC_VM_TYPES_H
/* From <rpc/vm_types.h> of vmrpc, which explains it; here so that this file needs no header
   but those of libtirpc. */
#define RPC_VM_TYPES_H
#define RPC_VM_MAP_VERSION 1
#define RPC_VM_BLOCK 1
#define RPC_VM_BOOL 2
#define RPC_VM_NESTED 3
#define RPC_VM_STRING 4
#define RPC_VM_POINTER 5
#define RPC_VM_COUNTED 6
#define RPC_VM_FOREIGN 7
#define RPC_VM_POINTERS 0x01
#define RPC_VM_GAPS 0x02
#define RPC_VM_CHECKED 0x04
#define RPC_VM_RECURSIVE 0x08
#define RPC_VM_FOREIGNERS 0x10
#define RPC_VM_IN_PLACE 0x20
#define RPC_VM_SIGNED 0x40
#define RPC_VM_VOID 0xfffffffeu
#define RPC_VM_NO_FIELD 0xffffffffu
#define RPC_VM_XDR 0x564D0001
struct rpc_vm_map;
struct rpc_vm_field {
	u_int32_t kind;
	u_int32_t flags;
	size_t offset;
	size_t size;
	u_int32_t count;
	u_int32_t bound;
	const struct rpc_vm_map *map;
	xdrproc_t xdr;
};
struct rpc_vm_arm {
	u_int32_t value;
	u_int32_t field;
};
struct rpc_vm_map {
	size_t map_size;
	u_int32_t version;
	u_int32_t flags;
	size_t size;
	size_t align;
	const struct rpc_vm_field *fields;
	const struct rpc_vm_arm *arms;
	u_int32_t field_count;
	u_int32_t arm_count;
	u_int32_t default_field;
	u_int64_t shape;
	u_int64_t layout;
	const char *name;
};
struct rpc_vm_xdr {
	size_t size;
	const struct rpc_vm_map *map;
	void *objp;
	bool_t done;
};
#endif

/* A stream of vmrpc says so in x_base. Others may leave x_ops or x_control unset. */
static inline bool_t
rpcgen_vm_is_ours (const XDR *xdrs)
{
	return xdrs->x_op != XDR_FREE && (const void *) xdrs->x_base == (const void *) xdrs
		&& xdrs->x_ops->x_control != NULL;
}

/* TRUE or FALSE when the stream has dealt with the value, else negative. */
static inline int
rpcgen_vm_offer (XDR *xdrs, const struct rpc_vm_map *map, void *objp)
{
	struct rpc_vm_xdr vm = { sizeof vm, map, objp, FALSE };

	return xdrs->x_ops->x_control (xdrs, RPC_VM_XDR, &vm) ? vm.done : -1;
}

)";

// Bytes of a type that no field covers, as the C compiler sees it.
std::string gaps(const Module& module, const TypeTable& types, const Definition& definition) {
  if (types.facts(definition).pointers || definition.as<UnionDefinition>()) return "1";
  std::string sizes;
  std::string nested;
  for_each_declaration(definition, [&](const Declaration& use) {
    const std::string size = "sizeof (" + c_element(module, use.type) + ")";
    sizes += (sizes.empty() ? "" : " + ") + size;
    if (use.shape == Shape::kVector) sizes += " * " + use.bound->text;
    if (const Definition* target = module.find_type(use.type))
      nested += " || rpcgen_vm_gaps_" + target->name;
  });
  if (sizes.empty()) return "0";
  return "sizeof (" + definition.name + ") != " + sizes + nested;
}

bool needs_bool_map(const Module& module) {
  bool needed = false;
  for (const Definition* definition : module.definitions())
    for_each_declaration(*definition, [&](const Declaration& use) {
      needed |= points_to_bool(module, use);
    });
  return needed;
}

}  // namespace

void MapWriter::declarations() { out_.raw(kDeclarations); }

void MapWriter::layouts() {
  for (const Definition* definition : module_.c_order()) {
    if (!definition->is_type()) continue;
    out_.line("struct rpcgen_vm_align_", definition->name, " { char rpcgen_vm_c; ", definition->name,
             " rpcgen_vm_t; };");
    out_.line("enum { rpcgen_vm_gaps_", definition->name, " = ", gaps(module_, types_, *definition), " };");
  }
  out_.blank();
  if (!needs_bool_map(module_)) return;
  out_.line("static const struct rpc_vm_field rpcgen_vm_bool_fields[] = {");
  out_.line("\t{ RPC_VM_BOOL, 0, 0, sizeof (bool_t), 1, 0, NULL, NULL },");
  out_.line("};");
  out_.line("static const struct rpc_vm_map rpcgen_vm_bool_map = {");
  out_.line("\tsizeof (struct rpc_vm_map), RPC_VM_MAP_VERSION, RPC_VM_CHECKED,");
  out_.line("\tsizeof (bool_t), sizeof (bool_t), rpcgen_vm_bool_fields, NULL, 1, 0, RPC_VM_NO_FIELD, 1, 1, \"bool\"");
  out_.line("};");
  out_.blank();
}

void MapWriter::map(const Definition& definition, XdrProcs& procs) {
  TypeMapper(out_, module_, types_, options_, procs, definition).run();
}

}  // namespace rpcgen
