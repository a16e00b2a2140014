// SPDX-License-Identifier: BSD-3-Clause
// Messages to the user: what the compiler reports, and an interface for whoever shows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "source.hpp"

namespace rpcgen {

enum class Severity { kNote, kWarning, kError };

// Complete in itself: outlives the source it speaks of. Without a line it is about the
// whole run.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string line_text;  // as the preprocessor left it
  std::uint32_t width = 1;
  std::string message;
  std::string hint;  // what to do about it, may be empty
};

class Diagnostics {
 public:
  virtual ~Diagnostics() = default;

  void error(const Source& source, Location where, std::string message, std::string hint = {});
  void warning(const Source& source, Location where, std::string message, std::string hint = {});
  void note(const Source& source, Location where, std::string message, std::string hint = {});
  void error(std::string message, std::string hint = {});
  void warning(std::string message, std::string hint = {});

  std::size_t error_count() const { return error_count_; }
  // Beyond this the rest is consequences.
  bool too_many_errors() const { return error_count_ >= kMaxErrors; }

 private:
  static constexpr std::size_t kMaxErrors = 50;

  virtual void show(const Diagnostic& diagnostic) = 0;
  void report(Severity severity, const Source& source, Location where, std::string message,
              std::string hint);

  std::size_t error_count_ = 0;
};

}  // namespace rpcgen
