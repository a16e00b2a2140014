// SPDX-License-Identifier: BSD-3-Clause
// Line markers, and the way from an offset back to file, line and column.
#include "config.h"

#include "source.hpp"

#include <algorithm>
#include <charconv>

namespace rpcgen {
namespace {

std::string_view skip_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

// The name between quotes, with the preprocessor's backslashes undone.
std::string quoted_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    name += text[i];
  }
  return name;
}

}  // namespace

bool parse_line_marker(std::string_view line, LineMarker& marker) {
  std::string_view rest = skip_blanks(line);
  if (rest.empty() || rest.front() != '#') return false;
  rest = skip_blanks(rest.substr(1));
  if (rest.starts_with("line")) rest = skip_blanks(rest.substr(4));
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), marker.line);
  if (error != std::errc{}) return false;
  rest = skip_blanks(rest.substr(static_cast<std::size_t>(end - rest.data())));
  marker.file = rest.starts_with('"') ? quoted_name(rest) : std::string{};
  return true;
}

Source::Source(std::string_view text, std::string_view file_name) : text_(text) {
  files_.emplace_back(file_name);
  Line line{0, 0, 1};
  std::size_t start = 0;
  while (start <= text_.size()) {
    line.offset = static_cast<std::uint32_t>(start);
    lines_.push_back(line);
    const std::size_t end = std::min(text_.find('\n', start), text_.size());
    if (!take_marker(std::string_view(text_).substr(start, end - start), line)) ++line.number;
    start = end + 1;
  }
}

bool Source::take_marker(std::string_view line, Line& next) {
  LineMarker marker;
  if (!parse_line_marker(line, marker)) return false;
  next.number = marker.line;
  if (!marker.file.empty()) next.file = intern(marker.file);
  return true;
}

std::uint32_t Source::intern(std::string_view file) {
  auto found = std::find(files_.begin(), files_.end(), file);
  if (found == files_.end()) found = files_.emplace(files_.end(), file);
  return static_cast<std::uint32_t>(found - files_.begin());
}

const Source::Line& Source::line_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(
      lines_.begin(), lines_.end(), offset,
      [](std::uint32_t value, const Line& line) { return value < line.offset; });
  return *std::prev(after);
}

Position Source::position(Location where) const {
  const Line& line = line_at(where.offset);
  const std::size_t end = std::min(text_.find('\n', line.offset), text_.size());
  return {files_[line.file], line.number, where.offset - line.offset + 1,
          text().substr(line.offset, end - line.offset)};
}

bool Source::same_file(Location a, Location b) const {
  return line_at(a.offset).file == line_at(b.offset).file;
}

std::uint32_t Source::line_number(Location where) const { return line_at(where.offset).number; }

}  // namespace rpcgen
