// SPDX-License-Identifier: BSD-3-Clause
// Reading the command line.
#include "config.h"

#include "options.hpp"

#include <getopt.h>
#include <netdb.h>

#include <array>
#include <charconv>
#include <limits>

#include "usage_error.hpp"

namespace vmrpc::info {
namespace {

constexpr std::array kLongOptions = {
    option{"port", required_argument, nullptr, 'p'},
    option{"json", no_argument, nullptr, 'j'},
    option{"calls", required_argument, nullptr, 'c'},
    option{"timeout", required_argument, nullptr, 't'},
    option{"help", no_argument, nullptr, 'h'},
    option{"version", no_argument, nullptr, 'V'},
    option{nullptr, 0, nullptr, 0},
};

// Decimal, or hexadecimal with 0x.
std::optional<unsigned long> number(std::string_view text, unsigned long most) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  unsigned long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

unsigned need_number(const std::string& what, const std::string& text, unsigned long least,
                     unsigned long most) {
  const auto value = number(text, most);
  if (!value || *value < least)
    throw UsageError(what + " must be a number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not '" + text + "'");
  return static_cast<unsigned>(*value);
}

// HOST, HOST:PORT, [ADDRESS]:PORT, a bare IPv6 address, /PATH or unix:PATH.
void parse_host(const std::string& text, Target& target) {
  if (text.starts_with("unix:") || text.starts_with("/")) {
    target.path = text.starts_with("/") ? text : text.substr(5);
    if (target.path.empty()) throw UsageError("unix: needs the path of a socket");
    return;
  }
  const bool bracketed = text.starts_with("[");
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string::npos)
    throw UsageError("'" + text + "' has no closing bracket");
  const bool bare_ipv6 = !bracketed && end != text.rfind(':');
  if (end == std::string::npos || bare_ipv6) {
    target.host = text;
    return;
  }
  target.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string rest = text.substr(bracketed ? end + 1 : end);
  if (rest.empty()) return;
  if (!rest.starts_with(":")) throw UsageError("'" + text + "' is no HOST:PORT");
  target.port = need_number("the port", rest.substr(1), 1, 65535);
}

void parse_program(const std::string& text, Target& target) {
  constexpr unsigned long kMost = std::numeric_limits<std::uint32_t>::max();
  target.program_name = text;
  if (const auto value = number(text, kMost)) {
    target.program = static_cast<rpcprog_t>(*value);
    return;
  }
  const rpcent* const entry = ::getrpcbyname(text.c_str());
  if (entry == nullptr)
    throw UsageError("no program '" + text + "': give its number, or a name of /etc/rpc");
  target.program = static_cast<rpcprog_t>(entry->r_number);
}

void parse_arguments(int count, char** words, Options& options) {
  if (count == 0) return;
  if (count == 1) throw UsageError("a host needs a program: its number, or a name of /etc/rpc");
  if (count > 3) throw UsageError(std::string("'") + words[3] + "' is too much");
  const std::optional<unsigned> port = options.target.port;
  options.action = Action::kServer;
  parse_host(words[0], options.target);
  if (port) options.target.port = port;
  parse_program(words[1], options.target);
  if (count == 3)
    options.target.version =
        need_number("the version", words[2], 0, std::numeric_limits<std::uint32_t>::max());
}

}  // namespace

const char* help_text() {
  return "usage: vmrpcinfo [OPTION...] HOST PROGRAM [VERSION]\n"
         "       vmrpcinfo [--json]\n"
         "\n"
         "Tells step by step whether calls to a Sun RPC server would go through shared memory, "
         "and\n"
         "where not, what to do. Without arguments it tells what this machine offers.\n"
         "\n"
         "HOST is a name or an address, with the port as HOST:PORT or [ADDRESS]:PORT so that "
         "rpcbind is\n"
         "not asked, or the path of an AF_UNIX socket. PROGRAM is a number or a name of /etc/rpc.\n"
         "\n"
         "  -p, --port=PORT      the server's port\n"
         "  -c, --calls=N        null calls to measure on each path, 0 for none [200]\n"
         "  -t, --timeout=SEC    how long to wait for each answer [10]\n"
         "  -j, --json           the findings as JSON\n"
         "  -h, --help           print this\n"
         "      --version        print the version\n"
         "\n"
         "Exit status: 0 when shared memory would be used, 1 when not, 2 for a wrong command "
         "line.\n";
}

Options parse_options(int argc, char** argv) {
  Options options;
  int letter;
  while ((letter = ::getopt_long(argc, argv, "p:jc:t:h", kLongOptions.data(), nullptr)) != -1) {
    switch (letter) {
      case 'p':
        options.target.port = need_number("the port", ::optarg, 1, 65535);
        break;
      case 'j':
        options.json = true;
        break;
      case 'c':
        options.calls = need_number("--calls", ::optarg, 0, 1'000'000);
        break;
      case 't':
        options.timeout_s = need_number("--timeout", ::optarg, 1, 3600);
        break;
      case 'h':
        options.action = Action::kHelp;
        return options;
      case 'V':
        options.action = Action::kVersion;
        return options;
      default:
        throw UsageError("");
    }
  }
  parse_arguments(argc - ::optind, argv + ::optind, options);
  return options;
}

}  // namespace vmrpc::info
