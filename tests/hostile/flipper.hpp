// SPDX-License-Identifier: BSD-3-Clause
// A process that changes a part of the own memory while the peer reads it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>

namespace hostile {

struct Area {
  const char* name;
  std::size_t offset, bytes;  // in the region
  bool in_heap;               // or in the heap
  enum class Harm {
    kNone,          // what is answered is right
    kWrongAnswers,  // or what was made of it
    kEnd,           // the association ends, with a reason in the log
    kEndOfClients   // the same where the client changes it: what a server writes there is hardly looked at
  } harm;
  int n_calls = 100;       // while it changes, at least
  bool is_stream = false;  // calls are not placed
};
std::span<const Area> areas();

class Flipper {
 public:
  // A child, which has the mapping also when the library takes its away. It has begun.
  explicit Flipper(const Area& area);
  ~Flipper();
  Flipper(const Flipper&) = delete;

 private:
  const pid_t pid_;
};

}  // namespace hostile
