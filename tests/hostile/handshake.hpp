// SPDX-License-Identifier: BSD-3-Clause
// Lies while two ends meet: descriptors that are not what they should be.
#pragma once

#include <span>

namespace hostile {

struct WrongDescriptor {
  const char* name;
  int which;      // of those that the library sends: 0 is the region, 1 (a client's) the socket for chunks
  int (*make)();  // sent in its place
};
std::span<const WrongDescriptor> wrong_descriptors();

// From now on the library of this process sends that. Null: what it means to.
void send_wrong(const WrongDescriptor* wrong);

// The other end's socket for chunks, which shares its flags with this copy: a client makes both. -1 in a server.
int socket_of_the_other_end();

}  // namespace hostile
