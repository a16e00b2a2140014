// SPDX-License-Identifier: BSD-3-Clause
// Writing log lines.
#include "config.h"

#include "base/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/cancellation.hpp"
#include "base/fd.hpp"

namespace vmrpc {
namespace {

// A descriptor 2 that is a socket or a device other than a terminal belongs to somebody else
// (inetd's client, /dev/null): such programs log to syslog.
bool stderr_takes_lines() {
  struct stat st{};
  if (::fstat(STDERR_FILENO, &st) != 0) return false;
  return S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) || ::isatty(STDERR_FILENO) != 0;
}

// One write(2), so that lines of several processes do not mix.
bool write_line(int fd, std::string_view text) {
  const std::string line = "vmrpc: " + std::string(text) + "\n";
  return ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

bool write_to_path(const std::string& path, std::string_view text) {
  const OwnedFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644));
  return fd && write_line(fd.get(), text);
}

void write_somewhere(const Settings& settings, LogLevel level, std::string_view text) {
  if (!settings.log_path.empty() && write_to_path(settings.log_path, text)) return;
  if (settings.log_path.empty() && stderr_takes_lines() && write_line(STDERR_FILENO, text)) return;
  ::syslog(level == LogLevel::kError ? LOG_ERR : LOG_INFO, "vmrpc: %.*s",
           static_cast<int>(text.size()), text.data());
}

}  // namespace

bool log_enabled(LogLevel level) { return settings().log_level >= level; }

void log_with(const Settings& settings, LogLevel level, std::string_view text) {
  if (settings.log_level < level) return;
  const int saved = errno;
  const CancellationDisabled whole;  // handles log when they end, in destructors
  write_somewhere(settings, level, text);
  errno = saved;
}

void log_from_signal_handler(std::string_view text) noexcept {
  const int saved = errno;
  const std::string& path = settings().log_path;
  const OwnedFd file(path.empty() ? -1 : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY));
  const int fd = file ? file.get() : STDERR_FILENO;
  constexpr char kFirst[] = "vmrpc: ";
  iovec parts[] = {{const_cast<char*>(kFirst), sizeof kFirst - 1}, {const_cast<char*>(text.data()), text.size()},
                   {const_cast<char*>("\n"), 1}};
  if (file || (path.empty() && stderr_takes_lines())) (void)!::writev(fd, parts, 3);
  errno = saved;
}

void log_line(LogLevel level, std::string_view text) { log_with(settings(), level, text); }

}  // namespace vmrpc
