// SPDX-License-Identifier: BSD-3-Clause
// What of the xen transport can be tested without a Xen: sizes, and what a peer tells of itself.
#include "config.h"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/settings.hpp"
#include "transport/xen.hpp"
#include "transport/xen_chunks.hpp"
#include "transport/xen_domain.hpp"
#include "transport/xen_grants.hpp"

namespace vmrpc::transport {
namespace {

constexpr std::size_t kLimit = 1024;
constexpr std::size_t kRegionMax = std::size_t{64} << 20;

rpc_vm_reason refusal(const Bytes& offer) {
  try {
    (void)xen_backend().server()->hello(offer);
  } catch (const UpgradeError& error) {
    return error.reason();
  }
  return RPC_VM_REASON_NONE;
}

TEST(XenSizes, ShrinkAsPagesGetFew) {
  EXPECT_EQ(stream_bytes_for(0, kLimit, kRegionMax), 64u << 10);
  EXPECT_EQ(stream_bytes_for(kLimit / 4, kLimit, kRegionMax), 32u << 10);
  EXPECT_EQ(stream_bytes_for(kLimit / 2, kLimit, kRegionMax), 16u << 10);
  EXPECT_EQ(stream_bytes_for(kLimit, kLimit, kRegionMax), 16u << 10);
}

TEST(XenSizes, FollowTheSettingWhenThatIsSmaller) {
  EXPECT_EQ(stream_bytes_for(0, kLimit, std::size_t{48} << 10), 32u << 10);
  EXPECT_EQ(stream_bytes_for(0, kLimit, 4096), 0u);
}

TEST(XenSizes, ServeNinetyAssociationsByDefault) {
  std::size_t pages = 0, associations = 0;
  for (;; ++associations) {
    const std::size_t more = memory::region_bytes(stream_bytes_for(pages, kLimit, kRegionMax)) / memory::kPageBytes + 1;
    if (pages + more > kLimit) break;
    pages += more;
  }
  EXPECT_GE(associations, 90u);
}

TEST(XenSizes, LeaveAQuarterForConnectionsWhenHeapsGrow) {
  EXPECT_TRUE(heap_may_grow(kPagesOfChunk, 0, kLimit));
  EXPECT_TRUE(heap_may_grow(kPagesOfChunk, kLimit / 4 * 3 - kPagesOfChunk, kLimit));
  EXPECT_FALSE(heap_may_grow(kPagesOfChunk, kLimit / 4 * 3 - kPagesOfChunk + 1, kLimit));
}

TEST(XenSizes, CountPagesUntilTheyAreGivenBack) {
  const std::size_t before = GrantedPages::in_use();
  {
    GrantedPages first(19);
    const GrantedPages second = std::move(first);
    EXPECT_EQ(GrantedPages::in_use(), before + 19);
  }
  EXPECT_EQ(GrantedPages::in_use(), before);
}

TEST(XenPeer, OfNoDomainIsRefused) {
  EXPECT_EQ(refusal({}), RPC_VM_PROTOCOL_ERROR);
  EXPECT_EQ(refusal({0, 0, 1}), RPC_VM_PROTOCOL_ERROR);
  EXPECT_EQ(refusal({0, 0, 0x7f, 0xf0}), RPC_VM_PROTOCOL_ERROR);  // DOMID_SELF
  EXPECT_EQ(refusal({0, 1, 0, 1}), RPC_VM_PROTOCOL_ERROR);
  EXPECT_TRUE(is_domid(0x7fef));
}

TEST(XenPeer, IsRefusedWhereThereIsNoXen) {
  if (may_use_xen()) GTEST_SKIP() << "this machine is a Xen domain";
  EXPECT_FALSE(xen_backend().reaches(-1));
  EXPECT_EQ(refusal({0, 0, 0, 1}), RPC_VM_NO_TRANSPORT);
}

TEST(XenPeer, IsAllowedByItsDomain) {
  EXPECT_TRUE(PeerList::any().allows_domid(3));
  EXPECT_TRUE(PeerList::parse("domid:3,uid:0", true)->allows_domid(3));
  EXPECT_FALSE(PeerList::parse("domid:3,uid:4", true)->allows_domid(4));
  EXPECT_FALSE(PeerList::parse("same-uid", true)->allows_domid(0));
}

}  // namespace
}  // namespace vmrpc::transport
