// SPDX-License-Identifier: BSD-3-Clause
// The front end: text in, checked module or diagnostics out.
#include "config.h"

#include "front.hpp"

#include "arguments.hpp"
#include "checker.hpp"
#include "evaluate.hpp"
#include "in_place.hpp"
#include "order.hpp"
#include "parser.hpp"

namespace rpcgen::front {

std::unique_ptr<Module> compile(std::string_view text, std::string_view file_name,
                                Diagnostics& diagnostics, const Options& options) {
  const std::size_t errors_before = diagnostics.error_count();
  auto module = std::make_unique<Module>(text, file_name);
  const auto failed = [&] { return diagnostics.error_count() != errors_before; };

  const auto tokens = tokenize(module->source(), options.renames, diagnostics);
  module->set_items(parse(tokens, module->source(), diagnostics));
  if (options.many_arguments)
    add_argument_structs(*module);
  else
    check_single_arguments(*module, diagnostics);
  module->index();
  mark_in_place(*module, diagnostics);
  evaluate(*module, diagnostics);
  if (order(*module, diagnostics)) check(*module, diagnostics);
  if (failed()) return nullptr;
  return module;
}

}  // namespace rpcgen::front
