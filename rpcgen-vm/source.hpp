// SPDX-License-Identifier: BSD-3-Clause
// Preprocessed text, and where each byte of it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rpcgen {

// A piece of the text: what a message points at.
struct Location {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

// The same for people. Column and line count from 1.
struct Position {
  std::string_view file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string_view line_text;
};

// Owns the text. Line markers of the preprocessor (`# 12 "file"`, `#line 12`) are
// understood, and are blank as far as the lexer is concerned.
class Source {
 public:
  Source(std::string_view text, std::string_view file_name);

  std::string_view text() const { return text_; }
  std::string_view text(Location where) const {
    return text().substr(where.offset, where.length);
  }
  Position position(Location where) const;
  bool same_file(Location a, Location b) const;
  std::uint32_t line_number(Location where) const;
  std::string_view main_file() const { return files_.front(); }

 private:
  struct Line {
    std::uint32_t offset;
    std::uint32_t file;
    std::uint32_t number;
  };

  const Line& line_at(std::uint32_t offset) const;
  bool take_marker(std::string_view line, Line& next);
  std::uint32_t intern(std::string_view file);

  std::string text_;
  std::vector<std::string> files_;
  std::vector<Line> lines_;
};

// `# 12 "file" 1` or `#line 12 "file"`. An empty file means: as before.
struct LineMarker {
  std::uint32_t line = 0;
  std::string file;
};
bool parse_line_marker(std::string_view line, LineMarker& marker);

}  // namespace rpcgen
