// SPDX-License-Identifier: BSD-3-Clause
// Two domains of one Xen host: granted pages, and an event channel for the doorbell.
//
// Numbers of domains and of grants repeat on every host and prove nothing; that the pages which each end mapped are
// the other's is proved by the nonces in them (association/). Each end grants its region to the other's domain
// alone, for reading. All words are 32 bits, big-endian.
//
//   HELLO      client's domain
//   answer     server's domain, event channel port, grant references of the server's region and ledger
//   ATTACH     grant references of the client's region and ledger; the client has mapped the server's
//   answer     -            server has mapped the client's
#pragma once

#include "transport/transport.hpp"

namespace vmrpc::transport {

Backend xen_backend();

}  // namespace vmrpc::transport
