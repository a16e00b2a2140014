// SPDX-License-Identifier: BSD-3-Clause
// Sample client and server (-Sc, -Ss, -a): complete programs to start from.
#include "config.h"

#include "arguments.hpp"
#include "c_code.hpp"
#include "emit.hpp"
#include "stubs.hpp"
#include "writer.hpp"

namespace rpcgen {
namespace {

class SampleClient {
 public:
  SampleClient(const Module& module, const EmitOptions& options)
      : module_(module), options_(options) {}

  std::string run() {
    write_sample_banner(out_);
    out_.line("#include <stdio.h>");
    out_.line("#include <stdlib.h>");
    out_.line("#include <string.h>");
    write_include(out_, options_);
    write_passthroughs(out_, module_);
    out_.blank();
    for_each_version(module_, [&](const Definition& program, const ProgramDefinition&,
                                  const Version& version) { caller(program, version); });
    main();
    return out_.take();
  }

 private:
  static std::string function(const Definition& program, const Version& version) {
    return lower_case(program.name) + "_" + version.number.text;
  }

  void caller(const Definition& program, const Version& version) {
    out_.line("static void");
    out_.line(function(program, version), " (char *host)");
    {
      const auto body = out_.function_body();
      variables(version);
      create(program, version);
      std::size_t number = 0;
      for (const Procedure& procedure : version.procedures)
        call(Stub(module_, options_, procedure, version), std::to_string(++number));
      out_.flush_left("#ifndef DEBUG");
      out_.line("clnt_destroy (clnt);");
      out_.flush_left("#endif /* DEBUG */");
    }
    out_.blank();
  }

  void variables(const Version& version) {
    out_.line("CLIENT *clnt = NULL;");
    std::size_t count = 0;
    for (const Procedure& procedure : version.procedures) {
      const Stub stub(module_, options_, procedure, version);
      const std::string number = std::to_string(++count);
      result_variable(stub, number);
      argument_variables(stub);
    }
    out_.blank();
    for (const Procedure& procedure : version.procedures)
      clear(Stub(module_, options_, procedure, version));
  }

  void result_variable(const Stub& stub, const std::string& number) {
    if (!options_.mt_safe) {
      out_.line(declare(stub.result_pointer(), "result_" + number), ";");
      return;
    }
    out_.line("enum clnt_stat retval_", number, ";");
    out_.line(declare(stub.returns_void() ? "char" : stub.result_object(), "result_" + number),
              ";");
  }

  static std::string variable(const Stub& stub, const Declaration& argument) {
    return stub.name() + "_" + argument.name;
  }

  void argument_variables(const Stub& stub) {
    if (stub.takes_void()) return;
    if (!options_.by_value) {
      out_.line(declare(stub.argument_object(), stub.name() + "_arg"), ";");
      return;
    }
    for (const Declaration& argument : stub.procedure().arguments)
      out_.line(declare(c_type(module_, argument.type), variable(stub, argument)), ";");
  }

  // Samples send zeroes rather than what happens to lie on the stack.
  void clear(const Stub& stub) {
    const auto zero = [&](const std::string& name) {
      out_.line("memset (&", name, ", 0, sizeof (", name, "));");
    };
    if (!stub.takes_void() && !options_.by_value) zero(stub.name() + "_arg");
    if (options_.by_value)
      for (const Declaration& argument : stub.procedure().arguments)
        zero(variable(stub, argument));
  }

  void create(const Definition& program, const Version& version) {
    std::string nettype = options_.tirpc ? "netpath" : "udp";
    if (!options_.nettypes.empty()) nettype = options_.nettypes.front();
    out_.flush_left("#ifndef DEBUG");
    out_.line("clnt = clnt_create (host, ", program.name, ", ", version.name, ", \"", nettype,
              "\");");
    {
      const auto failed = out_.block("if (clnt == NULL)");
      out_.line("clnt_pcreateerror (host);");
      out_.line("exit (1);");
    }
    out_.flush_left("#endif /* DEBUG */");
    out_.blank();
  }

  std::string arguments(const Stub& stub) const {
    if (!options_.by_value)
      return stub.takes_void() ? "NULL, "
                               : (module_.is_c_array(stub.argument()) ? "" : "&") +
                                     stub.name() + "_arg, ";
    std::string text;
    for (const Declaration& argument : stub.procedure().arguments)
      text += (argument.shape == Shape::kPointer ? "&" : "") + variable(stub, argument) + ", ";
    return text;
  }

  void call(const Stub& stub, const std::string& number) {
    if (options_.mt_safe) {
      const std::string address = stub.result_is_array() ? "" : "&";
      out_.line("memset (", address, "result_", number, ", 0, sizeof (result_", number, "));");
      out_.line("retval_", number, " = ", stub.name(), " (", arguments(stub), address, "result_",
                number, ", clnt);");
      out_.line("if (retval_", number, " != RPC_SUCCESS)");
    } else {
      out_.line("result_", number, " = ", stub.name(), " (", arguments(stub), "clnt);");
      out_.line("if (result_", number, " == NULL)");
    }
    out_.line("\tclnt_perror (clnt, \"call failed\");");
  }

  void main() {
    out_.line("int");
    out_.line("main (int argc, char *argv[])");
    const auto body = out_.function_body();
    {
      const auto wrong = out_.block("if (argc < 2)");
      out_.line("printf (\"usage: %s server_host\\n\", argv[0]);");
      out_.line("exit (1);");
    }
    for_each_version(module_, [&](const Definition& program, const ProgramDefinition&,
                                  const Version& version) {
      out_.line(function(program, version), " (argv[1]);");
    });
    out_.line("exit (0);");
  }

  const Module& module_;
  const EmitOptions& options_;
  Writer out_;
};

class SampleServer {
 public:
  SampleServer(const Module& module, const EmitOptions& options)
      : module_(module), options_(options) {}

  std::string run() {
    write_sample_banner(out_);
    write_include(out_, options_);
    write_passthroughs(out_, module_);
    for_each_version(module_, [&](const Definition& program, const ProgramDefinition&,
                                  const Version& version) {
      for (const Procedure& procedure : version.procedures)
        service(Stub(module_, options_, procedure, version));
      if (options_.mt_safe)
        freeresult(lower_case(program.name) + "_" + version.number.text);
    });
    return out_.take();
  }

 private:
  void service(const Stub& stub) {
    const Locals local(module_, options_.by_value ? &stub.procedure() : nullptr);
    const std::string argument = local("argp"), result = local("result");
    const std::string request = local("rqstp"), retval = local("retval");
    out_.blank();
    out_.line(stub.service_type());
    out_.line(stub.name(), "_svc (", stub.parameter_list(argument, result, "struct svc_req *" + request),
              ")");
    const auto body = out_.function_body();
    if (options_.mt_safe)
      out_.line("bool_t ", retval, " = TRUE;");
    else
      out_.line("static ",
                declare(stub.returns_void() ? "char" : stub.result_object(), result), ";");
    out_.blank();
    for (const Parameter& parameter : stub.parameters(argument, result))
      out_.line("(void) ", parameter.name, ";");
    out_.line("(void) ", request, ";");
    out_.blank();
    insert_here("insert server code here");
    if (options_.mt_safe)
      out_.line("return ", retval, ";");
    else
      out_.line("return ", stub.result_is_array() ? "" : "&", result, ";");
  }

  void insert_here(std::string_view what) {
    out_.line("/*");
    out_.line(" * ", what);
    out_.line(" */");
    out_.blank();
  }

  void freeresult(const std::string& name) {
    out_.blank();
    out_.line("int");
    out_.line(name, "_freeresult (SVCXPRT *transp, xdrproc_t xdr_result, caddr_t result)");
    const auto body = out_.function_body();
    out_.line("(void) transp;");
    out_.line("xdr_free (xdr_result, result);");
    out_.blank();
    insert_here("Insert additional freeing code here, if needed");
    out_.line("return 1;");
  }

  const Module& module_;
  const EmitOptions& options_;
  Writer out_;
};

}  // namespace

std::string emit_sample_client(const Module& module, const EmitOptions& options) {
  if (!module.has_programs() && !module.has_passthroughs()) return {};
  return SampleClient(module, options).run();
}

std::string emit_sample_server(const Module& module, const EmitOptions& options) {
  if (!module.has_programs() && !module.has_passthroughs()) return {};
  return SampleServer(module, options).run();
}

}  // namespace rpcgen
