// SPDX-License-Identifier: BSD-3-Clause
// Turning a location into a diagnostic.
#include "config.h"

#include "diagnostics.hpp"

#include <algorithm>
#include <utility>

namespace rpcgen {

void Diagnostics::report(Severity severity, const Source& source, Location where,
                         std::string message, std::string hint) {
  const Position at = source.position(where);
  const auto rest = static_cast<std::uint32_t>(
      at.line_text.size() >= at.column ? at.line_text.size() - at.column + 1 : 1);
  if (severity == Severity::kError) ++error_count_;
  show({severity, std::string(at.file), at.line, at.column, std::string(at.line_text),
        std::clamp<std::uint32_t>(where.length, 1, std::max<std::uint32_t>(rest, 1)),
        std::move(message), std::move(hint)});
}

void Diagnostics::error(const Source& source, Location where, std::string message,
                        std::string hint) {
  report(Severity::kError, source, where, std::move(message), std::move(hint));
}

void Diagnostics::warning(const Source& source, Location where, std::string message,
                          std::string hint) {
  report(Severity::kWarning, source, where, std::move(message), std::move(hint));
}

void Diagnostics::note(const Source& source, Location where, std::string message,
                       std::string hint) {
  report(Severity::kNote, source, where, std::move(message), std::move(hint));
}

void Diagnostics::error(std::string message, std::string hint) {
  ++error_count_;
  show({Severity::kError, {}, 0, 0, {}, 1, std::move(message), std::move(hint)});
}

void Diagnostics::warning(std::string message, std::string hint) {
  show({Severity::kWarning, {}, 0, 0, {}, 1, std::move(message), std::move(hint)});
}

}  // namespace rpcgen
