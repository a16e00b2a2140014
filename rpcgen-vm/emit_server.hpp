// SPDX-License-Identifier: BSD-3-Clause
// What the parts of a server share: how it reports, whether it ends when idle.
#pragma once

#include <string>
#include <string_view>

#include "emit.hpp"
#include "writer.hpp"

namespace rpcgen {

// A server that inetd (or a port monitor, -5) may start, and that then ends when idle.
inline bool may_be_started(const EmitOptions& options) { return options.inetd || options.tirpc; }
// -K 0: ends after one request. -K -1: never. Otherwise by alarm.
inline bool ends_at_once(const EmitOptions& options) {
  return options.inetd && options.close_seconds == 0;
}
inline bool ends_when_idle(const EmitOptions& options) {
  return may_be_started(options) && options.close_seconds > 0;
}

// A statement that reports `message`.
std::string report(const EmitOptions& options, std::string_view message);
// The functions and variables that the dispatchers need, and main().
void write_server_support(Writer& out, const Module& module, const EmitOptions& options);
void write_server_main(Writer& out, const Module& module, const EmitOptions& options);

}  // namespace rpcgen
