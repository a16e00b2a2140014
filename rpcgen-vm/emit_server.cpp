// SPDX-License-Identifier: BSD-3-Clause
// Server stubs: one dispatcher per version, which decodes, calls the service and replies.
#include "config.h"

#include "emit_server.hpp"

#include "arguments.hpp"
#include "c_code.hpp"
#include "stubs.hpp"

namespace rpcgen {
namespace {

class ServerEmitter {
 public:
  ServerEmitter(const Module& module, const EmitOptions& options)
      : module_(module), options_(options), procs_(module) {}

  std::string run() {
    write_banner(out_);
    includes();
    write_passthroughs(out_, module_);
    out_.blank();
    write_server_support(out_, module_, options_);
    for_each_version(module_, [&](const Definition& program, const ProgramDefinition&,
                                  const Version& version) {
      for (const Procedure& procedure : version.procedures) caller(procedure, version);
      dispatcher(program, version);
    });
    if (options_.with_main) write_server_main(out_, module_, options_);
    return out_.take();
  }

 private:
  // The header comes last: its procedures are macros, perhaps called `read` or `open`.
  void includes() {
    out_.line("#include <rpc/rpc.h>");
    out_.line("#include <stdarg.h>");
    out_.line("#include <stdio.h>");
    out_.line("#include <stdlib.h>");
    out_.line("#include <string.h>");
    out_.line("#include <netinet/in.h>");
    out_.line("#include <sys/socket.h>");
    out_.line("#include <rpc/pmap_clnt.h>");
    if (may_be_started(options_)) {
      out_.line("#include <fcntl.h>");
      out_.line("#include <signal.h>");
      out_.line("#include <sys/resource.h>");
      out_.line("#include <unistd.h>");
    }
    if (options_.tirpc || !options_.netids.empty()) out_.line("#include <netconfig.h>");
    if (may_be_started(options_) || options_.syslog) out_.line("#include <syslog.h>");
    if (!options_.header.empty()) write_include(out_, options_);
  }

  // The service as the dispatcher calls it, whatever its own type.
  void caller(const Procedure& procedure, const Version& version) {
    const Stub stub(module_, options_, procedure, version);
    if (!stub.takes_void()) procs_.define(out_, stub.argument());
    procs_.define(out_, procedure.result);
    out_.line("static ", options_.mt_safe ? "bool_t" : "void *");
    out_.line("rpcgen_vm_call_", stub.name(), " (void *rpcgen_vm_argp, ",
              options_.mt_safe ? "void *rpcgen_vm_result, " : "", "struct svc_req *", rqstp_, ")");
    {
      const auto body = out_.function_body();
      if (options_.by_value && stub.takes_struct()) {
        out_.line(stub.argument_pointer(), args_, " = (", stub.argument_pointer(),
                  ") rpcgen_vm_argp;");
        out_.blank();
      }
      if (options_.by_value && stub.takes_void()) {
        out_.line("(void) rpcgen_vm_argp;");
      }
      out_.line("return ", stub.name(), "_svc (", arguments(stub), rqstp_, ");");
    }
    out_.blank();
  }

  std::string arguments(const Stub& stub) const {
    std::string text;
    if (!options_.by_value)
      text = stub.takes_void() ? "rpcgen_vm_argp, "
                               : "(" + stub.argument_pointer() + ") rpcgen_vm_argp, ";
    else if (stub.takes_struct())
      for (const Declaration& argument : stub.procedure().arguments)
        text += args_ + "->" + argument.name + ", ";
    else if (!stub.takes_void())
      text = single_value(stub);
    if (!options_.mt_safe) return text;
    return text + (stub.returns_void() ? "" : "(" + stub.result_pointer() + ") ") +
           "rpcgen_vm_result, ";
  }

  std::string single_value(const Stub& stub) const {
    const bool address = stub.is_address(stub.procedure().arguments.front());
    return join(address ? "" : "*", "(", stub.argument_pointer(), ") rpcgen_vm_argp, ");
  }

  void dispatcher(const Definition& program, const Version& version) {
    out_.line(options_.with_main ? "static void" : "void");
    out_.line(lower_case(program.name), "_", version.number.text,
              " (struct svc_req *", rqstp_, ", SVCXPRT *", transp_, ")");
    {
      const auto body = out_.function_body();
      variables(version);
      state("_SERVING");
      cases(version);
      serve(program, version);
      finish(false);
    }
    out_.blank();
  }

  void variables(const Version& version) {
    value_union(version, argument_, "_arg", [](const Stub& stub) {
      return stub.takes_void() ? std::string{} : stub.argument_object();
    });
    if (options_.mt_safe)
      value_union(version, result_, "_res", [](const Stub& stub) {
        return stub.returns_void() ? std::string{} : stub.result_object();
      });
    out_.line(options_.mt_safe ? "bool_t " + retval_ : "void *" + result_, ";");
    out_.line("xdrproc_t _xdr_argument, _xdr_result;");
    out_.line(options_.mt_safe ? "bool_t (*" : "void *(*", local_,
              options_.mt_safe ? ") (void *, void *, struct svc_req *);"
                               : ") (void *, struct svc_req *);");
    out_.blank();
  }

  template <typename Object>
  void value_union(const Version& version, std::string_view name, std::string_view suffix,
                   const Object& object) {
    const auto body = out_.block("union", join(" ", name, ";"));
    bool empty = true;
    for (const Procedure& procedure : version.procedures) {
      const Stub stub(module_, options_, procedure, version);
      const std::string type = object(stub);
      if (type.empty()) continue;
      out_.line(declare(type, stub.name()), suffix, ";");
      empty = false;
    }
    if (empty) out_.line("int fill;");
  }

  void state(std::string_view value) {
    if (!ends_when_idle(options_)) return;
    if (options_.mt_safe) out_.line("pthread_mutex_lock (&_svcstate_lock);");
    out_.line("_rpcsvcstate = ", value, ";");
    if (options_.mt_safe) out_.line("pthread_mutex_unlock (&_svcstate_lock);");
  }

  void finish(bool early) {
    state("_SERVED");
    if (ends_at_once(options_))
      out_.line("exit (0);");
    else if (early)
      out_.line("return;");
  }

  static bool has_null(const Version& version) {
    for (const Procedure& procedure : version.procedures)
      if (procedure.number.value == Wide(0)) return true;
    return false;
  }

  void cases(const Version& version) {
    out_.line("switch (", rqstp_, "->rq_proc) {");
    if (!has_null(version)) {
      out_.line("case NULLPROC:");
      out_.indent();
      out_.line("(void) svc_sendreply (", transp_, ", ", XdrProcs::kVoid, ", NULL);");
      finish(true);
      out_.outdent();
      out_.blank();
    }
    for (const Procedure& procedure : version.procedures) one_case(procedure, version);
    out_.line("default:");
    out_.indent();
    out_.line("svcerr_noproc (", transp_, ");");
    finish(true);
    out_.outdent();
    out_.line("}");
  }

  void one_case(const Procedure& procedure, const Version& version) {
    const Stub stub(module_, options_, procedure, version);
    out_.line("case ", procedure.name, ":");
    out_.indent();
    out_.line("_xdr_argument = ",
              stub.takes_void() ? std::string(XdrProcs::kVoid) : procs_.of(stub.argument()),
              ";");
    out_.line("_xdr_result = ", procs_.of(procedure.result), ";");
    out_.line(local_, " = rpcgen_vm_call_", stub.name(), ";");
    out_.line("break;");
    out_.outdent();
    out_.blank();
  }

  void serve(const Definition& program, const Version& version) {
    out_.line("memset (&", argument_, ", 0, sizeof (", argument_, "));");
    if (options_.mt_safe) out_.line("memset (&", result_, ", 0, sizeof (", result_, "));");
    {
      const auto failed = out_.block(join("if (!svc_getargs (", transp_,
                                          ", _xdr_argument, (caddr_t) &", argument_, "))"));
      out_.line("svcerr_decode (", transp_, ");");
      finish(true);
    }
    reply();
    {
      const auto failed = out_.block(join("if (!svc_freeargs (", transp_,
                                          ", _xdr_argument, (caddr_t) &", argument_, "))"));
      out_.line(report(options_, "unable to free arguments"));
      out_.line("exit (1);");
    }
    if (!options_.mt_safe) return;
    out_.line("if (!", lower_case(program.name), "_", version.number.text, "_freeresult (",
              transp_, ", _xdr_result, (caddr_t) &", result_, "))");
    out_.line("\t", report(options_, "unable to free results"));
  }

  void reply() {
    if (options_.mt_safe) {
      out_.line(retval_, " = ", local_, " (&", argument_, ", &", result_, ", ", rqstp_, ");");
      out_.line("if (", retval_, " > 0 && !svc_sendreply (", transp_,
                ", _xdr_result, (caddr_t) &", result_, "))");
    } else {
      out_.line(result_, " = ", local_, " (&", argument_, ", ", rqstp_, ");");
      out_.line("if (", result_, " != NULL && !svc_sendreply (", transp_,
                ", _xdr_result, (caddr_t) ", result_, "))");
    }
    out_.line("\tsvcerr_systemerr (", transp_, ");");
  }

  const Module& module_;
  const EmitOptions& options_;
  XdrProcs procs_;
  Writer out_;
  const Locals names_{module_};
  const std::string rqstp_ = names_("rqstp"), transp_ = names_("transp");
  const std::string argument_ = names_("argument"), args_ = names_("args");
  const std::string result_ = names_("result"), retval_ = names_("retval");
  const std::string local_ = names_("local");
};

}  // namespace

std::string emit_server(const Module& module, const EmitOptions& options) {
  if (!module.has_programs()) return {};
  return ServerEmitter(module, options).run();
}

}  // namespace rpcgen
