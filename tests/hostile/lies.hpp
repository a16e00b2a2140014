// SPDX-License-Identifier: BSD-3-Clause
// The lies, each with what the victim must make of it.
#pragma once

#include <span>

#include "liar.hpp"

namespace hostile {

enum class Expected {
  kServed,      // no harm in it: the message is answered
  kNotObeyed,   // refused or the end, but not answered as if it were right
  kEnds,        // the association ends, with a reason in the log
  kAnything,    // the victim lives, and others are served
};

inline constexpr unsigned kSumOfRightValue = 126;  // of the value that is sent where no lie is in it

struct Lie {
  const char* name;
  Expected expected;
  // Tells it, and sends a message whose fate is looked at. As a server, that is the answer that the victim waits for.
  void (*tell)(Liar& liar, unsigned version);
};

// What a placed value may be wrong in, for all ways of receiving one.
std::span<const Lie> lies_in_values();
// Frames, streams, marks, what was read, who sleeps, chunks, releases.
std::span<const Lie> lies_in_regions();
// About answers of the victim's that refer to its heap. For a client.
std::span<const Lie> lies_about_releases();
// What the sockets of the local transport may be used for: chunks that are no memory, doorbells that are full.
std::span<const Lie> lies_over_sockets();
// What the pages may say that tell of grants, in granted memory.
std::span<const Lie> lies_about_grants();
// Marks that ask for nothing, from a thread of its own. For a client.
const Lie& endless_marks();

}  // namespace hostile
