// SPDX-License-Identifier: BSD-3-Clause
// The header: types, numbers, prototypes.
#include "config.h"

#include <set>

#include "arguments.hpp"
#include "c_code.hpp"
#include "emit.hpp"
#include "stubs.hpp"
#include "writer.hpp"

namespace rpcgen {
namespace {

class HeaderEmitter {
 public:
  HeaderEmitter(const Module& module, const EmitOptions& options)
      : module_(module), options_(options) {}

  std::string run() {
    write_banner(out_);
    const std::string guard = guard_name();
    open(guard);
    if (options_.tables && module_.has_programs()) table_type();
    for (const Item& item : module_.items()) this->item(item);
    for (const Definition* definition : module_.definitions())
      if (const auto* body = definition->as<ProgramDefinition>()) program(*definition, *body);
    xdr_functions();
    if (options_.maps) maps();
    close(guard);
    return out_.take();
  }

 private:
  std::string guard_name() const {
    std::string name = upper_case(options_.stem);
    for (char& c : name)
      if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) c = '_';
    return "_" + name + "_H_RPCGEN";
  }

  void open(const std::string& guard) {
    out_.line("#ifndef ", guard);
    out_.line("#define ", guard);
    out_.blank();
    out_.line("#include <rpc/rpc.h>");
    out_.blank();
    if (options_.mt_safe) {
      out_.line("#include <pthread.h>");
      out_.blank();
    }
    out_.line("#ifdef __cplusplus");
    out_.line("extern \"C\" {");
    out_.line("#endif");
    out_.blank();
  }

  void close(const std::string& guard) {
    out_.blank();
    out_.line("#ifdef __cplusplus");
    out_.line("}");
    out_.line("#endif");
    out_.blank();
    out_.line("#endif /* !", guard, " */");
  }

  // --- types

  void item(const Item& item) {
    if (const auto* text = std::get_if<Passthrough>(&item))
      return out_.flush_left(text->text);
    // What this one needs comes right before it in C order, if it was not written already.
    const Definition* wanted = std::get<std::shared_ptr<Definition>>(item).get();
    while (!written_.contains(wanted)) definition(*module_.c_order()[next_++]);
  }

  void definition(const Definition& definition) {
    written_.insert(&definition);
    if (definition.as<ProgramDefinition>()) return;
    announce(definition);
    write_doc(out_, definition.doc);
    if (const auto* value = definition.as<ConstDefinition>()) {
      out_.line("#define ", definition.name, " ", value->value.text);
    } else if (const auto* list = definition.as<EnumDefinition>()) {
      enumeration(definition, *list);
    } else if (const auto* body = definition.as<StructDefinition>()) {
      structure(definition, *body);
    } else if (const auto* choice = definition.as<UnionDefinition>()) {
      discriminated(definition, *choice);
    } else if (const auto* alias = definition.as<TypedefDefinition>()) {
      declaration(alias->declaration, "typedef ", definition);
    }
    out_.blank();
  }

  // Structs that this one only points to, and that come later.
  void announce(const Definition& definition) {
    for_each_declaration(definition, [&](const Declaration& use) {
      const Definition* target = module_.find_type(use.type);
      if (!target || target == &definition || written_.contains(target)) return;
      if (!announced_.insert(target).second) return;
      out_.line("typedef struct ", target->name, " ", target->name, ";");
    });
  }

  void name_struct(const Definition& definition) {
    if (!announced_.contains(&definition))
      out_.line("typedef struct ", definition.name, " ", definition.name, ";");
  }

  void enumeration(const Definition& definition, const EnumDefinition& list) {
    {
      const auto body = out_.block(join("enum ", definition.name), ";");
      const Enumerator* last = nullptr;
      for (const Enumerator& enumerator : list.enumerators) {
        write_doc(out_, enumerator.doc);
        const std::string implicit = last ? last->name + " + 1" : "0";
        out_.line(enumerator.name, " = ", enumerator.value ? enumerator.value->text : implicit,
                  &enumerator == &list.enumerators.back() ? "" : ",");
        last = &enumerator;
      }
    }
    out_.line("typedef enum ", definition.name, " ", definition.name, ";");
  }

  void structure(const Definition& definition, const StructDefinition& structure) {
    {
      const auto body = out_.block(join("struct ", definition.name), ";");
      for (const Declaration& field : structure.fields) {
        write_doc(out_, field.doc);
        declaration(field, "", definition);
      }
    }
    name_struct(definition);
  }

  void discriminated(const Definition& definition, const UnionDefinition& choice) {
    {
      const auto body = out_.block(join("struct ", definition.name), ";");
      declaration(choice.discriminant, "", definition);
      // An empty union is no C.
      if (has_arms(choice)) {
        const auto arms = out_.block("union", join(" ", definition.name, "_u;"));
        for (const Arm& arm : choice.arms) {
          if (arm.declaration.type.builtin == Builtin::kVoid) continue;
          write_doc(out_, arm.declaration.doc);
          declaration(arm.declaration, "", definition);
        }
      }
    }
    name_struct(definition);
  }

  static bool has_arms(const UnionDefinition& choice) {
    for (const Arm& arm : choice.arms)
      if (arm.declaration.type.builtin != Builtin::kVoid) return true;
    return false;
  }

  void declaration(const Declaration& use, std::string_view prefix, const Definition& inside) {
    std::string type = c_element(module_, use.type);
    if (use.type.builtin == Builtin::kNamed && use.type.name == inside.name)
      type = "struct " + type;
    switch (use.shape) {
      case Shape::kPlain:
        out_.line(prefix, type, " ", use.name, ";");
        break;
      case Shape::kPointer:
        out_.line(prefix, type, " *", use.name, ";");
        break;
      case Shape::kVector:
        out_.line(prefix, type, " ", use.name, "[", use.bound->text, "];");
        break;
      case Shape::kArray:
        array(use, type, prefix);
        break;
    }
  }

  void array(const Declaration& use, const std::string& type, std::string_view prefix) {
    if (use.type.builtin == Builtin::kString)
      return out_.line(prefix, "char *", use.name, ";");
    const auto body = out_.block(join(prefix, "struct"), join(" ", use.name, ";"));
    out_.line("u_int ", use.name, "_len;");
    out_.line(type, " *", use.name, "_val;");
  }

  // --- programs

  void program(const Definition& definition, const ProgramDefinition& program) {
    write_doc(out_, definition.doc);
    out_.line("#define ", definition.name, " ", program.number.text);
    for (const Version& version : program.versions) {
      write_doc(out_, version.doc);
      define_once(version.name, version.number.text);
      out_.blank();
      for (const Procedure& procedure : version.procedures) this->procedure(procedure, version);
      out_.line("extern int ", lower_case(definition.name), "_", version.number.text,
                "_freeresult (SVCXPRT *, xdrproc_t, caddr_t);");
      if (options_.tables) {
        const std::string table = lower_case(definition.name) + "_" + version.number.text;
        out_.line("extern struct rpcgen_table ", table, "_table[];");
        out_.line("extern int ", table, "_nproc;");
      }
      out_.blank();
    }
  }

  // Several versions often have procedures of the same name and number.
  void define_once(const std::string& name, const std::string& text) {
    if (defined_.insert(name).second) out_.line("#define ", name, " ", text);
  }

  void procedure(const Procedure& procedure, const Version& version) {
    const Stub stub(module_, options_, procedure, version);
    write_doc(out_, procedure.doc);
    define_once(procedure.name, procedure.number.text);
    out_.line("extern ", stub.result_type(), " ", stub.name(), " (",
              stub.prototype("CLIENT *"), ");");
    out_.line("extern ", stub.service_type(), " ", stub.name(), "_svc (",
              stub.prototype("struct svc_req *"), ");");
  }

  void xdr_functions() {
    if (!module_.has_types()) return;
    out_.line("/* the xdr functions */");
    out_.blank();
    for (const Definition* definition : module_.c_order())
      if (definition->is_type()) {
        const auto* alias = definition->as<TypedefDefinition>();
        const bool is_array = alias && module_.is_c_array(alias->declaration);
        out_.line("extern bool_t xdr_", definition->name, " (XDR *, ", definition->name,
                  is_array ? "" : " *", ");");
      }
  }

  // A program may use the tables of several headers.
  void table_type() {
    out_.line("#ifndef RPCGEN_TABLE");
    out_.line("#define RPCGEN_TABLE");
    {
      const auto body = out_.block("struct rpcgen_table", ";");
      out_.line(options_.mt_safe ? "bool_t (*proc) (char *, void *, struct svc_req *);"
                                 : "char *(*proc) (char *, struct svc_req *);");
      out_.line("xdrproc_t xdr_arg;");
      out_.line("unsigned len_arg;");
      out_.line("xdrproc_t xdr_res;");
      out_.line("unsigned len_res;");
    }
    out_.line("#endif");
    out_.blank();
  }

  void maps() {
    if (!module_.has_types()) return;
    out_.blank();
    out_.line("/* how values lie in memory, for shared-memory RPC */");
    out_.blank();
    out_.line("struct rpc_vm_map;");
    for (const Definition* definition : module_.c_order())
      if (definition->is_type())
        out_.line("extern const struct rpc_vm_map ", definition->name, "_vm_map;");
  }

  const Module& module_;
  const EmitOptions& options_;
  Writer out_;
  std::set<const Definition*> written_;
  std::set<const Definition*> announced_;
  std::set<std::string> defined_;
  std::size_t next_ = 0;
};

}  // namespace

std::string emit_header(const Module& module, const EmitOptions& options) {
  return HeaderEmitter(module, options).run();
}

}  // namespace rpcgen
