// SPDX-License-Identifier: BSD-3-Clause
// What the environment is read as.
#include "config.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "base/counters.hpp"
#include "base/settings.hpp"

namespace vmrpc {
namespace {

std::map<std::string, std::string> g_environment;

const char* lookup(const char* name) {
  const auto at = g_environment.find(name);
  return at == g_environment.end() ? nullptr : at->second.c_str();
}

Settings parse(std::map<std::string, std::string> environment) {
  g_environment = std::move(environment);
  std::vector<std::string> names;
  for (const auto& [name, value] : g_environment) {
    if (name.starts_with("VMRPC_")) names.push_back(name);
  }
  return parse_settings(lookup, names);
}

TEST(Settings, AreTheDocumentedDefaultsWhenNothingIsSet) {
  const Settings s = parse({});
  EXPECT_EQ(s.mode, Mode::kAuto);
  EXPECT_EQ(s.log_level, LogLevel::kError);
  EXPECT_TRUE(s.peers.allows_uid(12345));
  EXPECT_FALSE(s.trust.allows_uid(::geteuid()));
  EXPECT_TRUE(s.local_transport);
  EXPECT_FALSE(s.spin_us.has_value());
  EXPECT_TRUE(s.complaints.empty());
}

TEST(Settings, TakeEachValueThatIsDocumented) {
  const Settings s = parse({{"VMRPC", "require"}, {"VMRPC_LOG", "debug:/run/log"}, {"VMRPC_SPIN_US", "7"},
                            {"VMRPC_REGION_MAX", "64k"}, {"VMRPC_TRANSPORTS", "xen"}});
  EXPECT_EQ(s.mode, Mode::kRequire);
  EXPECT_EQ(s.log_level, LogLevel::kDebug);
  EXPECT_EQ(s.log_path, "/run/log");
  EXPECT_EQ(s.spin_us, 7u);
  EXPECT_EQ(s.region_max_bytes, 65536u);
  EXPECT_FALSE(s.local_transport);
  EXPECT_TRUE(s.complaints.empty());
}

TEST(Settings, TakeSomeOrAllLimitsOfPlacedValues) {
  const PlacedLimits none = parse({}).placed_limits;
  EXPECT_EQ(none.times, 4u);
  EXPECT_EQ(none.slack_bytes, 65536u);
  EXPECT_EQ(none.bytes_per_node, 4u);
  EXPECT_EQ(none.depth, 4096u);
  const PlacedLimits all =
      parse({{"VMRPC_PLACED_LIMITS", "depth:10,times:1,bytes-per-node:16,slack:1m"}}).placed_limits;
  EXPECT_EQ(all.times, 1u);
  EXPECT_EQ(all.slack_bytes, 1u << 20);
  EXPECT_EQ(all.bytes_per_node, 16u);
  EXPECT_EQ(all.depth, 10u);
  const PlacedLimits some = parse({{"VMRPC_PLACED_LIMITS", "slack:0"}}).placed_limits;
  EXPECT_EQ(some.slack_bytes, 0u);
  EXPECT_EQ(some.depth, 4096u);
}

TEST(Settings, KeepAllLimitsOfPlacedValuesWhenOneIsNotUnderstood) {
  for (const char* const wrong : {"depth:0", "depth:10,times:0", "bytes-per-node:0", "times:1000001", "width:3", "depth",
                                  "depth:10,", "slack:1x", "depth:-1", ""}) {
    const Settings s = parse({{"VMRPC_PLACED_LIMITS", wrong}});
    ASSERT_EQ(s.complaints.size(), 1u) << wrong;
    EXPECT_NE(s.complaints[0].find("bytes-per-node:N"), std::string::npos) << "it names what is taken";
    EXPECT_EQ(s.placed_limits.depth, 4096u) << wrong;
  }
}

TEST(Settings, ComplainOnceAboutEachNameOrValueThatIsNotKnown) {
  const Settings s = parse({{"VMRPC", "yes"}, {"VMRPC_LOG", "loud"}, {"VMRPC_SPIN_US", "1000001"},
                            {"VMRPC_TRUST", "any"}, {"VMRPC_SPEED", "high"}, {"VMRPC_REGION_MAX", "1x"}});
  ASSERT_EQ(s.complaints.size(), 6u);
  for (const std::string& line : s.complaints) EXPECT_NE(line.find("VMRPC"), std::string::npos) << line;
  EXPECT_EQ(s.mode, Mode::kAuto);
}

TEST(PeerList, AllowsWhatItNamesAndNothingElse) {
  const auto list = PeerList::parse("uid:7,same-uid", true);
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(list->allows_uid(7));
  EXPECT_TRUE(list->allows_uid(::geteuid()));
  EXPECT_FALSE(list->allows_uid(::geteuid() + 8));
  EXPECT_FALSE(PeerList::parse("uid:", true).has_value());
  EXPECT_FALSE(PeerList::parse("uid:-1", true).has_value());
  EXPECT_FALSE(PeerList::parse("any", false).has_value());
}

TEST(Stats, AreWrittenWithEveryCounterOfTheStruct) {
  rpc_vm_stats stats;
  std::memset(&stats, 0xff, sizeof stats);
  const std::string text = format_stats(stats);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("=18446744073709551615", at)) != std::string::npos; ++at) ++count;
  EXPECT_EQ(count, sizeof stats / sizeof(u_int64_t));
}

}  // namespace
}  // namespace vmrpc
