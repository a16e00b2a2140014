// SPDX-License-Identifier: BSD-3-Clause
// What an end of a connection has beside its socket once it is upgraded.
#pragma once

#include <utility>

#include "association/link.hpp"
#include "association/message_reader.hpp"
#include "association/message_writer.hpp"

namespace vmrpc::association {

struct Shared {
  Shared(transport::Endpoint endpoint, unsigned spin_us, Counters& counters)
      : link(std::move(endpoint), spin_us, counters), writer(link), reader(link) {}

  Link link;
  MessageWriter writer;
  MessageReader reader;
};

}  // namespace vmrpc::association
