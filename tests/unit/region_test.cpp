// SPDX-License-Identifier: BSD-3-Clause
// Frames and streams, and what a lying peer can do with them.
#include "config.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <new>
#include <vector>

#include "memory/fault.hpp"
#include "two_ends.hpp"

namespace vmrpc::memory {
namespace {

using test::TwoEnds;

std::vector<unsigned char> bytes_of(std::size_t count, unsigned seed) {
  std::vector<unsigned char> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(seed + i * 7);
  return bytes;
}

TEST(Frames, CarryMessagesInTheOrderOfSending) {
  TwoEnds ends;
  Sender& sender = ends.left->link.sender();
  Receiver& receiver = ends.right->link.receiver();
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_FALSE(receiver.ready());
    ASSERT_TRUE(sender.frame_free());
    sender.publish_inline(bytes_of(i, i));
    ASSERT_TRUE(receiver.ready());
    ASSERT_EQ(receiver.open(), FrameKind::kInline);
    unsigned char body[kFrameBodyBytes];
    ASSERT_EQ(receiver.copy_inline(body), i);
    EXPECT_TRUE(std::ranges::equal(std::span(body, i), bytes_of(i, i)));
    (void)receiver.release();
  }
}

// A header of 40 bytes with up to 16 of arguments: what the peer looks at is all that is written.
TEST(Frames, OfSmallCallsAreOneCacheLine) {
  constexpr std::size_t kLine = 64;
  TwoEnds ends;
  const RegionShared& shared = ends.left_memory->shared();
  const auto* const frame = reinterpret_cast<const unsigned char*>(&shared.frames[ends.left->link.sender().next_number()]);
  const std::span region(reinterpret_cast<const unsigned char*>(&shared), sizeof shared);
  const std::vector<unsigned char> before(region.begin(), region.end());
  ends.left->link.sender().publish_inline(bytes_of(kLine - offsetof(FrameShared, body), 1));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame) % kLine, 0u);
  for (std::size_t i = 0; i < region.size(); ++i) {
    const bool is_line = &region[i] >= frame && &region[i] < frame + kLine;
    ASSERT_TRUE(is_line || region[i] == before[i]) << "byte " << i;
  }
  EXPECT_TRUE(ends.right->link.receiver().ready());
}

TEST(Frames, AreNotFreeUntilTheyWereRead) {
  TwoEnds ends;
  Sender& sender = ends.left->link.sender();
  for (std::size_t i = 0; i < kFrameCount; ++i) {
    ASSERT_TRUE(sender.frame_free());
    sender.publish_inline(bytes_of(8, 0));
  }
  EXPECT_FALSE(sender.frame_free());
  Receiver& receiver = ends.right->link.receiver();
  receiver.open();
  (void)receiver.release();
  EXPECT_TRUE(sender.frame_free());
}

TEST(Stream, WrapsAroundWithoutLosingABytes) {
  TwoEnds ends;
  Sender& sender = ends.left->link.sender();
  Receiver& receiver = ends.right->link.receiver();
  for (unsigned i = 0; i < 40; ++i) {
    const auto message = bytes_of(50'001 + i, i);
    ASSERT_TRUE(sender.publish_stream(message));
    ASSERT_TRUE(receiver.ready());
    ASSERT_EQ(receiver.open(), FrameKind::kStream);
    ASSERT_EQ(receiver.stream_available(), message.size());
    EXPECT_TRUE(receiver.stream_ended());
    std::vector<unsigned char> got(message.size());
    receiver.copy_stream(got);
    EXPECT_EQ(got, message);
    (void)receiver.release();
  }
}

TEST(Stream, RefusesAMessageThatDoesNotFitNow) {
  TwoEnds ends;
  EXPECT_FALSE(ends.left->link.sender().publish_stream(bytes_of(kStreamBytesDefault + 1, 0)));
  EXPECT_FALSE(ends.right->link.receiver().ready());
}

// A peer's region that says `value` in `field`, after one honest message.
class Lies : public testing::Test {
 protected:
  RegionShared& theirs() { return ends_.left_memory->shared(); }
  Receiver& receiver() { return ends_.right->link.receiver(); }
  Sender& honest_sender() { return ends_.left->link.sender(); }
  TwoEnds ends_;
};

TEST_F(Lies, AboutASequenceNumberAreFound) {
  theirs().frames[1].word = FrameWord{77, FrameKind::kInline, 4}.pack();
  EXPECT_THROW(receiver().ready(), PeerFault);
}

TEST_F(Lies, AboutTheLengthOfAFrameAreFound) {
  for (const std::uint32_t length : {505u, 4096u, 0xffffffu}) {
    theirs().frames[1].word = FrameWord{1, FrameKind::kInline, length}.pack();
    ASSERT_TRUE(receiver().ready());
    EXPECT_THROW(receiver().open(), PeerFault) << length;
  }
}

TEST_F(Lies, AboutTheKindOfAFrameAreFound) {
  for (const int kind : {0, 6, 255}) {
    theirs().frames[1].word = FrameWord{1, static_cast<FrameKind>(kind), 0}.pack();
    EXPECT_THROW(receiver().open(), PeerFault) << kind;
  }
}

TEST_F(Lies, AboutTheStartOfAStreamMessageAreFound) {
  honest_sender().publish_stream(bytes_of(1000, 1));
  const std::uint64_t start = 8;
  std::memcpy(theirs().frames[1].body, &start, sizeof start);
  EXPECT_THROW(receiver().open(), PeerFault);
}

TEST_F(Lies, AboutTheEndOfAStreamMessageAreFound) {
  honest_sender().publish_stream(bytes_of(1000, 1));
  for (const std::uint64_t end : {std::uint64_t{1002}, ~std::uint64_t{0}, kAbortedStream, kAbortedStream - 1}) {
    auto* shared = reinterpret_cast<StreamShared*>(theirs().frames[1].body);
    shared->end = end;
    receiver().open();
    EXPECT_THROW(receiver().stream_available(), PeerFault) << end;
  }
}

TEST_F(Lies, AboutHowMuchWasWrittenAreFound) {
  honest_sender().begin_stream();
  receiver().open();
  for (const std::uint64_t written : {std::uint64_t{kStreamBytesDefault + 1}, ~std::uint64_t{0}}) {
    theirs().written.stream = written;
    EXPECT_THROW(receiver().stream_available(), PeerFault) << written;
  }
}

TEST_F(Lies, AboutHowFarWasReadAreFound) {
  Sender& sender = ends_.right->link.sender();
  for (std::size_t i = 0; i < kFrameCount; ++i) sender.publish_inline(bytes_of(8, 0));
  theirs().read.frames = 17;
  EXPECT_THROW(sender.frame_free(), PeerFault);
  theirs().read.frames = 0xffffffff;
  EXPECT_THROW(sender.frame_free(), PeerFault);
  theirs().read.stream = 1;
  EXPECT_THROW(sender.publish_stream(bytes_of(600, 0)), PeerFault);
}

TEST(PeerMemory, MustBeSealedAndOfTheRightKind) {
  OwnedFd unsealed(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(unsealed.get(), static_cast<off_t>(region_bytes(kStreamBytesDefault))), 0);
  EXPECT_THROW(transport::map_peer_memfd(unsealed.get()), UpgradeError);
  ASSERT_EQ(::fcntl(unsealed.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
  EXPECT_THROW(transport::map_peer_memfd(unsealed.get()), RpcError) << "without a header";
  OwnedFd file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_THROW(transport::map_peer_memfd(file.get()), UpgradeError);
}

TEST(OwnMemory, CannotBeMappedForWritingByWhoeverHasItsDescriptor) {
  const transport::OwnMemfd own = transport::make_own_memfd();
  void* at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, own.fd.get(), 0);
  EXPECT_EQ(at, MAP_FAILED);
  void* read_only = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, own.fd.get(), 0);
  ASSERT_NE(read_only, MAP_FAILED);
  EXPECT_NE(::mprotect(read_only, 4096, PROT_READ | PROT_WRITE), 0);
  EXPECT_NE(::ftruncate(own.fd.get(), 0), 0);
  const char byte = 1;
  EXPECT_LT(::pwrite(own.fd.get(), &byte, 1, 0), 0);
  ::munmap(read_only, 4096);
}

}  // namespace
}  // namespace vmrpc::memory
