// SPDX-License-Identifier: BSD-3-Clause
// Monotonic time and deadlines, in nanoseconds.
#pragma once

#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace vmrpc {

using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds kForever = std::numeric_limits<Nanoseconds>::max();

inline Nanoseconds now_ns() noexcept {
  timespec ts{};
  ::clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * Nanoseconds{1'000'000'000} + ts.tv_nsec;
}

inline Nanoseconds to_ns(const timeval& tv) noexcept {
  return tv.tv_sec * Nanoseconds{1'000'000'000} + tv.tv_usec * Nanoseconds{1000};
}

inline timeval to_timeval(Nanoseconds span_ns) noexcept {
  return {span_ns / 1'000'000'000, span_ns % 1'000'000'000 / 1000};
}

// `span_ns` from now, without overflow.
inline Nanoseconds deadline_after(Nanoseconds span_ns) noexcept {
  const Nanoseconds now = now_ns();
  return span_ns > kForever - now ? kForever : now + span_ns;
}

// What poll() takes: milliseconds until `deadline_ns`, rounded up, -1 for never.
inline int poll_timeout_ms(Nanoseconds deadline_ns) noexcept {
  if (deadline_ns == kForever) return -1;
  const Nanoseconds left = std::max<Nanoseconds>(deadline_ns - now_ns(), 0);
  return static_cast<int>(std::min<Nanoseconds>((left + 999'999) / 1'000'000, 86'400'000));
}

// A time limit that begins when it is first asked for: a call that is answered at once never
// looks at the clock.
class Deadline {
 public:
  explicit Deadline(Nanoseconds span_ns) noexcept : span_ns_(span_ns) {}
  Nanoseconds at() noexcept {
    if (at_ns_ == 0) at_ns_ = deadline_after(span_ns_);
    return at_ns_;
  }

 private:
  Nanoseconds span_ns_;
  Nanoseconds at_ns_ = 0;
};

}  // namespace vmrpc
