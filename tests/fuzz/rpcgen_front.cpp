// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: rpcgen-vm's front end, from text to a checked module. Out comes a module, or an
// error with a place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rpcgen-vm/front.hpp"

namespace {

class PlacesMustBeRight final : public rpcgen::Diagnostics {
  void show(const rpcgen::Diagnostic& diagnostic) override {
    if (diagnostic.message.empty()) std::abort();
    if (diagnostic.line != 0 && diagnostic.column > diagnostic.line_text.size() + 1) std::abort();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool many_arguments : {false, true}) {
    PlacesMustBeRight diagnostics;
    rpcgen::front::Options options;
    options.many_arguments = many_arguments;
    const auto module = rpcgen::front::compile(text, "input.x", diagnostics, options);
    if ((module == nullptr) != (diagnostics.error_count() > 0)) std::abort();
  }
  return 0;
}
