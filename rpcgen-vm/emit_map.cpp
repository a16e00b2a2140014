// SPDX-License-Identifier: BSD-3-Clause
// Type maps.
#include "config.h"

#include "emit_xdr.hpp"

namespace rpcgen {
void write_map_declarations(Writer&) {}
void MapWriter::map(const Definition&, XdrProcs&) { (void)out_; (void)module_; (void)options_; }
}  // namespace rpcgen
