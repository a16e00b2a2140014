// SPDX-License-Identifier: BSD-3-Clause
// Keeps pthread_cancel() out of what cannot be left.
#pragma once

#include <pthread.h>

namespace vmrpc {

// While it lives, this thread is not cancelled: for system calls in functions and destructors that are
// noexcept, where the unwinding would end the process. No system call of its own.
class CancellationDisabled {
 public:
  CancellationDisabled() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  CancellationDisabled(const CancellationDisabled&) = delete;
  ~CancellationDisabled() {
    int disabled;
    ::pthread_setcancelstate(before_, &disabled);
  }

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace vmrpc
