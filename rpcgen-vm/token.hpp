// SPDX-License-Identifier: BSD-3-Clause
// The words of the language.
#pragma once

#include <string>
#include <string_view>

#include "source.hpp"

namespace rpcgen {

enum class TokenKind {
  kEnd,
  kIdentifier,
  kNumber,
  kString,
  kCharacter,
  kPunctuation,  // one character, but for << and >>, which are two tokens side by side
  kPassthrough,  // a % line, text without the %
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Location where;
  std::string text;
  std::string doc;        // documentation comment right before it
  bool in_place = false;  // follows /*@vmrpc in-place*/

  bool is(std::string_view punctuation_or_word) const {
    return (kind == TokenKind::kIdentifier || kind == TokenKind::kPunctuation) &&
           text == punctuation_or_word;
  }
};

}  // namespace rpcgen
