// SPDX-License-Identifier: BSD-3-Clause
// What the floors stand on, the ping-pongs, and the choice among all floors.
#include "floors.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "client.hpp"
#include "usage.hpp"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace vmrpc::bench {
namespace {

void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  return ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, nullptr,
                   nullptr, 0);
}

constexpr unsigned kGroup = 100;
constexpr std::size_t kLinesPerPage = 4096 / sizeof(LineShared);

// Goes from one pair of lines to the next after each group: pairs differ by up to a third, with the
// distance of the cache slices that hold them.
class PairedLines {
 public:
  PairedLines(const SharedMemory& memory, const Arguments& arguments)
      : memory_(memory), arguments_(arguments) {}

  Line& request() { return request_; }
  Line& reply() { return reply_; }
  void count_exchange() {
    if (++used_ < kGroup) return;
    used_ = 0;
    ++pair_;
    request_ = line_at(memory_, request_index(), arguments_);
    reply_ = line_at(memory_, reply_index(), arguments_);
  }

 private:
  std::size_t request_index() const { return pair_ * 5 % kLinesPerPage; }
  std::size_t reply_index() const { return kLinesPerPage + pair_ * 11 % kLinesPerPage; }

  const SharedMemory& memory_;
  const Arguments& arguments_;
  std::size_t pair_ = 0;
  unsigned used_ = 0;
  Line request_ = line_at(memory_, request_index(), arguments_);
  Line reply_ = line_at(memory_, reply_index(), arguments_);
};

class PingPong : public Operation {
 public:
  explicit PingPong(const Arguments& arguments)
      : arguments_(arguments), peer_(arguments, [this] { serve(); }) {}

  void call() override {
    ++serial_;
    lines_.request().publish(serial_);
    lines_.reply().wait_for(serial_);
    lines_.count_exchange();
  }
  unsigned group() const override { return kGroup; }

 private:
  [[noreturn]] void serve() {
    for (std::uint32_t serial = 1;; ++serial) {
      lines_.request().wait_for(serial);
      lines_.reply().publish(serial);
      lines_.count_exchange();
    }
  }

  Arguments arguments_;
  SharedMemory memory_{2 * 4096};
  PairedLines lines_{memory_, arguments_};
  std::uint32_t serial_ = 0;
  Peer peer_;
};

std::unique_ptr<Operation> make_floor(const Arguments& arguments) {
  const std::string name = arguments.text("workload");
  if (name == "pingpong") return make_ping_pong(arguments);
  if (name == "tcp-spin") return make_tcp_floor(arguments);
  if (name == "copy" || name == "inplace") return make_bulk_floor(arguments);
  if (name == "list-copy" || name == "list-inplace") return make_list_floor(arguments);
  throw std::invalid_argument("unknown floor: " + name);
}

}  // namespace

void Line::publish(std::uint32_t serial) {
  line_->serial.store(serial, std::memory_order_release);  // pairs with wait_for's acquire
  if (waiting_ == Waiting::kSleep) futex(line_->serial, FUTEX_WAKE, 1);
}

void Line::wait_for(std::uint32_t serial) {
  for (;;) {
    const std::uint32_t seen = line_->serial.load(std::memory_order_acquire);
    if (seen == serial) return;
    if (waiting_ == Waiting::kSleep)
      futex(line_->serial, FUTEX_WAIT, seen);
    else
      for (unsigned i = 0; i < pauses_; ++i) pause_cpu();
  }
}

SharedMemory::SharedMemory(std::size_t bytes) : bytes_(bytes) {
  void* const data =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<char*>(data);
}

SharedMemory::~SharedMemory() { ::munmap(data_, bytes_); }

Peer::Peer(const Arguments& arguments, const std::function<void()>& body) : pid_(::fork()) {
  if (pid_ < 0) throw std::runtime_error("cannot start a second process");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(arguments.count("peer-cpu", 0), &set);
  try {
    if (::sched_setaffinity(0, sizeof set, &set) == 0) body();
  } catch (...) {  // its parent sees the line, or the socket, fall silent
  }
  ::_exit(1);
}

Peer::~Peer() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Line line_at(const SharedMemory& memory, std::size_t index, const Arguments& arguments) {
  auto* const lines = reinterpret_cast<LineShared*>(memory.data());
  const bool sleep = arguments.text("wait", "spin") == "sleep";
  return {lines[index], sleep ? Waiting::kSleep : Waiting::kSpin,
          static_cast<unsigned>(arguments.count("pauses", 1))};
}

std::unique_ptr<Operation> make_ping_pong(const Arguments& arguments) {
  return std::make_unique<PingPong>(arguments);
}

int run_floor(const Arguments& arguments) {
  const std::unique_ptr<Operation> operation = make_floor(arguments);
  warm_up(*operation, arguments.number("warmup", 0.03));
  std::cout << nlohmann::json{{"ready", true}} << std::endl;
  std::string line;
  if (!std::getline(std::cin, line)) throw std::runtime_error("vmrpc-bench has gone");
  const Timing timing = time_operation(*operation, {.seconds = arguments.number("seconds", 0.2)});
  nlohmann::json result = to_json(timing, operation->bytes());
  const ProcessUsage own = process_usage();
  result["client"] = {{"cpu_ns", own.cpu_ns},
                      {"switches", own.switches},
                      {"peak_kib", own.peak_kib},
                      {"transport", "shared memory"}};
  std::cout << result << std::endl;
  return 0;
}

}  // namespace vmrpc::bench
