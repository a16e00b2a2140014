// SPDX-License-Identifier: BSD-3-Clause
// Freeing piece by piece what was received.
#include "config.h"

#include "placement/releasing.hpp"

#include <cstdlib>

#include "placement/held.hpp"
#include "placement/steps.hpp"

namespace vmrpc::placement {
namespace {

// The address is taken out first: with its last piece, a value's memory goes. `elsewhere`: what to say of an address that
// could be taken out.
void release_at(char** slot, ReleasedPieces::Where elsewhere = ReleasedPieces::taken_out()) {
  char* const piece = *slot;
  if (piece == nullptr) return;
  const bool stays = Held::instance().is_read_only(slot);
  if (!stays) *slot = nullptr;
  if (!Held::instance().release_piece(piece, stays ? ReleasedPieces::stays_at(slot) : elsewhere)) std::free(piece);
}

}  // namespace

void release(void* piece) {
  if (piece != nullptr && !Held::instance().release_piece(piece, ReleasedPieces::taken_out())) std::free(piece);
}

void forget_held(const XDR* xdrs, char** slot) {
  if (xdrs->x_op == XDR_DECODE && *slot != nullptr && Held::instance().holds(*slot)) *slot = nullptr;
}

bool_t release_value(xdrproc_t routine, void* value) {
  if (Held::instance().release_all({value, routine})) return TRUE;
  XDR xdr{};
  xdr.x_op = XDR_FREE;
  return routine(&xdr, value);
}

bool_t release_string(char** text) {
  release_at(text);
  return TRUE;
}

bool_t release_bytes(char** bytes) {
  release_at(bytes);
  return TRUE;
}

bool_t release_reference(XDR* xdrs, char** object, xdrproc_t routine) {
  if (*object == nullptr) return TRUE;
  const bool_t done = routine(xdrs, *object, kNoBound);
  release_at(object, ReleasedPieces::in_variable());  // who walks a list has its links there
  return done;
}

bool_t release_pointer(XDR* xdrs, char** object, xdrproc_t routine) {
  return release_reference(xdrs, object, routine);
}

bool_t release_array(XDR* xdrs, char** elements, u_int count, u_int element_bytes, xdrproc_t routine) {
  char* element = *elements;
  if (element == nullptr) return TRUE;
  bool_t done = TRUE;
  for (u_int i = 0; i < count && done; ++i, element += element_bytes) done = routine(xdrs, element, kNoBound);
  release_at(elements);
  return done;
}

}  // namespace vmrpc::placement
