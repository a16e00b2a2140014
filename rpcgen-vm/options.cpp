// SPDX-License-Identifier: BSD-3-Clause
// The command line: stock's letters, which combine, and words of our own.
#include "config.h"

#include "options.hpp"

#include <charconv>
#include <string_view>
#include <utility>

namespace rpcgen {
namespace {

struct BadOption {};

class OptionParser {
 public:
  OptionParser(int argc, char** argv, Diagnostics& diagnostics)
      : arguments_(argv + 1, argv + argc), diagnostics_(diagnostics) {}

  CommandLine run() {
    while (next_ < arguments_.size()) argument(arguments_[next_++]);
    if (!line_.help && !line_.version) check();
    return std::move(line_);
  }

 private:
  [[noreturn]] void fail(std::string message, std::string hint = {}) {
    diagnostics_.error(std::move(message),
                       hint.empty() ? "rpcgen-vm --help lists the options" : std::move(hint));
    throw BadOption{};
  }

  void argument(const std::string& text) {
    if (text.starts_with("--"))
      word(text.substr(2));
    else if (text.size() > 1 && text[0] == '-')
      letters(text);
    else if (!line_.input.empty())
      fail("two input files: " + line_.input + " and " + text, "name one; -D, -o and their like take the word behind them");
    else
      line_.input = text;
  }

  std::string value(const std::string& option) {
    if (next_ >= arguments_.size()) fail(option + " needs a value behind it");
    return arguments_[next_++];
  }

  int number(const std::string& option, int smallest) {
    const std::string text = value(option);
    int result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc{} || end != text.data() + text.size() || result < smallest)
      fail(option + " needs a number, not '" + text + "'");
    return result;
  }

  // --- words

  void word(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const bool has_value = equals != std::string::npos;
    const std::string given = has_value ? text.substr(equals + 1) : std::string{};
    if (has_value ? valued_word(name, given) : plain_word(name)) return;
    fail("unknown option --" + text);
  }

  bool plain_word(const std::string& name) {
    if (name == "help") return line_.help = true;
    if (name == "version") return line_.version = true;
    if (name == "lint") return line_.lint = true;
    if (name == "if-changed") return line_.if_changed = true;
    if (name == "in-place") return line_.emit.in_place_all = true;
    if (name == "no-maps") {
      line_.emit.maps = false;
      return true;
    }
    static constexpr std::string_view kValued[] = {"rename", "max-depth", "output-dir", "include"};
    for (const auto valued : kValued)
      if (name == valued) return valued_word(name, value("--" + name));
    return false;
  }

  bool valued_word(const std::string& name, const std::string& given) {
    if (name == "in-place") {
      in_place(given);
    } else if (name == "rename") {
      rename(given);
    } else if (name == "max-depth") {
      max_depth(given);
    } else if (name == "output-dir") {
      line_.output_directory = given;
    } else if (name == "include") {
      line_.cpp_arguments.push_back("-I" + given);
    } else {
      return false;
    }
    return true;
  }

  void in_place(const std::string& types) {
    std::size_t start = 0;
    while (start <= types.size()) {
      const std::size_t end = std::min(types.find(',', start), types.size());
      if (end == start) fail("--in-place needs names of types, separated by commas");
      line_.emit.in_place_types.insert(types.substr(start, end - start));
      start = end + 1;
    }
  }

  void rename(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      fail("--rename needs OLD=NEW, not '" + text + "'");
    line_.renames[text.substr(0, equals)] = text.substr(equals + 1);
  }

  void max_depth(const std::string& text) {
    unsigned depth = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), depth);
    if (error != std::errc{} || end != text.data() + text.size() || depth == 0)
      fail("--max-depth needs a number from 1, not '" + text + "'");
    line_.emit.max_depth = depth;
  }

  // --- letters

  void letters(const std::string& text) {
    if (text == "-MD") {
      line_.dependencies = true;
    } else if (text == "-MF") {
      line_.dependencies = true;
      line_.dependency_file = value(text);
    } else if (text == "-n") {
      line_.emit.netids.push_back(value(text));
    } else if (text == "-s") {
      line_.emit.nettypes.push_back(value(text));
    } else if (text == "-o") {
      if (!line_.output.empty()) fail("-o is given twice");
      line_.output = value(text);
      if (line_.output.empty()) fail("-o needs the name of a file");
    } else if (text == "-d") {
      line_.output_directory = value(text);
    } else if (text[1] == 'D' || text[1] == 'U') {
      line_.cpp_arguments.push_back(text.size() > 2 ? text : text + value(text));
    } else {
      for (std::size_t i = 1; i < text.size(); ++i) i += letter(text, i);
    }
  }

  // Returns how many letters more it took.
  std::size_t letter(const std::string& text, std::size_t at) {
    switch (text[at]) {
      case 'a':
        line_.all = true;
        return 0;
      case 'b':
        line_.emit.tirpc = false;
        return 0;
      case '5':
        line_.emit.tirpc = true;
        return 0;
      case 'C':
        return 0;
      case 'k':
        diagnostics_.warning("-k: K&R C is history, ANSI C is written instead");
        return 0;
      case 'I':
        line_.emit.inetd = true;
        return 0;
      case 'L':
        line_.emit.syslog = true;
        return 0;
      case 'M':
        line_.emit.mt_safe = true;
        return 0;
      case 'N':
        line_.emit.by_value = true;
        return 0;
      case 'T':
        line_.emit.tables = true;
        return 0;
      case 'i':
        line_.emit.inline_from = number("-i", 0);
        return 0;
      case 'K':
        line_.emit.close_seconds = number("-K", -1);
        return 0;
      case 'Y':
        line_.cpp_directory = value("-Y");
        return 0;
      case 'S':
        return sample(text, at);
      case 'A':
        fail("-A (automatic threading) is not available yet",
             "-M makes stubs that can be called by several threads");
      default:
        return part_letter(text[at]);
    }
  }

  std::size_t part_letter(char letter) {
    switch (letter) {
      case 'c':
        set_part(Part::kXdr);
        return 0;
      case 'h':
        set_part(Part::kHeader);
        return 0;
      case 'l':
        set_part(Part::kClient);
        return 0;
      case 'm':
        set_part(Part::kServer);
        line_.emit.with_main = false;
        return 0;
      case 't':
        set_part(Part::kTable);
        return 0;
      default:
        fail(std::string("unknown option -") + letter);
    }
  }

  std::size_t sample(const std::string& text, std::size_t at) {
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    if (kind == 'c')
      set_part(Part::kSampleClient);
    else if (kind == 's')
      set_part(Part::kSampleServer);
    else if (kind == 'm')
      set_part(Part::kMakefile);
    else
      fail("-S needs c, s or m behind it: -Sc, -Ss, -Sm");
    return 1;
  }

  void set_part(Part part) {
    if (line_.part) fail("only one of -c -h -l -m -t -Sc -Ss -Sm -s -n can be given");
    line_.part = part;
  }

  // --- what goes together

  void check() {
    EmitOptions& emit = line_.emit;
    if (!emit.nettypes.empty() || !emit.netids.empty()) {
      set_part(Part::kServer);
      check_transports();
    }
    if (line_.all && line_.part) fail("-a writes all files and excludes an option for one of them");
    if (emit.by_value && (emit.tables || line_.part == Part::kTable))
      fail("-N excludes the tables of -t and -T", "tables have one argument per procedure");
    if (!line_.output.empty() && !line_.part)
      fail("-o names one output", "say which: -c -h -l -m -t -Sc -Ss -Sm -s or -n");
    if (line_.input.empty()) check_standard_input();
  }

  void check_transports() {
    if (line_.emit.inetd && !line_.emit.netids.empty())
      fail("-n and -I exclude each other", "a server started by inetd gets its transport from it");
    if (!line_.emit.netids.empty() && !line_.emit.tirpc)
      fail("-n needs -5", "netids belong to TI-RPC");
    static constexpr std::string_view kNettypes[] = {"netpath",   "visible",    "circuit_v",
                                                     "datagram_v", "circuit_n", "datagram_n",
                                                     "udp",       "tcp",        "raw"};
    for (const std::string& nettype : line_.emit.nettypes) {
      bool known = false;
      for (const auto name : kNettypes) known |= name == nettype;
      if (!known)
        fail("-s does not know the network type '" + nettype + "'",
             "known are udp, tcp, netpath, visible, circuit_v, datagram_v, circuit_n, datagram_n");
    }
  }

  void check_standard_input() {
    const bool named = line_.part == Part::kSampleClient || line_.part == Part::kSampleServer ||
                       line_.part == Part::kMakefile;
    if (line_.lint || (line_.part && !named)) return;
    fail("no input file", named ? "samples are named after it" : "rpcgen-vm FILE.x");
  }

  std::vector<std::string> arguments_;
  Diagnostics& diagnostics_;
  std::size_t next_ = 0;
  CommandLine line_;
};

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, char** argv, Diagnostics& diagnostics) {
  try {
    return OptionParser(argc, argv, diagnostics).run();
  } catch (const BadOption&) {
    return std::nullopt;
  }
}

const char* usage_text() {
  return R"(usage: rpcgen-vm [OPTION]... FILE.x
       rpcgen-vm [-c|-h|-l|-m|-t|-Sc|-Ss|-Sm] [OPTION]... [-o OUTPUT] [FILE.x]
       rpcgen-vm [-s NETTYPE]... [-5 -n NETID]... [OPTION]... [-o OUTPUT] [FILE.x]
       rpcgen-vm --lint [OPTION]... [FILE.x]

What to write (default: header, XDR routines, client and server stubs, beside FILE.x):
  -a              these and sample client, sample server and Makefile
  -h  -c          the header; the XDR routines
  -l  -m          the client stubs; the server stubs without main()
  -s NETTYPE      the server stubs for udp, tcp, netpath, visible...
  -n NETID        the server stubs for one transport (with -5)
  -t              the dispatch tables
  -Sc -Ss -Sm     sample client, sample server, Makefile
  -o OUTPUT       one of the above into a file that does not exist
  -d, --output-dir=DIR  where to write
  --if-changed    leaves files alone that would not change
  -MD, -MF FILE   also dependencies for make

How:
  -M              functions for several threads: results are the caller's
  -N              any number of arguments, by value
  -T              support for dispatch tables
  -i COUNT        encode in line from COUNT words on (default 3, 0 is never)
  -b, -5          server for svcudp_create and svctcp_create; for svc_create
  -I, -K SECONDS  server for inetd; that ends when idle (default 120, -1 never)
  -L              server reports to syslog
  -C, -k          ANSI C (always)
  --rename=OLD=NEW  another name in the C code
  --max-depth=N   how deep decoded values may be (default 4096)

Shared memory:
  --in-place[=TYPE,...]  values may be used where they lie
  --no-maps       no type maps: code for libtirpc only

Preprocessor:
  -D NAME[=VALUE], -U NAME, --include=DIR   for cpp
  -Y DIR          where cpp is; environment RPCGEN_CPP names another command

  --lint          what will be slow, unsafe or not placeable, and why
  --help, --version
)";
}

}  // namespace rpcgen
