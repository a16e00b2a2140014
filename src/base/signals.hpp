// SPDX-License-Identifier: BSD-3-Clause
// Keeps signal handlers out of what is not reentrant.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace vmrpc {

// While it lives, no handler runs on this thread: for work that allocates or takes locks, beside which a call
// that a handler makes would wait for ever. Not for the path of a call, which costs no system call.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace vmrpc
