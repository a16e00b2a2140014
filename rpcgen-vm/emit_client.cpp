// SPDX-License-Identifier: BSD-3-Clause
// Client stubs: one function per procedure that calls it.
#include "config.h"

#include <algorithm>

#include "c_code.hpp"
#include "emit.hpp"
#include "stubs.hpp"
#include "writer.hpp"

namespace rpcgen {
namespace {

class ClientEmitter {
 public:
  ClientEmitter(const Module& module, const EmitOptions& options)
      : module_(module), options_(options), procs_(module) {}

  std::string run() {
    write_banner(out_);
    out_.line("#include <stdarg.h>");
    out_.line("#include <string.h>");
    write_include(out_, options_);
    write_passthroughs(out_, module_);
    out_.blank();
    timeout();
    for_each_version(module_, [&](const Definition&, const ProgramDefinition&,
                                  const Version& version) {
      for (const Procedure& procedure : version.procedures) stub(procedure, version);
    });
    return out_.take();
  }

 private:
  // What a stub calls its parameters and variables.
  struct Names {
    explicit Names(const Locals& local)
        : handle(local("clnt")),
          argument(local("argp")),
          result(local("clnt_res")),
          structure(local("arg")) {}
    std::string handle, argument, result, structure;
  };

  void timeout() {
    out_.line("/* Default timeout can be changed using clnt_control() */");
    out_.line("static struct timeval ", timeout_, " = { 25, 0 };");
    out_.blank();
  }

  void stub(const Procedure& procedure, const Version& version) {
    const Stub stub(module_, options_, procedure, version);
    const Names names(Locals(module_, options_.by_value ? &procedure : nullptr));
    if (!stub.takes_void()) procs_.define(out_, stub.argument());
    procs_.define(out_, procedure.result);
    out_.line(stub.result_type());
    out_.line(stub.name(), " (", stub.parameter_list(names.argument, names.result, "CLIENT *" + names.handle), ")");
    {
      const auto body = out_.function_body();
      if (stub.takes_struct()) out_.line(stub.argument_object(), " ", names.structure, ";");
      if (!options_.mt_safe) result_variable(stub, names);
      if (stub.takes_struct()) fill_struct(stub, names);
      if (options_.mt_safe)
        call(stub, names, "return ", names.result, ";");
      else
        call_and_return(stub, names);
    }
    out_.blank();
  }

  void result_variable(const Stub& stub, const Names& names) {
    const std::string type = stub.returns_void() ? "char" : stub.result_object();
    out_.line("static ", declare(type, names.result), ";");
    out_.blank();
    out_.line("memset (", stub.result_is_array() ? "" : "&", names.result, ", 0, sizeof (",
              names.result, "));");
  }

  void fill_struct(const Stub& stub, const Names& names) {
    if (options_.mt_safe) out_.blank();
    for (const Declaration& argument : stub.procedure().arguments) {
      if (argument.shape == Shape::kPlain && module_.is_c_array(argument.type))
        out_.line("memcpy (", names.structure, ".", argument.name, ", ", argument.name,
                  ", sizeof (", names.structure, ".", argument.name, "));");
      else
        out_.line(names.structure, ".", argument.name, " = ", argument.name, ";");
    }
  }

  std::string argument_address(const Stub& stub, const Names& names) const {
    if (!options_.by_value) return names.argument;
    if (stub.takes_void()) return "NULL";
    if (stub.takes_struct()) return "&" + names.structure;
    const Declaration& argument = stub.procedure().arguments.front();
    return (stub.is_address(argument) ? "" : "&") + argument.name;
  }

  // `before clnt_call (...) after`, the end of a statement.
  void call(const Stub& stub, const Names& names, std::string_view before, std::string_view result,
            std::string_view after) {
    const std::string argument =
        stub.takes_void() ? std::string(XdrProcs::kVoid) : procs_.of(stub.argument());
    out_.line(before, "clnt_call (", names.handle, ", ", stub.procedure().name, ",");
    out_.indent();
    out_.line(argument, ", (caddr_t) ", argument_address(stub, names), ",");
    out_.line(procs_.of(stub.procedure().result), ", (caddr_t) ", result, ",");
    out_.line(timeout_, ")", after);
    out_.outdent();
  }

  void call_and_return(const Stub& stub, const Names& names) {
    const std::string address = (stub.result_is_array() ? "" : "&") + names.result;
    call(stub, names, "if (", address, " != RPC_SUCCESS)");
    out_.indent();
    out_.line("return NULL;");
    out_.outdent();
    out_.line("return ", address, ";");
  }

  const Module& module_;
  const EmitOptions& options_;
  XdrProcs procs_;
  Writer out_;
  const std::string timeout_ = Locals(module_)("TIMEOUT");
};

}  // namespace

std::string emit_client(const Module& module, const EmitOptions& options) {
  if (!module.has_programs()) return {};
  return ClientEmitter(module, options).run();
}

}  // namespace rpcgen
