// SPDX-License-Identifier: BSD-3-Clause
// Diagnostics on a terminal, with the source line and a caret.
#include "config.h"

#include "console.hpp"

#include <ostream>
#include <sstream>

namespace rpcgen {
namespace {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return {};
}

std::size_t occurrences(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

// The preprocessor squeezes blanks, so columns are those of its output. The n-th occurrence
// of a word there is the n-th in the file too, unless a macro made it.
Diagnostic on_original_line(const Diagnostic& diagnostic, std::string_view original) {
  Diagnostic result = diagnostic;
  const std::string_view text = diagnostic.line_text;
  const std::size_t at = diagnostic.column - 1;
  if (at > text.size()) return result;
  std::string_view word = text.substr(at, diagnostic.width);
  std::size_t behind = 0;
  if (word.empty() || word.front() == ' ') {  // behind the end of something
    const std::size_t start = text.find_last_of(" \t", at == 0 ? 0 : at - 1);
    const std::size_t begin = start == std::string_view::npos ? 0 : start + 1;
    word = text.substr(begin, at - begin);
    behind = word.size();
  }
  if (word.empty()) return result;
  const std::size_t before = occurrences(text.substr(0, at - behind), word);
  std::size_t found = original.find(word);
  for (std::size_t i = 0; i < before && found != std::string_view::npos; ++i)
    found = original.find(word, found + 1);
  if (found == std::string_view::npos) return result;
  result.line_text = original;
  result.column = static_cast<std::uint32_t>(found + behind + 1);
  return result;
}

}  // namespace

void ConsoleDiagnostics::show(const Diagnostic& given) {
  const auto original = files_.line(given.file, given.line);
  const Diagnostic diagnostic = original ? on_original_line(given, *original) : given;
  std::ostringstream text;
  if (diagnostic.line != 0)
    text << diagnostic.file << ':' << diagnostic.line << ':' << diagnostic.column << ": ";
  else
    text << "rpcgen-vm: ";
  text << severity_name(diagnostic.severity) << ": " << diagnostic.message << '\n';
  if (!shown_.insert(text.str()).second) return;
  out_ << text.str();
  if (diagnostic.line != 0) show_line(diagnostic);
  if (!diagnostic.hint.empty()) out_ << "  hint: " << diagnostic.hint << '\n';
}

void ConsoleDiagnostics::show_line(const Diagnostic& diagnostic) {
  const std::string_view line = diagnostic.line_text;
  out_ << "  " << line << "\n  ";
  for (std::size_t i = 0; i + 1 < diagnostic.column; ++i)
    out_ << (i < line.size() && line[i] == '\t' ? '\t' : ' ');
  out_ << '^';
  for (std::uint32_t i = 1; i < diagnostic.width; ++i) out_ << '~';
  out_ << '\n';
}

}  // namespace rpcgen
