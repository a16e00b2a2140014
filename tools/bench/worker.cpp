// SPDX-License-Identifier: BSD-3-Clause
// vmrpc-bench-worker: one measured process. Links libtirpc and nothing of vmrpc, so that run plainly
// it is stock, and run with the library preloaded it is what a user's unchanged program is.
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client.hpp"

namespace {

using vmrpc::bench::Arguments;

void pin(const Arguments& arguments) {
  const std::string cpu = arguments.text("cpu");
  if (cpu.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(std::stoul(cpu), &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    throw std::runtime_error("cannot run on CPU " + cpu + ": " + std::strerror(errno));
}

// Keeps its CPU busy until it is killed.
int run_hog() {
  std::cout << "{\"ready\":true}" << std::endl;
  for (;;) asm volatile("");
}

int run(const std::string& role, const Arguments& arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pin(arguments);
  if (role == "client") return vmrpc::bench::run_client(arguments);
  if (role == "server") return vmrpc::bench::run_server(arguments);
  if (role == "floor") return vmrpc::bench::run_floor(arguments);
  if (role == "hog") return run_hog();
  throw std::invalid_argument("unknown role: " + role);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2)
      throw std::invalid_argument("started by vmrpc-bench; there is no use in starting it by hand");
    return run(argv[1], Arguments(argc - 2, argv + 2));
  } catch (const std::exception& error) {
    std::cout << nlohmann::json{{"error", error.what()}} << std::endl;
    return 1;
  }
}
