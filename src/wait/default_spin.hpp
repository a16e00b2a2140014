// SPDX-License-Identifier: BSD-3-Clause
// The process's bound on spinning: VMRPC_SPIN_US, or what the program set.
#pragma once

namespace vmrpc::wait {

unsigned default_spin_us();
void set_default_spin_us(unsigned usec);

}  // namespace vmrpc::wait
