// SPDX-License-Identifier: BSD-3-Clause
// svc_run(): looks at live regions while that pays, and sleeps on everything else.
#pragma once

namespace vmrpc::server {

class ServiceTransport;

// Serves until svc_exit(), as libtirpc's svc_run() does.
void run_loop();
// Whether this thread is inside run_loop().
bool in_run_loop() noexcept;

// Whether libtirpc polls this descriptor has changed. On the loop's own thread that is taken over
// at once: before a descriptor is closed, since a forked child may hold a copy that would keep it
// in our epoll set; otherwise before the loop sleeps again.
void note_registration(int registered_fd);
// svc_run() is to look at this transport without being rung. Nothing happens outside of it.
void join_run_loop(ServiceTransport* transport);
// A dispatch routine is called next: until it returns, the loop touches no transport.
void note_dispatch() noexcept;
// The transport has no shared memory any more, or is about to go. Waits, not for long, for the loops of other threads
// which look at it.
void leave_run_loop(ServiceTransport* transport);

}  // namespace vmrpc::server
