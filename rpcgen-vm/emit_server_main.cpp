// SPDX-License-Identifier: BSD-3-Clause
// main() of a server: creates the transports, registers, runs.
#include "config.h"

#include <algorithm>

#include "arguments.hpp"
#include "c_code.hpp"
#include "emit_server.hpp"

namespace rpcgen {
namespace {

// One version and what it is registered under.
struct Service {
  std::string program, version, dispatcher;
};

std::vector<Service> services_of(const Module& module) {
  std::vector<Service> result;
  for_each_version(module, [&](const Definition& program, const ProgramDefinition&,
                               const Version& version) {
    result.push_back({program.name, version.name,
                      lower_case(program.name) + "_" + version.number.text});
  });
  return result;
}

bool is_socket_type(const std::string& nettype) { return nettype == "udp" || nettype == "tcp"; }

class MainEmitter {
 public:
  MainEmitter(Writer& out, const Module& module, const EmitOptions& options)
      : out_(out),
        options_(options),
        services_(services_of(module)),
        local_(module) {}

  void run() {
    out_.line("int");
    out_.line("main (void)");
    const auto body = out_.function_body();
    variables();
    if (options_.tirpc) {
      started_by_port_monitor();
    } else if (options_.inetd) {
      started_by_inetd();
    } else {
      unset();
    }
    transports();
    if (options_.inetd && !options_.tirpc) idle_alarm("if (_rpcpmstart)");
    out_.line("svc_run ();");
    fail("svc_run returned");
    out_.line("/* NOTREACHED */");
  }

 private:
  bool uses_sockets() const { return !options_.tirpc && !nettypes(true).empty(); }

  // -s, or udp and tcp; in two kinds: those with functions of their own, and the others.
  std::vector<std::string> nettypes(bool sockets) const {
    std::vector<std::string> all = options_.nettypes;
    if (all.empty() && options_.netids.empty())
      all = options_.tirpc ? std::vector<std::string>{"netpath"}
                           : std::vector<std::string>{"udp", "tcp"};
    std::erase_if(all, [&](const std::string& nettype) {
      return (is_socket_type(nettype) && !options_.tirpc) != sockets;
    });
    return all;
  }

  void fail(std::string_view message) {
    out_.line(report(options_, message));
    out_.line("exit (1);");
  }

  void variables() {
    const bool monitor = options_.tirpc;
    if (uses_sockets() || monitor || !options_.netids.empty())
      out_.line("SVCXPRT *", transp_, ";");
    if (!options_.netids.empty()) out_.line("struct netconfig *", nconf_, ";");
    if (monitor || options_.inetd) {
      out_.line("struct sockaddr_storage ", saddr_, ";");
      out_.line("socklen_t ", asize_, " = sizeof (", saddr_, ");");
    }
    if (options_.inetd && !monitor) {
      out_.line("socklen_t ", ssize_, " = sizeof (_rpcfdtype);");
      out_.line("int ", sock_, " = RPC_ANYSOCK;");
    }
    if (options_.inetd && !monitor && uses_sockets()) out_.line("int ", proto_, " = 0;");
    out_.blank();
  }

  void unset() {
    for (const Service& service : services_)
      out_.line("pmap_unset (", service.program, ", ", service.version, ");");
    out_.blank();
  }

  void daemonize() {
    out_.flush_left("#ifndef RPC_SVC_FG");
    out_.line("rpcgen_vm_daemonize ();");
    out_.flush_left("#endif");
    out_.line("openlog (\"", options_.stem, "\", LOG_PID, LOG_DAEMON);");
  }

  void started_by_inetd() {
    {
      const auto started =
          out_.block(join("if (getsockname (0, (struct sockaddr *) &", saddr_, ", &", asize_,
                          ") == 0)"));
      out_.line("if (", saddr_, ".ss_family != AF_INET && ", saddr_,
                ".ss_family != AF_INET6)");
      out_.line("\texit (1);");
      out_.line("if (getsockopt (0, SOL_SOCKET, SO_TYPE, &_rpcfdtype, &", ssize_, ") == -1)");
      out_.line("\texit (1);");
      out_.line(sock_, " = 0;");
      out_.line("_rpcpmstart = 1;");
      out_.line("openlog (\"", options_.stem, "\", LOG_PID, LOG_DAEMON);");
    }
    {
      const auto alone = out_.block("else");
      daemonize();
      for (const Service& service : services_)
        out_.line("pmap_unset (", service.program, ", ", service.version, ");");
    }
    out_.blank();
  }

  void started_by_port_monitor() {
    {
      const auto started =
          out_.block(join("if (getsockname (0, (struct sockaddr *) &", saddr_, ", &", asize_,
                          ") == 0)"));
      out_.line("_rpcpmstart = 1;");
      out_.line("openlog (\"", options_.stem, "\", LOG_PID, LOG_DAEMON);");
      out_.line(transp_, " = svc_tli_create (0, NULL, NULL, 0, 0);");
      check(transp_ + " == NULL", "cannot create server handle");
      for (const Service& service : services_)
        check(join("!svc_reg (", transp_, ", ", service.program, ", ", service.version, ", ",
                   service.dispatcher, ", NULL)"),
              join("unable to register (", service.program, ", ", service.version, ")."));
      idle_alarm("");
      out_.line("svc_run ();");
      out_.line("exit (1);");
    }
    daemonize();
    out_.blank();
  }

  void check(const std::string& condition, std::string_view message) {
    const auto failed = out_.block(join("if (", condition, ")"));
    fail(message);
  }

  void idle_alarm(std::string_view condition) {
    if (!ends_when_idle(options_)) return;
    if (condition.empty()) {
      out_.line("(void) signal (SIGALRM, closedown);");
      out_.line("(void) alarm (_RPCSVC_CLOSEDOWN);");
      return;
    }
    const auto started = out_.block(condition);
    idle_alarm("");
  }

  void transports() {
    for (const std::string& nettype : nettypes(true)) socket_transport(nettype);
    for (const std::string& nettype : nettypes(false)) any_transport(nettype);
    for (const std::string& netid : options_.netids) netid_transport(netid);
  }

  void socket_transport(const std::string& nettype) {
    if (!options_.inetd) return create_socket_transport(nettype, "RPC_ANYSOCK");
    const std::string kind = nettype == "udp" ? "SOCK_DGRAM" : "SOCK_STREAM";
    const auto wanted = out_.block(join("if (_rpcfdtype == 0 || _rpcfdtype == ", kind, ")"));
    create_socket_transport(nettype, sock_);
  }

  void create_socket_transport(const std::string& nettype, std::string_view socket) {
    const std::string protocol = "IPPROTO_" + upper_case(nettype);
    out_.line(transp_, " = svc", nettype, "_create (", socket,
              nettype == "tcp" ? ", 0, 0);" : ");");
    check(transp_ + " == NULL", join("cannot create ", nettype, " service."));
    if (options_.inetd) {
      out_.line("if (!_rpcpmstart)");
      out_.line("\t", proto_, " = ", protocol, ";");
    }
    for (const Service& service : services_)
      check(join("!svc_register (", transp_, ", ", service.program, ", ", service.version, ", ",
                 service.dispatcher, ", ", options_.inetd ? proto_ : protocol, ")"),
            join("unable to register (", service.program, ", ", service.version, ", ", nettype,
                 ")."));
    if (!options_.inetd) out_.blank();
  }

  void any_transport(const std::string& nettype) {
    for (const Service& service : services_)
      check(join("!svc_create (", service.dispatcher, ", ", service.program, ", ",
                 service.version, ", \"", nettype, "\")"),
            join("unable to create (", service.program, ", ", service.version, ") for ",
                 nettype, "."));
    out_.blank();
  }

  void netid_transport(const std::string& netid) {
    out_.line(nconf_, " = getnetconfigent (\"", netid, "\");");
    check(nconf_ + " == NULL", join("cannot find ", netid, " netid."));
    out_.line(transp_, " = svc_tli_create (RPC_ANYFD, ", nconf_, ", NULL, 0, 0);");
    check(transp_ + " == NULL", join("cannot create ", netid, " service."));
    for (const Service& service : services_) {
      out_.line("(void) rpcb_unset (", service.program, ", ", service.version, ", ",
                nconf_, ");");
      check(join("!svc_reg (", transp_, ", ", service.program, ", ", service.version, ", ",
                 service.dispatcher, ", ", nconf_, ")"),
            join("unable to register (", service.program, ", ", service.version, ", ", netid,
                 ")."));
    }
    out_.line("freenetconfigent (", nconf_, ");");
    out_.blank();
  }

  Writer& out_;
  const EmitOptions& options_;
  std::vector<Service> services_;
  const Locals local_;
  const std::string transp_ = local_("transp"), nconf_ = local_("nconf");
  const std::string saddr_ = local_("saddr"), asize_ = local_("asize"), ssize_ = local_("ssize");
  const std::string sock_ = local_("sock"), proto_ = local_("proto");
};

// A daemon has no terminal to report to.
void write_msgout(Writer& out) {
  out.line("static void");
  out.line("_msgout (const char *msg)");
  {
    const auto body = out.function_body();
    out.flush_left("#ifdef RPC_SVC_FG");
    out.line("if (!_rpcpmstart) {");
    out.line("\tfprintf (stderr, \"%s\\n\", msg);");
    out.line("\treturn;");
    out.line("}");
    out.flush_left("#endif");
    out.line("syslog (LOG_ERR, \"%s\", msg);");
  }
  out.blank();
}

void write_closedown(Writer& out, const Locals& local, const EmitOptions& options) {
  const std::string i = local("i"), openfd = local("openfd");
  out.line("/* What the server is doing: closedown() ends it only when it is idle. */");
  out.line("#define _RPCSVC_CLOSEDOWN ", std::to_string(options.close_seconds));
  out.line("#define _IDLE 0");
  out.line("#define _SERVED 1");
  out.line("#define _SERVING 2");
  out.blank();
  out.line("static int _rpcsvcstate = _IDLE;");
  if (options.mt_safe)
    out.line("static pthread_mutex_t _svcstate_lock = PTHREAD_MUTEX_INITIALIZER;");
  out.blank();
  if (!options.with_main) return;
  out.line("static void");
  out.line("closedown (int sig)");
  {
    const auto body = out.function_body();
    out.line("(void) sig;");
    {
      const auto idle = out.block("if (_rpcsvcstate == _IDLE)");
      out.line("int ", i, ", ", openfd, " = 0;");
      out.blank();
      if (!options.tirpc) {
        out.line("if (_rpcfdtype == SOCK_DGRAM)");
        out.line("\texit (0);");
      }
      out.line("for (", i, " = 0; ", i, " < FD_SETSIZE && ", openfd, " < 2; ", i, "++)");
      out.line("\tif (FD_ISSET (", i, ", &svc_fdset))");
      out.line("\t\t", openfd, "++;");
      out.line("if (", openfd, " <= 1)");
      out.line("\texit (0);");
    }
    out.line("if (_rpcsvcstate == _SERVED)");
    out.line("\t_rpcsvcstate = _IDLE;");
    out.line("(void) signal (SIGALRM, closedown);");
    out.line("(void) alarm (_RPCSVC_CLOSEDOWN);");
  }
  out.blank();
}

void write_daemonize(Writer& out, const Locals& local) {
  const std::string pid = local("pid"), limit = local("limit"), size = local("size");
  const std::string i = local("i");
  out.flush_left("#ifndef RPC_SVC_FG");
  out.line("static void");
  out.line("rpcgen_vm_daemonize (void)");
  {
    const auto body = out.function_body();
    out.line("pid_t ", pid, ";");
    out.line("struct rlimit ", limit, ";");
    out.line("int ", i, ", ", size, " = 1024;");
    out.blank();
    out.line(pid, " = fork ();");
    out.line("if (", pid, " < 0) {");
    out.line("\tperror (\"cannot fork\");");
    out.line("\texit (1);");
    out.line("}");
    out.line("if (", pid, " != 0)");
    out.line("\texit (0);");
    out.line("if (getrlimit (RLIMIT_NOFILE, &", limit, ") == 0 && ", limit, ".rlim_cur < 65536)");
    out.line("\t", size, " = (int) ", limit, ".rlim_cur;");
    out.line("for (", i, " = 0; ", i, " < ", size, "; ", i, "++)");
    out.line("\t(void) close (", i, ");");
    out.line(i, " = open (\"/dev/null\", O_RDWR);");
    out.line("(void) dup2 (", i, ", 1);");
    out.line("(void) dup2 (", i, ", 2);");
    out.line("(void) setsid ();");
  }
  out.flush_left("#endif");
  out.blank();
}

}  // namespace

std::string report(const EmitOptions& options, std::string_view message) {
  if (options.syslog) return join("syslog (LOG_ERR, \"%s\", \"", message, "\");");
  if (may_be_started(options)) return join("_msgout (\"", message, "\");");
  return join("fprintf (stderr, \"%s\\n\", \"", message, "\");");
}

void write_server_support(Writer& out, const Module& module, const EmitOptions& options) {
  if (!may_be_started(options)) return;
  out.line("int _rpcpmstart;\t\t/* Started by a port monitor ? */");
  if (!options.tirpc) out.line("int _rpcfdtype;\t\t/* Whether Stream or Datagram ? */");
  out.blank();
  if (!options.syslog) write_msgout(out);
  if (ends_when_idle(options)) write_closedown(out, Locals(module), options);
  if (options.with_main) write_daemonize(out, Locals(module));
}

void write_server_main(Writer& out, const Module& module, const EmitOptions& options) {
  MainEmitter(out, module, options).run();
}

}  // namespace rpcgen
