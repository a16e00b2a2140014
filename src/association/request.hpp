// SPDX-License-Identifier: BSD-3-Clause
// What vmrpc-ctl asks of the programs that use granted memory: one byte, answered with how many associations still do.
#pragma once

#include <cstdint>

namespace vmrpc::association {

// Of an abstract AF_UNIX address, SOCK_SEQPACKET; the process's number and a random one follow.
inline constexpr char kRequestSocketPrefix[] = "vmrpc-requests/";

enum Request : std::uint8_t {
  kRequestQuiesce = 'q',  // leave granted memory, and stay off it
  kRequestResume = 'r'    // connections made from now on may use it
};

}  // namespace vmrpc::association
