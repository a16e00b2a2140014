// SPDX-License-Identifier: BSD-3-Clause
// Worker processes.
#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace vmrpc::bench {
namespace {

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no descriptor for a pipe");
  }
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// Ours, less what would change how a plain worker runs.
std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all(added);
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "LD_PRELOAD=", 11) != 0) all.emplace_back(*entry);
  return all;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::vector<std::string>& environment)
    : role_(command.at(1)) {
  const Pipe input;
  const Pipe output;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);  // ignored here, but not in a worker
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const std::vector<std::string> all = merged_environment(environment);
  const int error = ::posix_spawn(&pid_, command.front().c_str(), &actions, &attributes,
                                  pointers(command).data(), pointers(all).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  ::close(input.ends[0]);
  ::close(output.ends[1]);
  to_child_ = input.ends[1];
  from_child_ = output.ends[0];
  if (error == 0) return;
  pid_ = -1;
  throw std::runtime_error("cannot run " + command.front() + ": " + std::strerror(error));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      to_child_(std::exchange(other.to_child_, -1)),
      from_child_(std::exchange(other.from_child_, -1)),
      role_(std::move(other.role_)),
      pending_(std::move(other.pending_)) {}

Child::~Child() {
  if (to_child_ >= 0) ::close(to_child_);
  if (from_child_ >= 0) ::close(from_child_);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Child::go() {
  if (::write(to_child_, "go\n", 3) != 3) fail_as_dead();
}

bool Child::fill(double timeout_seconds) {
  pollfd watched{from_child_, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&watched, 1, static_cast<int>(timeout_seconds * 1000));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0)
    throw std::runtime_error("the " + role_ + " said nothing for " +
                             std::to_string(static_cast<int>(timeout_seconds)) + " s");
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(from_child_, buffer.data(), buffer.size());
  if (got <= 0) return false;
  pending_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

void Child::fail_as_dead() {
  int status = 0;
  const bool ended = ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  if (ended && WIFSIGNALED(status))
    throw std::runtime_error("the " + role_ + " was killed by signal " +
                             std::to_string(WTERMSIG(status)) + " (" +
                             ::strsignal(WTERMSIG(status)) + ")");
  throw std::runtime_error("the " + role_ + " ended in mid-run");
}

nlohmann::json Child::read_message(double timeout_seconds) {
  std::size_t end = 0;
  while ((end = pending_.find('\n')) == std::string::npos)
    if (!fill(timeout_seconds)) fail_as_dead();
  nlohmann::json message = nlohmann::json::parse(pending_.substr(0, end), nullptr, false);
  pending_.erase(0, end + 1);
  if (message.is_discarded()) throw std::runtime_error("the " + role_ + " wrote something else");
  if (message.contains("error"))
    throw std::runtime_error(message["error"].get<std::string>());
  return message;
}

}  // namespace vmrpc::bench
