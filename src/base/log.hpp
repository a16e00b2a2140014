// SPDX-License-Identifier: BSD-3-Clause
// The log of VMRPC_LOG: whole lines, to a path, to descriptor 2, or to syslog.
#pragma once

#include <string_view>

#include "base/settings.hpp"

namespace vmrpc {

bool log_enabled(LogLevel level);

// Writes "vmrpc: TEXT" when the settings ask for that level. No descriptor is kept open, since
// daemons close what they do not know. errno is preserved.
void log_line(LogLevel level, std::string_view text);

// The same for a signal handler: no memory, no lock, no syslog.
void log_from_signal_handler(std::string_view text) noexcept;

// For the settings' own complaints, before settings() can be asked.
void log_with(const Settings& settings, LogLevel level, std::string_view text);

}  // namespace vmrpc
