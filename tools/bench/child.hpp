// SPDX-License-Identifier: BSD-3-Clause
// A worker process: started, spoken to in lines, and never left behind.
#ifndef VMRPC_BENCH_CHILD_HPP
#define VMRPC_BENCH_CHILD_HPP

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace vmrpc::bench {

class Child {
 public:
  // `environment` holds NAME=VALUE, added to ours.
  Child(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }
  void go();

  // The worker's next line. Throws std::runtime_error with the worker's own message, or when it
  // has died or says nothing for so long.
  nlohmann::json read_message(double timeout_seconds);

 private:
  bool fill(double timeout_seconds);
  [[noreturn]] void fail_as_dead();

  pid_t pid_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string role_;
  std::string pending_;
};

}  // namespace vmrpc::bench

#endif
