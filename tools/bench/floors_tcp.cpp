// SPDX-License-Identifier: BSD-3-Clause
// A raw TCP ping-pong, both ends spinning on non-blocking sockets: "is it only that TCP sleeps?"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "floors.hpp"

namespace vmrpc::bench {
namespace {

constexpr unsigned kGroup = 100;
using Message = std::array<char, 64>;  // about what a null call and its reply have

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {
    if (fd < 0) throw std::runtime_error("cannot make a TCP connection to this host");
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }
  void make_spinning() const {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  void send(const Message& message) const {
    if (::send(fd_, message.data(), message.size(), MSG_NOSIGNAL) != std::ssize(message))
      throw std::runtime_error("the TCP ping-pong's peer has gone");
  }
  void receive(Message& message) const {
    for (std::size_t had = 0; had < message.size();) {
      const ssize_t got = ::recv(fd_, message.data() + had, message.size() - had, 0);
      if (got > 0) had += static_cast<std::size_t>(got);
      if (got == 0 || (got < 0 && errno != EAGAIN))
        throw std::runtime_error("the TCP ping-pong's peer has gone");
    }
  }

 private:
  int fd_;
};

std::pair<Socket, Socket> tcp_pair() {
  const Socket listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  Socket active(::socket(AF_INET, SOCK_STREAM, 0));
  if (::bind(listener.fd(), generic, length) != 0 || ::listen(listener.fd(), 1) != 0 ||
      ::getsockname(listener.fd(), generic, &length) != 0 ||
      ::connect(active.fd(), generic, length) != 0)
    throw std::runtime_error("cannot make a TCP connection to this host");
  Socket passive(::accept(listener.fd(), nullptr, nullptr));
  active.make_spinning();
  passive.make_spinning();
  return {std::move(active), std::move(passive)};
}

class TcpPingPong : public Operation {
 public:
  explicit TcpPingPong(const Arguments& arguments)
      : sockets_(tcp_pair()), peer_(arguments, [this] { serve(); }) {}

  void call() override {
    sockets_.first.send(message_);
    sockets_.first.receive(message_);
  }
  unsigned group() const override { return kGroup; }

 private:
  [[noreturn]] void serve() {
    for (;;) {
      sockets_.second.receive(message_);
      sockets_.second.send(message_);
    }
  }

  std::pair<Socket, Socket> sockets_;
  Message message_{};
  Peer peer_;
};

}  // namespace

std::unique_ptr<Operation> make_tcp_floor(const Arguments& arguments) {
  return std::make_unique<TcpPingPong>(arguments);
}

}  // namespace vmrpc::bench
