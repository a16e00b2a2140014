// SPDX-License-Identifier: BSD-3-Clause
// An abstract AF_UNIX address: a name that is not in the file system and goes with its socket.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <string_view>

namespace vmrpc {

class AbstractAddress {
 public:
  static constexpr std::size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;

  // Of `name`; what is beyond kMostBytes is cut off.
  explicit AbstractAddress(std::string_view name) noexcept {
    address_.sun_family = AF_UNIX;
    const std::size_t count = name.copy(address_.sun_path + 1, kMostBytes);
    bytes_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + count);
  }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t bytes() const noexcept { return bytes_; }

 private:
  sockaddr_un address_{};
  socklen_t bytes_;
};

}  // namespace vmrpc
