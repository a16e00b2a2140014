// SPDX-License-Identifier: BSD-3-Clause
// The kernel's interface to grants and event channels: devices, requests, and opening them.
//
// The devices are used directly: libxengnttab cannot map at an address of the caller's choice, a guest need not
// have Xen's libraries, and what is left of them is a handful of requests.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/fd.hpp"

// The kernel's headers use these types without defining them.
using grant_ref_t = std::uint32_t;
using domid_t = std::uint16_t;
#include <xen/evtchn.h>
#include <xen/gntalloc.h>
#include <xen/gntdev.h>

namespace vmrpc::transport {

inline constexpr char kGrantAllocDevice[] = "/dev/xen/gntalloc";
inline constexpr char kGrantMapDevice[] = "/dev/xen/gntdev";
inline constexpr char kEventDevice[] = "/dev/xen/evtchn";
inline constexpr char kXenstoreDevice[] = "/dev/xen/xenbus";

// Throws UpgradeError(RPC_VM_NO_TRANSPORT) when this machine has no such device, or it is not allowed to us.
OwnedFd open_xen_device(const char* path);

}  // namespace vmrpc::transport
