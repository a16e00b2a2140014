// SPDX-License-Identifier: BSD-3-Clause
// What an end of a connection has beside its socket once it is upgraded.
#pragma once

#include <memory>
#include <utility>

#include "association/heaps.hpp"
#include "association/link.hpp"
#include "association/message_reader.hpp"
#include "association/message_writer.hpp"

namespace vmrpc::association {

struct Shared {
  Shared(transport::Endpoint endpoint, const Patience& patience, Counters& counters)
      : link(move_into_windows(std::move(endpoint)), patience, counters),
        heaps(Heaps::make(link.endpoint(), counters.chunks_held)),
        writer(link, heaps.get()),
        reader(link, heaps.get()) {}

  Link link;
  const std::unique_ptr<Heaps> heaps;  // null: values are not placed
  MessageWriter writer;
  MessageReader reader;
};

}  // namespace vmrpc::association
