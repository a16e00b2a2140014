// SPDX-License-Identifier: BSD-3-Clause
// XDR routines: xdr_T for every type T.
#include "config.h"

#include "emit_xdr.hpp"

namespace rpcgen {
namespace {

class XdrEmitter {
 public:
  XdrEmitter(const Module& module, const EmitOptions& options)
      : module_(module),
        options_(options),
        procs_(module),
        calls_(module, procs_),
        fields_(out_, module, calls_, options.inline_from),
        recursion_(out_, module, options),
        maps_(out_, module, options) {}

  std::string run() {
    write_banner(out_);
    out_.line("#include <errno.h>");
    out_.line("#include <stdarg.h>");
    out_.line("#include <stddef.h>");
    const bool maps = options_.maps && module_.has_types();
    if (maps) maps_.declarations();
    write_include(out_, options_);
    out_.blank();
    if (maps) maps_.layouts();
    for (const Item& item : module_.items()) {
      if (const auto* text = std::get_if<Passthrough>(&item))
        out_.flush_left(text->text);
      else
        definition(*std::get<std::shared_ptr<Definition>>(item));
    }
    return out_.take();
  }

 private:
  void definition(const Definition& definition) {
    if (!definition.is_type()) return;
    for_each_declaration(definition, [&](const Declaration& use) {
      if (!calls_.is_recursive_use(use, definition) && use.shape != Shape::kPlain)
        procs_.define(out_, use.type);
    });
    if (options_.maps) maps_.map(definition, procs_);
    if (module_.is_recursive(definition)) {
      recursive(definition);
    } else {
      open("", definition.name, definition, "");
      const auto body = out_.function_body();
      if (options_.maps) {
        if (has_variables(definition)) variables(definition);
        hook(definition);
      } else {
        variables(definition);
      }
      content(definition, field_count(definition));
      out_.line("return TRUE;");
    }
    out_.blank();
  }

  static std::size_t field_count(const Definition& definition) {
    const auto* body = definition.as<StructDefinition>();
    return body ? body->fields.size() : 0;
  }

  bool has_variables(const Definition& definition) const {
    return definition.as<StructDefinition>() != nullptr;
  }
  void variables(const Definition& definition) {
    if (has_variables(definition)) fields_.variables(definition, field_count(definition));
  }

  bool is_c_array(const Definition& definition) const {
    const auto* alias = definition.as<TypedefDefinition>();
    return alias && module_.is_c_array(alias->declaration);
  }

  // The head of a function for a type: `bool_t xdr_foo (XDR *xdrs, foo *objp)`.
  void open(std::string_view storage, std::string_view name, const Definition& definition,
            std::string_view more) {
    const bool generated = !storage.empty();
    out_.line(storage, "bool_t");
    out_.line(generated ? "" : "xdr_", name, " (XDR *xdrs, ", definition.name,
              is_c_array(definition) ? " objp" : " *objp", more, ")");
  }

  void hook(const Definition& definition) {
    const auto ours = out_.block("if (rpcgen_vm_is_ours (xdrs))");
    out_.line("int rpcgen_vm_done = rpcgen_vm_offer (xdrs, &", definition.name, "_vm_map, objp);");
    out_.blank();
    out_.line("if (rpcgen_vm_done >= 0)");
    out_.line("\treturn rpcgen_vm_done;");
  }

  // --- recursive types

  void recursive(const Definition& definition) {
    prepare_recursion();
    if (started_.insert(&definition).second) announce_cycle(definition);
    recursion_.helpers(definition);
    if (const Declaration* link = list_link(module_, definition)) {
      worker("rpcgen_vm_body_", definition, field_count(definition) - 1);
      recursion_.list(definition, *link);
    } else {
      worker("rpcgen_vm_at_", definition, field_count(definition));
    }
    open("", definition.name, definition, "");
    const auto body = out_.function_body();
    if (options_.maps) hook(definition);
    out_.line("return rpcgen_vm_at_", definition.name, " (xdrs, objp, 0);");
  }

  void prepare_recursion() {
    if (recursion_prepared_) return;
    recursion_prepared_ = true;
    out_.line("/* Takes the place of a content that is handled elsewhere. */");
    out_.line("static bool_t");
    out_.line("rpcgen_vm_nothing (XDR *xdrs, ...)");
    {
      const auto body = out_.function_body();
      out_.line("(void) xdrs;");
      out_.line("return TRUE;");
    }
    out_.blank();
  }

  void announce_cycle(const Definition& definition) {
    for (const Definition* member : recursion_.cycle_of(definition)) {
      started_.insert(member);
      recursion_.prototypes(*member);
    }
    out_.blank();
  }

  void worker(std::string_view prefix, const Definition& definition, std::size_t count) {
    open("static ", join(prefix, definition.name), definition,
         ", u_int " + recursion_.depth());
    {
      const auto body = out_.function_body();
      if (has_variables(definition)) fields_.variables(definition, count);
      out_.line("(void) ", recursion_.depth(), ";");
      content(definition, count);
      out_.line("return TRUE;");
    }
    out_.blank();
  }

  // --- bodies

  void content(const Definition& definition, std::size_t count) {
    if (definition.as<EnumDefinition>()) {
      write_check(out_, "xdr_enum (xdrs, (enum_t *) objp)");
    } else if (definition.as<StructDefinition>()) {
      fields_.fields(definition, count);
    } else if (const auto* choice = definition.as<UnionDefinition>()) {
      discriminated(definition, *choice);
    } else if (const auto* alias = definition.as<TypedefDefinition>()) {
      write_check(out_, calls_.call(alias->declaration, typedef_place(alias->declaration),
                                    definition));
    }
  }

  void discriminated(const Definition& definition, const UnionDefinition& choice) {
    write_check(out_, calls_.call(choice.discriminant,
                                  field_place(choice.discriminant, "objp->"), definition));
    out_.line("switch (", selector(choice), ") {");
    bool has_default = false;
    for (const Arm& arm : choice.arms) {
      for (const Constant& value : arm.cases) out_.line("case ", case_label(choice, value), ":");
      if (arm.cases.empty()) {
        out_.line("default:");
        has_default = true;
      }
      out_.indent();
      this->arm(definition, arm);
      out_.line("break;");
      out_.outdent();
    }
    if (!has_default) {
      out_.line("default:");
      out_.line("\treturn FALSE;");
    }
    out_.line("}");
  }

  void arm(const Definition& definition, const Arm& arm) {
    if (arm.declaration.type.builtin == Builtin::kVoid) return;
    const std::string base = join("objp->", definition.name, "_u.");
    write_check(out_, calls_.call(arm.declaration, field_place(arm.declaration, base),
                                  definition));
  }

  // Labels need not be enumerators of the very type.
  std::string selector(const UnionDefinition& choice) const {
    const std::string value = "objp->" + choice.discriminant.name;
    const Declaration& real = module_.resolve(choice.discriminant);
    if (real.type.builtin == Builtin::kNamed && !is_library_scalar(module_, real.type))
      return "(enum_t) " + value;
    return value;
  }

  std::string case_label(const UnionDefinition& choice, const Constant& value) const {
    const Declaration& real = module_.resolve(choice.discriminant);
    const bool is_unsigned =
        real.type.builtin == Builtin::kUInt || real.type.builtin == Builtin::kULong;
    if (is_unsigned && value.value && *value.value < 0) return "(u_int) " + value.text;
    if (real.type.builtin == Builtin::kInt && value.value && *value.value > 0x7fffffff)
      return "(int) " + value.text;
    return value.text;
  }

  const Module& module_;
  const EmitOptions& options_;
  Writer out_;
  XdrProcs procs_;
  XdrCalls calls_;
  FieldWriter fields_;
  RecursionWriter recursion_;
  MapWriter maps_;
  bool recursion_prepared_ = false;
  std::set<const Definition*> started_;
};

}  // namespace

std::string emit_xdr(const Module& module, const EmitOptions& options) {
  if (!module.has_types() && !module.has_passthroughs()) return {};
  return XdrEmitter(module, options).run();
}

}  // namespace rpcgen
