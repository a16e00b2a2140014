// SPDX-License-Identifier: BSD-3-Clause
// Output files appear whole or not at all.
#include "config.h"

#include "output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace rpcgen {
namespace {

bool has_text(const OutputFile& file) {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) return false;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str() == file.text;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(descriptor, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// A file being written: gone again unless committed.
class Pending {
 public:
  explicit Pending(const OutputFile& file)
      : path_(file.path), temporary_(file.path + ".tmp" + std::to_string(getpid())) {
    const int descriptor =
        open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
      error_ = errno;
      return;
    }
    exists_ = true;
    if (!write_all(descriptor, file.text)) error_ = errno;
    if (close(descriptor) != 0 && error_ == 0) error_ = errno;
  }
  ~Pending() {
    if (exists_) unlink(temporary_.c_str());
  }
  Pending(Pending&& other) noexcept
      : path_(std::move(other.path_)),
        temporary_(std::move(other.temporary_)),
        exists_(std::exchange(other.exists_, false)),
        error_(other.error_) {}
  Pending& operator=(Pending&&) = delete;

  int error() const { return error_; }
  const std::string& path() const { return path_; }
  bool commit() {
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      error_ = errno;
      return false;
    }
    exists_ = false;
    return true;
  }

 private:
  std::string path_;
  std::string temporary_;
  bool exists_ = false;
  int error_ = 0;
};

// Terminals and pipes are written to, not replaced.
bool is_special(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

bool write_special(const OutputFile& file) {
  const int descriptor = open(file.path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool good = write_all(descriptor, file.text);
  close(descriptor);
  return good;
}

}  // namespace

bool write_files(const std::vector<OutputFile>& files, bool if_changed,
                 Diagnostics& diagnostics) {
  const auto fail = [&](const std::string& path, int error) {
    diagnostics.error("cannot write " + path + ": " + std::strerror(error));
    return false;
  };
  std::vector<Pending> pending;
  for (const OutputFile& file : files) {
    if (is_special(file.path)) {
      if (!write_special(file)) return fail(file.path, errno);
      continue;
    }
    if (if_changed && has_text(file)) continue;
    pending.emplace_back(file);
    if (pending.back().error() != 0) return fail(file.path, pending.back().error());
  }
  for (Pending& file : pending)
    if (!file.commit()) return fail(file.path(), file.error());
  return true;
}

}  // namespace rpcgen
