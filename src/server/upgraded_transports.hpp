// SPDX-License-Identifier: BSD-3-Clause
// The upgraded transports of this process, by the descriptor that libtirpc knows them by.
#pragma once

namespace vmrpc::server {

class ServiceTransport;

void add_upgraded(int registered_fd, ServiceTransport* transport);
void remove_upgraded(int registered_fd);
// Null when there is none.
ServiceTransport* find_upgraded(int registered_fd);

}  // namespace vmrpc::server
