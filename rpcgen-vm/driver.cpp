// SPDX-License-Identifier: BSD-3-Clause
// From a command line to output files.
#include "config.h"

#include "driver.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

#include "front.hpp"
#include "lint.hpp"
#include "output.hpp"

namespace rpcgen {
namespace {

struct PartInfo {
  Part part;
  const char* define;  // for the preprocessor
  const char* suffix;
  std::string (*emit)(const Module&, const EmitOptions&);
};

constexpr PartInfo kParts[] = {
    {Part::kHeader, "RPC_HDR", ".h", emit_header},
    {Part::kXdr, "RPC_XDR", "_xdr.c", emit_xdr},
    {Part::kClient, "RPC_CLNT", "_clnt.c", emit_client},
    {Part::kServer, "RPC_SVC", "_svc.c", emit_server},
    {Part::kTable, "RPC_TBL", "_tbl.i", emit_table},
    {Part::kSampleClient, "RPC_CLIENT", "_client.c", emit_sample_client},
    {Part::kSampleServer, "RPC_SERVER", "_server.c", emit_sample_server},
};

const PartInfo& info(Part part) {
  for (const PartInfo& candidate : kParts)
    if (candidate.part == part) return candidate;
  return kParts[0];
}

std::string base_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string without_suffix(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

class Driver {
 public:
  Driver(CommandLine line, SourceFiles& files, Diagnostics& diagnostics)
      : line_(std::move(line)), files_(files), diagnostics_(diagnostics) {}

  bool run() {
    if (!prepare()) return false;
    if (line_.lint) return lint();
    return line_.part ? one_part() : all_parts();
  }

 private:
  bool prepare() {
    const std::string name = base_name(line_.input);
    line_.emit.input_name = name;
    line_.emit.stem = name.empty() ? "stdin" : without_suffix(name);
    if (!name.empty()) line_.emit.header = line_.emit.stem + ".h";
    if (!line_.input.empty() && !can_read(line_.input)) {
      diagnostics_.error(line_.input + ": " + std::strerror(errno));
      return false;
    }
    command_ = find_preprocessor(line_.cpp_directory, line_.cpp_arguments, diagnostics_);
    return command_.has_value();
  }

  static bool can_read(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || access(path.c_str(), R_OK) != 0) return false;
    if (!S_ISDIR(status.st_mode)) return true;
    errno = EISDIR;
    return false;
  }

  // Most files read the same for every part, and are compiled once.
  const Module* module_for(const char* define) {
    auto text = preprocess(*command_, define, line_.input, diagnostics_);
    if (!text) return nullptr;
    for (std::string& file : files_of(*text)) add_dependency(std::move(file));
    const auto [found, fresh] = modules_.try_emplace(std::move(*text));
    if (fresh) {
      front::Options options;
      options.renames = line_.renames;
      options.many_arguments = line_.emit.by_value;
      const std::string name = line_.input.empty() ? "<stdin>" : line_.input;
      found->second = front::compile(join_passthroughs(found->first, files_), name,
                                     diagnostics_, options);
    }
    return found->second.get();
  }

  void add_dependency(std::string file) {
    for (const std::string& known : dependencies_)
      if (known == file) return;
    dependencies_.push_back(std::move(file));
  }

  // --- outputs

  bool emit(Part part, std::string& text) {
    if (part == Part::kMakefile) {
      text = emit_makefile(targets_, line_.emit);
      return true;
    }
    const Module* module = module_for(info(part).define);
    if (!module) return false;
    text = info(part).emit(*module, line_.emit);
    return true;
  }

  bool one_part() {
    if (!line_.output.empty() && !may_write(line_.output)) return false;
    std::string text;
    if (!emit(*line_.part, text)) return false;
    // Who asks for one part gets a file that can be compiled, as from stock rpcgen.
    if (text.empty()) text = emit_nothing(line_.emit);
    if (line_.output.empty()) return print(text) && dependencies_written("-");
    outputs_.push_back({line_.output, std::move(text)});
    return finish();
  }

  bool print(const std::string& text) {
    errno = 0;
    std::cout << text << std::flush;
    if (!std::cout) diagnostics_.error(std::string("cannot write to standard output: ") +
                                       std::strerror(errno));
    return static_cast<bool>(std::cout);
  }

  bool may_write(const std::string& path) {
    struct stat status {};
    const bool exists = stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    if (!exists || line_.if_changed) return true;
    diagnostics_.error("file '" + path + "' already exists and may be overwritten",
                       "remove it first, or say --if-changed");
    return false;
  }

  std::string directory() const {
    if (!line_.output_directory.empty()) return line_.output_directory + "/";
    const std::size_t slash = line_.input.rfind('/');
    return slash == std::string::npos ? std::string{} : line_.input.substr(0, slash + 1);
  }

  bool all_parts() {
    static constexpr std::pair<Part, std::string MakefileTargets::*> kAll[] = {
        {Part::kHeader, &MakefileTargets::header},
        {Part::kXdr, &MakefileTargets::xdr},
        {Part::kClient, &MakefileTargets::client},
        {Part::kServer, &MakefileTargets::server},
        {Part::kTable, nullptr},
        {Part::kSampleClient, &MakefileTargets::sample_client},
        {Part::kSampleServer, &MakefileTargets::sample_server},
    };
    for (const auto& [part, target] : kAll) {
      const bool sample = part == Part::kSampleClient || part == Part::kSampleServer;
      if (sample && !line_.all) continue;
      if (part == Part::kTable && !line_.emit.tables) continue;
      if (!add_output(part, target)) return false;
    }
    if (line_.all)
      outputs_.push_back({directory() + "Makefile." + line_.emit.stem,
                          emit_makefile(targets_, line_.emit)});
    return finish();
  }

  bool add_output(Part part, std::string MakefileTargets::* target) {
    std::string text;
    if (!emit(part, text)) return false;
    if (text.empty()) return true;
    const std::string name = line_.emit.stem + info(part).suffix;
    if (target) targets_.*target = name;
    outputs_.push_back({directory() + name, std::move(text)});
    return true;
  }

  bool finish() {
    std::string targets;
    for (const OutputFile& file : outputs_) targets += (targets.empty() ? "" : " ") + for_make(file.path);
    return write_files(outputs_, line_.if_changed, diagnostics_) && dependencies_written(targets);
  }

  // --- dependencies (-MD)

  static std::string for_make(const std::string& path) {
    std::string result;
    for (const char c : path) {
      if (c == ' ' || c == '#') result += '\\';
      if (c == '$') result += '$';
      result += c;
    }
    return result;
  }

  bool dependencies_written(const std::string& targets) {
    if (!line_.dependencies) return true;
    std::string text = targets + ":";
    for (const std::string& file : dependencies_) text += " " + for_make(file);
    std::string path = line_.dependency_file;
    if (path.empty()) path = directory() + line_.emit.stem + ".d";
    return write_files({{path, text + "\n"}}, line_.if_changed, diagnostics_);
  }

  bool lint() {
    const Module* module = module_for("RPC_HDR");
    if (!module) return false;
    rpcgen::lint(*module, line_.emit, diagnostics_);
    return true;
  }

  CommandLine line_;
  SourceFiles& files_;
  Diagnostics& diagnostics_;
  std::optional<PreprocessorCommand> command_;
  std::map<std::string, std::unique_ptr<Module>> modules_;
  std::vector<std::string> dependencies_;
  std::vector<OutputFile> outputs_;
  MakefileTargets targets_;
};

}  // namespace

bool run(CommandLine line, SourceFiles& files, Diagnostics& diagnostics) {
  return Driver(std::move(line), files, diagnostics).run();
}

}  // namespace rpcgen
