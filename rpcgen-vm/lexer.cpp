// SPDX-License-Identifier: BSD-3-Clause
// From preprocessed text to tokens.
#include "config.h"

#include "lexer.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace rpcgen {
namespace {

constexpr std::string_view kPunctuation = "{}()[]<>;,=*:+-/%&|^~";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool starts_documentation(std::string_view comment) {
  const bool marked = comment.starts_with("/**") || comment.starts_with("/*!") ||
                      comment.starts_with("///") || comment.starts_with("//!");
  return marked && comment != "/**/" && !comment.starts_with("/***");
}

class Lexer {
 public:
  Lexer(const Source& source, const Renames& renames, Diagnostics& diagnostics)
      : source_(source), text_(source.text()), renames_(renames), diagnostics_(diagnostics) {}

  std::vector<Token> run() {
    while (!at_end()) step();
    add(TokenKind::kEnd, at_);
    return std::move(tokens_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Location since(std::size_t start) const {
    return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(at_ - start)};
  }

  void step() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      line_is_blank_ = true;
    } else if (is_space(c)) {
      ++at_;
    } else if (line_is_blank_ && c == '%') {
      passthrough();
    } else if (line_is_blank_ && c == '#') {
      directive();
    } else if (c == '/' && (peek(1) == '*' || peek(1) == '/')) {
      comment();
    } else {
      line_is_blank_ = false;
      token();
    }
  }

  void token() {
    const char c = peek();
    const std::size_t start = at_;
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return word(TokenKind::kNumber);
    if (is_word(c)) return word(TokenKind::kIdentifier);
    if (c == '"') return quoted(TokenKind::kString);
    if (c == '\'') return quoted(TokenKind::kCharacter);
    ++at_;
    if (kPunctuation.find(c) != std::string_view::npos) return add(TokenKind::kPunctuation, start);
    bad_character(start);
  }

  void bad_character(std::size_t start) {
    const auto code = static_cast<unsigned char>(text_[start]);
    const bool printable = std::isprint(code) != 0;
    // One message for a run of them: UTF-8 and binary files come in runs.
    while (!at_end() && (static_cast<unsigned char>(peek()) >= 0x80 || peek() == '\0')) ++at_;
    diagnostics_.error(source_, since(start),
                       printable ? std::string("stray '") + text_[start] + "' in the input"
                                 : "stray byte that is no part of the language");
  }

  void word(TokenKind kind) {
    const std::size_t start = at_;
    while (is_word(peek())) ++at_;
    add(kind, start);
  }

  void quoted(TokenKind kind) {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    while (!at_end() && peek() != quote && peek() != '\n') at_ += peek() == '\\' ? 2 : 1;
    if (at_ >= text_.size() || peek() != quote) {
      at_ = std::min(at_, text_.size());
      diagnostics_.error(source_, since(start), "this quote is not closed on its line");
    } else {
      ++at_;
    }
    add(kind, start);
  }

  void comment() {
    const std::size_t start = at_;
    const bool block = peek(1) == '*';
    const std::size_t end = block ? text_.find("*/", at_ + 2) : text_.find('\n', at_);
    if (block && end == std::string_view::npos) {
      at_ = text_.size();
      diagnostics_.error(source_, {static_cast<std::uint32_t>(start), 2},
                         "this comment does not end", "close it with */");
      return;
    }
    at_ = std::min(end, text_.size()) + (block ? 2 : 0);
    at_ = std::min(at_, text_.size());
    const std::string_view text = text_.substr(start, at_ - start);
    if (text.starts_with("/*@vmrpc")) return annotation(since(start), text);
    if (starts_documentation(text)) document(text);
  }

  void document(std::string_view text) {
    if (!doc_.empty()) doc_ += '\n';
    doc_ += text;
    if (!doc_at_) doc_at_ = Location{static_cast<std::uint32_t>(at_ - text.size()), 1};
  }

  void annotation(Location where, std::string_view text) {
    text.remove_prefix(std::string_view("/*@vmrpc").size());
    text.remove_suffix(2);
    std::string words;
    for (const char c : text)
      if (!is_space(c)) words += c;
    if (words == "in-place")
      in_place_ = true;
    else
      diagnostics_.warning(source_, where, "unknown annotation", "known is /*@vmrpc in-place*/");
  }

  // A % line goes to the output as it is; a backslash at its end continues it.
  void passthrough() {
    const std::size_t start = at_;
    std::size_t end = text_.find('\n', at_);
    while (end != std::string_view::npos && end > 0 && text_[end - 1] == '\\')
      end = text_.find('\n', end + 1);
    at_ = std::min(end, text_.size());
    add(TokenKind::kPassthrough, start);
    tokens_.back().text = without_percents(tokens_.back().text);
  }

  // Continued lines may begin with a % or not.
  static std::string without_percents(std::string_view text) {
    std::string result;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end);
      const std::size_t first = line.find_first_not_of(" \t");
      if (first != std::string_view::npos && line[first] == '%') line.remove_prefix(first + 1);
      result += line;
    }
    return result;
  }

  // Line markers were read by Source; what else the preprocessor lets through is not for us.
  void directive() {
    const std::size_t start = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    LineMarker marker;
    if (parse_line_marker(text_.substr(start, at_ - start), marker)) return;
    diagnostics_.warning(source_, since(start), "this line has no effect",
                         "write % before it to pass it on to the generated code");
  }

  void add(TokenKind kind, std::size_t start) {
    Token token{kind, since(start), std::string(text_.substr(start, at_ - start)), {}, false};
    if (kind == TokenKind::kIdentifier) {
      if (const auto found = renames_.find(token.text); found != renames_.end())
        token.text = found->second;
    }
    if (kind != TokenKind::kPassthrough) {
      token.in_place = std::exchange(in_place_, false);
      // A comment that a file of its own brought (the compiler's predefined header) is not
      // about what follows here.
      if (doc_at_ && source_.same_file(*doc_at_, token.where)) token.doc = doc_;
      doc_.clear();
      doc_at_.reset();
    }
    tokens_.push_back(std::move(token));
  }

  const Source& source_;
  std::string_view text_;
  const Renames& renames_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  bool line_is_blank_ = true;
  bool in_place_ = false;
  std::string doc_;
  std::optional<Location> doc_at_;
};

}  // namespace

std::vector<Token> tokenize(const Source& source, const Renames& renames,
                            Diagnostics& diagnostics) {
  return Lexer(source, renames, diagnostics).run();
}

}  // namespace rpcgen
