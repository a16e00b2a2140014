// SPDX-License-Identifier: BSD-3-Clause
// Dispatch tables (-t, -T): an entry per procedure number.
#include "config.h"

#include <map>

#include "arguments.hpp"
#include "c_code.hpp"
#include "emit.hpp"
#include "stubs.hpp"
#include "writer.hpp"

namespace rpcgen {
namespace {

class TableEmitter {
 public:
  TableEmitter(const Module& module, const EmitOptions& options)
      : module_(module), options_(options) {}

  std::string run() {
    write_banner(out_);
    write_include(out_, options_);
    write_passthroughs(out_, module_);
    out_.blank();
    out_.line("/* Define it before to name what is called; 0 leaves it out. */");
    out_.line("#ifndef RPCGEN_ACTION");
    out_.line("#define RPCGEN_ACTION(routine) routine");
    out_.line("#endif");
    for_each_version(module_, [&](const Definition& program, const ProgramDefinition&,
                                  const Version& version) { table(program, version); });
    return out_.take();
  }

 private:
  void table(const Definition& program, const Version& version) {
    const std::string name = lower_case(program.name) + "_" + version.number.text;
    out_.blank();
    {
      const auto body = out_.block(join("struct rpcgen_table ", name, "_table[] ="), ";");
      Wide expected = 0;
      for (const auto& [number, procedure] : in_order(version)) {
        // Gaps in the numbers are entries without a routine.
        for (; expected < number; ++expected) gap();
        entry(*procedure, version);
        expected = number + 1;
      }
    }
    out_.line("int ", name, "_nproc = (int) (sizeof (", name, "_table) / sizeof (", name,
              "_table[0]));");
  }

  static std::map<Wide, const Procedure*> in_order(const Version& version) {
    std::map<Wide, const Procedure*> result;
    Wide next = 0;
    for (const Procedure& procedure : version.procedures) {
      if (procedure.number.value) next = *procedure.number.value;
      result.emplace(next++, &procedure);
    }
    return result;
  }

  void gap() {
    out_.line("{ 0, ", XdrProcs::kVoid, ", 0, ", XdrProcs::kVoid, ", 0 },");
  }

  static std::string xdr(const TypeName& type) {
    return type.builtin == Builtin::kVoid ? std::string(XdrProcs::kVoid)
                                          : "(xdrproc_t) xdr_" + xdr_name(type);
  }

  void entry(const Procedure& procedure, const Version& version) {
    const Stub stub(module_, options_, procedure, version);
    const std::string_view type = options_.mt_safe
                                      ? "bool_t (*) (char *, void *, struct svc_req *)"
                                      : "char *(*) (char *, struct svc_req *)";
    out_.line("{ (", type, ") RPCGEN_ACTION (", stub.name(), "_svc),");
    if (stub.takes_void())
      out_.line("  ", XdrProcs::kVoid, ", 0,");
    else
      out_.line("  ", xdr(stub.argument()), ", sizeof (", stub.argument_object(), "),");
    if (stub.returns_void())
      out_.line("  ", XdrProcs::kVoid, ", 0 },");
    else
      out_.line("  ", xdr(procedure.result), ", sizeof (", stub.result_object(), ") },");
  }

  const Module& module_;
  const EmitOptions& options_;
  Writer out_;
};

}  // namespace

std::string emit_table(const Module& module, const EmitOptions& options) {
  if (!module.has_programs()) return {};
  return TableEmitter(module, options).run();
}

}  // namespace rpcgen
