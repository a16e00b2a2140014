// SPDX-License-Identifier: BSD-3-Clause
// Running the C preprocessor, and mending what it does to % lines.
#include "config.h"

#include "preprocess.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

extern char** environ;

namespace rpcgen {
namespace {

constexpr const char* kMissing =
    "install the package cpp, or name a preprocessor with -Y DIR or the variable RPCGEN_CPP";

bool is_executable(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

bool is_in_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return is_executable(name);
  const char* path = std::getenv("PATH");
  std::istringstream directories(path ? path : "/bin:/usr/bin");
  for (std::string directory; std::getline(directories, directory, ':');)
    if (is_executable((directory.empty() ? "." : directory) + "/" + name)) return true;
  return false;
}

std::vector<std::string> split_words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::optional<std::vector<std::string>> base_command(const std::string& directory,
                                                     Diagnostics& diagnostics) {
  if (!directory.empty()) {
    const std::string path = directory + "/cpp";
    if (is_executable(path)) return std::vector<std::string>{path, "-C"};
    diagnostics.error("there is no C preprocessor " + path, kMissing);
    return std::nullopt;
  }
  if (const char* command = std::getenv("RPCGEN_CPP"); command && *command != '\0') {
    auto words = split_words(command);
    if (!words.empty() && is_in_path(words.front())) return words;
    diagnostics.error("RPCGEN_CPP names no command that can be run: " + std::string(command),
                      kMissing);
    return std::nullopt;
  }
  if (is_executable("/lib/cpp")) return std::vector<std::string>{"/lib/cpp", "-C"};
  if (is_in_path("cpp")) return std::vector<std::string>{"cpp", "-C"};
  diagnostics.error("there is no C preprocessor (cpp), which .x files need", kMissing);
  return std::nullopt;
}

// A child process whose standard output we read.
class Child {
 public:
  explicit Child(const std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      error_ = errno;
      return;
    }
    reader_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    error_ = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
  }
  ~Child() {
    if (reader_ >= 0) close(reader_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int error() const { return error_; }

  std::string read_all() {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t got = read(reader_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  bool succeeded() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
      if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  int reader_ = -1;
  pid_t pid_ = -1;
  int error_ = 0;
};

// Walks over preprocessed lines with the place each came from.
template <typename Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  LineMarker at{1, {}};
  std::string file;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    LineMarker marker;
    const bool is_marker = parse_line_marker(line, marker);
    visit(line, is_marker, file, at.line);
    at.line = is_marker ? marker.line : at.line + 1;
    if (is_marker && !marker.file.empty()) file = marker.file;
  }
}

}  // namespace

const std::vector<std::string>& SourceFiles::lines(const std::string& file) {
  const auto [found, fresh] = files_.try_emplace(file);
  if (fresh) {
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) found->second.push_back(std::move(line));
  }
  return found->second;
}

std::optional<std::string_view> SourceFiles::line(const std::string& file,
                                                  std::uint32_t number) {
  const auto& all = lines(file);
  if (number == 0 || number > all.size()) return std::nullopt;
  return all[number - 1];
}

std::optional<PreprocessorCommand> find_preprocessor(const std::string& directory,
                                                     const std::vector<std::string>& arguments,
                                                     Diagnostics& diagnostics) {
  auto words = base_command(directory, diagnostics);
  if (!words) return std::nullopt;
  words->insert(words->end(), arguments.begin(), arguments.end());
  return PreprocessorCommand{std::move(*words)};
}

std::optional<std::string> preprocess(const PreprocessorCommand& command,
                                      const std::string& define, const std::string& file,
                                      Diagnostics& diagnostics) {
  std::vector<std::string> words = command.words;
  if (!define.empty()) words.push_back("-D" + define);
  if (!file.empty()) words.push_back(file);
  Child child(words);
  if (child.error() != 0) {
    diagnostics.error("cannot run " + words.front() + ": " + std::strerror(child.error()),
                      kMissing);
    return std::nullopt;
  }
  std::string text = child.read_all();
  if (!child.succeeded()) {
    diagnostics.error("the C preprocessor failed: " + words.front(),
                      "its own messages are above");
    return std::nullopt;
  }
  return text;
}

std::string join_passthroughs(std::string_view text, SourceFiles& files) {
  std::string result;
  result.reserve(text.size());
  std::string file_of_last;
  std::uint32_t last = 0;  // the last line that belongs to the % line before it
  for_each_line(text, [&](std::string_view line, bool is_marker, const std::string& file,
                          std::uint32_t number) {
    const bool continues = !is_marker && number <= last && file == file_of_last;
    if (continues && line.find_first_not_of(" \t") != std::string_view::npos)
      result.insert(result.size() - 1, " \\");
    result.append(line);
    result += '\n';
    if (!line.starts_with('%') || continues) return;
    file_of_last = file;
    last = number;
    for (auto original = files.line(file, last); original && original->ends_with('\\');
         original = files.line(file, last))
      ++last;
  });
  return result;
}

std::vector<std::string> files_of(std::string_view text) {
  std::vector<std::string> result;
  for_each_line(text, [&](std::string_view, bool, const std::string& file, std::uint32_t) {
    const bool real = !file.empty() && file.front() != '<';
    if (real && std::find(result.begin(), result.end(), file) == result.end())
      result.push_back(file);
  });
  return result;
}

}  // namespace rpcgen
