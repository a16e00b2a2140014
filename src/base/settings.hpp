// SPDX-License-Identifier: BSD-3-Clause
// What the environment asks for, read once with secure_getenv(3) (see vmrpc(7)).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmrpc {

enum class Mode { kAuto, kOff, kRequire };
enum class LogLevel { kOff, kError, kInfo, kDebug };

// A list of peers as in VMRPC_PEERS: none, any, same-uid, uid:N, domid:N.
class PeerList {
 public:
  static PeerList any();
  static PeerList none() { return PeerList{}; }
  // No value when a word is not one of the above, or is `any` where that is not allowed.
  static std::optional<PeerList> parse(std::string_view text, bool any_allowed);

  bool allows_uid(uid_t uid) const;
  bool allows_domid(unsigned domid) const;

 private:
  bool any_ = false;
  bool same_uid_ = false;
  std::vector<uid_t> uids_;
  std::vector<unsigned> domids_;
};

// What a placed value may come to (VMRPC_PLACED_LIMITS in vmrpc(7)). A sender leaves more to XDR, a receiver refuses it.
struct PlacedLimits {
  // Private memory for a message, and what is gone through in place: its bytes times this, and the slack.
  std::size_t times = 4;
  std::size_t slack_bytes = 64 * 1024;
  std::size_t bytes_per_node = 4;  // nodes: at most the message's bytes by this (and a few)
  std::size_t depth = 4096;        // of pointers, tails of lists not counted
};

struct Settings {
  Mode mode = Mode::kAuto;
  LogLevel log_level = LogLevel::kError;
  std::string log_path;  // empty: descriptor 2 or syslog
  PeerList peers = PeerList::any();
  PeerList trust = PeerList::none();
  bool local_transport = true;
  bool xen_transport = true;
  std::size_t region_max_bytes = std::size_t{64} << 20;
  std::optional<unsigned> spin_us;  // no value: auto
  PlacedLimits placed_limits;
  std::vector<std::string> complaints;  // one line for each name or value that was not understood
};

// Parses what `lookup(name)` returns for each known name; `names` are all VMRPC_ names that are set.
Settings parse_settings(const char* (*lookup)(const char* name),
                        const std::vector<std::string>& names);

// The process's settings. What was not understood is logged once.
const Settings& settings();

}  // namespace vmrpc
