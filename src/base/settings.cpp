// SPDX-License-Identifier: BSD-3-Clause
// Parsing the environment.
#include "config.h"

#include "base/settings.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/log.hpp"

extern char** environ;

namespace vmrpc {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t comma = text.find(',');
    words.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

// The number behind `prefix`, when `word` begins with it.
template <typename Number>
std::optional<Number> number_after(std::string_view word, std::string_view prefix) {
  if (!word.starts_with(prefix)) return std::nullopt;
  return parse_number<Number>(word.substr(prefix.size()));
}

std::optional<std::size_t> parse_size(std::string_view text) {
  unsigned shift = 0;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k': case 'K': shift = 10; break;
      case 'm': case 'M': shift = 20; break;
      case 'g': case 'G': shift = 30; break;
      default: break;
    }
  }
  if (shift != 0) text.remove_suffix(1);
  const auto value = parse_number<std::size_t>(text);
  if (!value || *value > (~std::size_t{0} >> shift)) return std::nullopt;
  return *value << shift;
}

// Each parser stores what it understood and returns whether it did.
bool parse_mode(std::string_view text, Settings& s) {
  if (text == "auto") s.mode = Mode::kAuto;
  else if (text == "off") s.mode = Mode::kOff;
  else if (text == "require") s.mode = Mode::kRequire;
  else return false;
  return true;
}

bool parse_log(std::string_view text, Settings& s) {
  const std::size_t colon = text.find(':');
  const std::string_view level = text.substr(0, colon);
  if (level == "off") s.log_level = LogLevel::kOff;
  else if (level == "error") s.log_level = LogLevel::kError;
  else if (level == "info") s.log_level = LogLevel::kInfo;
  else if (level == "debug") s.log_level = LogLevel::kDebug;
  else return false;
  if (colon != std::string_view::npos) s.log_path = text.substr(colon + 1);
  return colon == std::string_view::npos || !s.log_path.empty();
}

bool parse_peers(std::string_view text, Settings& s) {
  auto list = PeerList::parse(text, true);
  if (list) s.peers = std::move(*list);
  return list.has_value();
}

bool parse_trust(std::string_view text, Settings& s) {
  auto list = PeerList::parse(text, false);
  if (list) s.trust = std::move(*list);
  return list.has_value();
}

bool parse_transports(std::string_view text, Settings& s) {
  bool local = false, xen = false;
  for (std::string_view word : split(text)) {
    if (word == "local") local = true;
    else if (word == "xen") xen = true;
    else if (word != "ivshmem") return false;
  }
  s.local_transport = local;
  s.xen_transport = xen;
  return true;
}

bool parse_region_max(std::string_view text, Settings& s) {
  const auto bytes = parse_size(text);
  if (bytes) s.region_max_bytes = *bytes;
  return bytes.has_value();
}

bool parse_spin(std::string_view text, Settings& s) {
  if (text == "auto") return true;
  const auto usec = parse_number<unsigned>(text);
  if (!usec || *usec > 1'000'000) return false;
  s.spin_us = *usec;
  return true;
}

struct Limit {
  std::string_view key;
  std::size_t PlacedLimits::* member;
  std::size_t least, most;
};

// The most of all together fits in 64 bits.
constexpr std::array kLimits{
    Limit{"times:", &PlacedLimits::times, 1, 1'000'000},
    Limit{"slack:", &PlacedLimits::slack_bytes, 0, std::size_t{1} << 40},
    Limit{"bytes-per-node:", &PlacedLimits::bytes_per_node, 1, 1'000'000},
    Limit{"depth:", &PlacedLimits::depth, 1, 1'000'000},
};

bool parse_placed_limit(std::string_view word, PlacedLimits& limits) {
  for (const Limit& limit : kLimits) {
    if (!word.starts_with(limit.key)) continue;
    const auto value = parse_size(word.substr(limit.key.size()));
    if (!value || *value < limit.least || *value > limit.most) return false;
    limits.*limit.member = *value;
    return true;
  }
  return false;
}

bool parse_placed_limits(std::string_view text, Settings& s) {
  PlacedLimits limits;
  for (const std::string_view word : split(text))
    if (!parse_placed_limit(word, limits)) return false;
  s.placed_limits = limits;
  return true;
}

struct Variable {
  const char* name;
  bool (*parse)(std::string_view, Settings&);
  const char* accepted;
};

constexpr std::array kVariables{
    Variable{"VMRPC", parse_mode, "auto, off or require"},
    Variable{"VMRPC_LOG", parse_log, "off, error, info or debug, each with an optional :PATH"},
    Variable{"VMRPC_PEERS", parse_peers, "a comma list of none, any, same-uid, uid:N, domid:N"},
    Variable{"VMRPC_TRUST", parse_trust, "a comma list of none, same-uid, uid:N, domid:N"},
    Variable{"VMRPC_TRANSPORTS", parse_transports, "a comma list of local, xen, ivshmem"},
    Variable{"VMRPC_REGION_MAX", parse_region_max, "a size in bytes, or with k, m or g behind it"},
    Variable{"VMRPC_PLACED_LIMITS", parse_placed_limits,
             "a comma list of times:N, slack:SIZE, bytes-per-node:N, depth:N, with N from 1 to 1000000"},
    Variable{"VMRPC_SPIN_US", parse_spin, "auto or microseconds up to 1000000"},
};

std::string known_names() {
  std::string all;
  for (const Variable& v : kVariables) all += std::string(all.empty() ? "" : " ") + v.name;
  return all;
}

std::vector<std::string> names_in_environment() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "VMRPC_", 6) != 0) continue;
    names.emplace_back(*entry, std::strcspn(*entry, "="));
  }
  return names;
}

const char* lookup_securely(const char* name) { return ::secure_getenv(name); }

Settings* read_environment() {
  // A setuid program must not even complain about what its caller set.
  const bool trusted = ::getauxval(AT_SECURE) == 0;
  auto* made = new Settings(parse_settings(
      lookup_securely, trusted ? names_in_environment() : std::vector<std::string>{}));
  for (const std::string& line : made->complaints) log_with(*made, LogLevel::kError, line);
  return made;
}

}  // namespace

PeerList PeerList::any() {
  PeerList list;
  list.any_ = true;
  return list;
}

std::optional<PeerList> PeerList::parse(std::string_view text, bool any_allowed) {
  PeerList list;
  for (std::string_view word : split(text)) {
    if (word == "none") continue;
    if (word == "any" && any_allowed) {
      list.any_ = true;
    } else if (word == "same-uid") {
      list.same_uid_ = true;
    } else if (const auto uid = number_after<uid_t>(word, "uid:")) {
      list.uids_.push_back(*uid);
    } else if (const auto domid = number_after<unsigned>(word, "domid:")) {
      list.domids_.push_back(*domid);
    } else {
      return std::nullopt;
    }
  }
  return list;
}

bool PeerList::allows_uid(uid_t uid) const {
  return any_ || (same_uid_ && uid == ::geteuid()) ||
         std::find(uids_.begin(), uids_.end(), uid) != uids_.end();
}

bool PeerList::allows_domid(unsigned domid) const {
  return any_ || std::find(domids_.begin(), domids_.end(), domid) != domids_.end();
}

Settings parse_settings(const char* (*lookup)(const char* name),
                        const std::vector<std::string>& names) {
  Settings s;
  for (const Variable& v : kVariables) {
    const char* text = lookup(v.name);
    if (text == nullptr || v.parse(text, s)) continue;
    s.complaints.push_back(std::string(v.name) + "=" + text + " is not understood and is ignored: it takes " +
                           v.accepted);
  }
  for (const std::string& name : names) {
    const bool known = std::any_of(kVariables.begin(), kVariables.end(),
                                   [&](const Variable& v) { return name == v.name; });
    if (!known) s.complaints.push_back(name + " is not a setting of this version and is ignored: there are " + known_names());
  }
  return s;
}

const Settings& settings() {
  static const Settings* const read = read_environment();
  return *read;
}

}  // namespace vmrpc
