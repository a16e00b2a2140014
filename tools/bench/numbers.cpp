// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing of numbers.
#include "numbers.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "usage_error.hpp"

namespace vmrpc::bench {
namespace {

std::string quoted(std::string_view what, std::string_view text) {
  return std::string(what) + ": '" + std::string(text) + "'";
}

std::string print(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

std::size_t parse_size(std::string_view text, std::string_view what) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const int shift = suffix == "k" ? 10 : suffix == "m" ? 20 : suffix == "g" ? 30 : 0;
  if (error != std::errc{} || (shift == 0 && !suffix.empty()) || value > (SIZE_MAX >> shift))
    throw UsageError(quoted(what, text) + " is no size: write a whole number, with k, m or g");
  return value << shift;
}

double parse_number(std::string_view text, std::string_view what, double least, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most))
    throw UsageError(quoted(what, text) + " is not a number from " + print("%g", least) + " to " +
                     print("%g", most));
  return value;
}

unsigned parse_count(std::string_view text, std::string_view what, unsigned least, unsigned most) {
  const double value = parse_number(text, what, least, most);
  if (value != std::floor(value)) throw UsageError(quoted(what, text) + " is not a whole number");
  return static_cast<unsigned>(value);
}

std::string format_size(std::size_t value) {
  for (const auto& [shift, suffix] : {std::pair{30, 'g'}, {20, 'm'}, {10, 'k'}})
    if (value != 0 && value % (std::size_t{1} << shift) == 0)
      return std::to_string(value >> shift) + suffix;
  return std::to_string(value);
}

std::string format_us(double ns) {
  const double us = ns / 1000;
  return print(us < 10 ? "%.3f" : us < 100 ? "%.1f" : "%.0f", us);
}

std::string format_ratio(double ratio) { return print(ratio < 10 ? "%.2f x" : "%.0f x", ratio); }

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace vmrpc::bench
