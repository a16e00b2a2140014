// SPDX-License-Identifier: BSD-3-Clause
// Whether an administrator has asked this machine's programs to stay off granted memory (see vmrpc-ctl(8)).
#pragma once

namespace vmrpc {

inline constexpr char kQuiescedFile[] = "/run/vmrpc/quiesced";  // there for as long as that lasts

bool is_quiesced();
// For this process alone, which may not see that file.
void set_quiesced(bool on) noexcept;

}  // namespace vmrpc
