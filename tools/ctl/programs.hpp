// SPDX-License-Identifier: BSD-3-Clause
// The programs of this machine that use granted memory, as vmrpc-ctl sees them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "association/request.hpp"

namespace vmrpc::ctl {

struct Program {
  std::string socket;  // where it takes requests
  pid_t pid;
};

std::string name_of(pid_t pid);  // of what runs there

// Those that take requests.
std::vector<Program> list_programs();

// How many associations of the program use granted memory after the request. No value: it does not answer, or is not allowed to us.
std::optional<std::uint32_t> ask(const Program& program, association::Request request);

// The processes that have pages of other domains mapped, by vmrpc or without it.
std::vector<pid_t> list_mapping_processes();

}  // namespace vmrpc::ctl
