// SPDX-License-Identifier: BSD-3-Clause
// Lines of generated text, indented with tabs.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace rpcgen {

// Puts its pieces end to end.
template <typename... Parts>
std::string join(const Parts&... parts) {
  std::string result;
  (result.append(std::string_view(parts)), ...);
  return result;
}

class Writer {
 public:
  template <typename... Parts>
  void line(const Parts&... parts) {
    text_.append(depth_, '\t');
    (text_.append(std::string_view(parts)), ...);
    text_ += '\n';
  }
  // Ignores the indentation: preprocessor lines, labels, text of the user.
  template <typename... Parts>
  void flush_left(const Parts&... parts) {
    (text_.append(std::string_view(parts)), ...);
    text_ += '\n';
  }
  void blank() { text_ += '\n'; }
  void raw(std::string_view text) { text_ += text; }

  void indent() { ++depth_; }
  void outdent() { --depth_; }

  // `head {` ... `}tail`; the braces of a function stand alone on their lines.
  class Block {
   public:
    Block(Writer& writer, std::string tail) : writer_(writer), tail_(std::move(tail)) {
      writer_.indent();
    }
    ~Block() {
      writer_.outdent();
      writer_.line("}", tail_);
    }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

   private:
    Writer& writer_;
    std::string tail_;
  };
  [[nodiscard]] Block block(std::string_view head, std::string tail = {}) {
    line(head, " {");
    return Block(*this, std::move(tail));
  }
  [[nodiscard]] Block function_body() {
    line("{");
    return Block(*this, {});
  }

  bool empty() const { return text_.empty(); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace rpcgen
