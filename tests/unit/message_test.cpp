// SPDX-License-Identifier: BSD-3-Clause
// XDR messages from one end to the other, by two threads.
#include "config.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cstring>
#include <thread>
#include <vector>

#include "memory/fault.hpp"
#include "base/xdr.hpp"
#include "placement/xdr_arrays.hpp"
#include "two_ends.hpp"

namespace vmrpc::association {
namespace {

using test::kSoon;
using test::TwoEnds;

void send_bytes(Shared& end, std::vector<char> bytes) {
  Deadline deadline(kSoon);
  ASSERT_EQ(end.link.wait([&] { return end.link.sender().frame_free(); }, deadline), Woken::kReady);
  end.writer.begin({}, kSoon);
  char* data = bytes.data();
  auto count = static_cast<u_int>(bytes.size());
  ASSERT_TRUE(xdr_bytes(end.writer.xdr(), &data, &count, ~0u));
  end.writer.finish();
}

std::vector<char> receive_bytes(Shared& end) {
  Deadline deadline(kSoon);
  EXPECT_EQ(end.link.wait([&] { return end.link.receiver().ready(); }, deadline), Woken::kReady);
  EXPECT_EQ(end.reader.peek(), MessageReader::Next::kMessage);
  end.reader.open(kSoon);
  char* data = nullptr;
  u_int count = 0;
  EXPECT_TRUE(xdr_bytes(end.reader.xdr(), &data, &count, ~0u));
  std::vector<char> bytes(data, data + count);
  std::free(data);
  end.reader.close();
  return bytes;
}

std::vector<char> pattern(std::size_t count) {
  std::vector<char> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 31 + count);
  return bytes;
}

// A message that has to go whole is published, or kept as it was encoded.
TEST(Whole, IsPublishedOrKept) {
  TwoEnds ends;
  for (const std::size_t size : {0, 400, 500, 4000, 4096, 5000, 100'000, 250'000, 300'000, 1'000'000}) {
    SCOPED_TRACE(size);
    const std::vector<char> sent = pattern(size);
    MessageWriter& writer = ends.left->writer;
    writer.begin({}, kSoon, false, true);
    char* data = const_cast<char*>(sent.data());
    auto count = static_cast<u_int>(size);
    ASSERT_TRUE(xdr_bytes(writer.xdr(), &data, &count, ~0u));
    EXPECT_EQ(XDR_GETPOS(writer.xdr()), (size + 7) / 4 * 4);
    if (writer.finish()) {
      EXPECT_EQ(receive_bytes(*ends.right), sent);
    } else {
      EXPECT_GT(size, 200'000u) << "there was room";
      const std::vector<unsigned char> kept = writer.take_kept();
      ASSERT_EQ(kept.size(), (size + 7) / 4 * 4);
      EXPECT_EQ(std::memcmp(kept.data() + 4, sent.data(), size), 0);
    }
    EXPECT_TRUE(writer.take_kept().empty());
  }
}

class Echo : public testing::TestWithParam<unsigned> {};

TEST_P(Echo, ReturnsMessagesOfAllSizesUnchanged) {
  TwoEnds ends(GetParam());
  const std::vector<std::size_t> sizes = {0,    1,    3,     4,      496,    500,    501,       504,    505,
                                          4092, 4096, 4097,  8191,   65536,  262140, 262144,    262145, 1'000'003,
                                          7,    12,   99999, 262144, 300000, 2,      5'000'000, 5};
  std::thread peer([&] {
    for (std::size_t i = 0; i < sizes.size(); ++i) send_bytes(*ends.right, receive_bytes(*ends.right));
  });
  for (const std::size_t size : sizes) {
    send_bytes(*ends.left, pattern(size));
    EXPECT_EQ(receive_bytes(*ends.left), pattern(size)) << size;
  }
  peer.join();
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutSpinning, Echo, testing::Values(0u, 50u));

TEST(Message, BatchesArriveInOrderWhateverTheirSize) {
  TwoEnds ends;
  constexpr std::size_t kCount = 500;
  const auto size_of = [](std::size_t i) { return i % 7 == 3 ? 70'000 + i : i % 5 == 1 ? 2000 + i : i; };
  std::thread peer([&] {
    for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(receive_bytes(*ends.right), pattern(size_of(i))) << i;
  });
  for (std::size_t i = 0; i < kCount; ++i) send_bytes(*ends.left, pattern(size_of(i)));
  peer.join();
}

TEST(Message, ThatIsTakenBackBeforeAnythingWasPublishedLeavesNoTrace) {
  TwoEnds ends;
  ends.left->writer.begin({}, kSoon);
  u_int word = 1;
  ASSERT_TRUE(xdr_u_int(ends.left->writer.xdr(), &word));
  EXPECT_FALSE(ends.left->writer.abandon());
  EXPECT_FALSE(ends.right->link.receiver().ready());
  send_bytes(*ends.left, pattern(10));
  EXPECT_EQ(receive_bytes(*ends.right), pattern(10));
}

TEST(Message, ThatIsTakenBackHalfWayCannotBeDecodedAndTheNextOneCan) {
  TwoEnds ends;
  ends.left->writer.begin({}, kSoon);
  u_int count = 100'000;
  std::vector<char> half(50'000);
  ASSERT_TRUE(xdr_u_int(ends.left->writer.xdr(), &count));
  ASSERT_TRUE(xdr_opaque(ends.left->writer.xdr(), half.data(), static_cast<u_int>(half.size())));
  EXPECT_TRUE(ends.left->writer.abandon());
  send_bytes(*ends.left, pattern(3000));

  ASSERT_EQ(ends.right->reader.peek(), MessageReader::Next::kMessage);
  ends.right->reader.open(kSoon);
  char* data = nullptr;
  EXPECT_FALSE(xdr_bytes(ends.right->reader.xdr(), &data, &count, ~0u));
  std::free(data);
  ends.right->reader.close();
  EXPECT_EQ(receive_bytes(*ends.right), pattern(3000));
}

TEST(Message, IsGivenUpWhenThePeerDoesNotRead) {
  TwoEnds ends(0);
  std::vector<char> large(1'000'000);
  ends.left->writer.begin({}, 30'000'000);
  EXPECT_FALSE(xdr_opaque(ends.left->writer.xdr(), large.data(), static_cast<u_int>(large.size())));
  EXPECT_TRUE(ends.left->writer.has_failed());
  EXPECT_THROW(ends.left->writer.finish(), RpcError);
}

TEST(Waiting, EndsWhenThePeerIsGone) {
  TwoEnds ends(0);
  std::thread peer([&] { ends.right.reset(); });
  Deadline deadline(kSoon);
  EXPECT_THROW(ends.left->link.wait([&] { return ends.left->link.receiver().ready(); }, deadline), RpcError);
  peer.join();
}

TEST(Waiting, EndsAtTheDeadline) {
  TwoEnds ends(0);
  Deadline deadline(5'000'000);
  EXPECT_EQ(ends.left->link.wait([] { return false; }, deadline), Woken::kTimeout);
}

TEST(Waiting, OfASleeperCostsTheSenderOneRing) {
  TwoEnds ends(0);
  ends.right->link.sleeper().lie_down();
  for (int i = 0; i < 10; ++i) send_bytes(*ends.left, pattern(4));
  EXPECT_EQ(ends.left_counters.doorbells.get(), 1u);
  ends.right->link.sleeper().lie_down();
  send_bytes(*ends.left, pattern(4));
  EXPECT_EQ(ends.left_counters.doorbells.get(), 2u);
}

// Position, rewriting and inline pieces, as RPCSEC_GSS and rpcgen's inline code use them.
TEST(Stream, TakesBackAndFillsInWhatIsStillStaged) {
  TwoEnds ends;
  XDR* xdrs = ends.left->writer.xdr();
  ends.left->writer.begin({}, kSoon);
  u_int word = 1;
  ASSERT_TRUE(xdr_u_int(xdrs, &word));
  const u_int at = XDR_GETPOS(xdrs);
  ASSERT_TRUE(xdr_u_int(xdrs, &word));
  ASSERT_TRUE(XDR_SETPOS(xdrs, at));
  auto* there = XDR_INLINE(xdrs, 8);
  ASSERT_NE(there, nullptr);
  there[0] = static_cast<std::int32_t>(htonl(22));
  there[1] = static_cast<std::int32_t>(htonl(33));
  ends.left->writer.finish();

  ASSERT_TRUE(ends.right->link.receiver().ready());
  ends.right->reader.open(kSoon);
  XDR* in = ends.right->reader.xdr();
  for (const u_int expected : {1u, 22u, 33u}) {
    ASSERT_TRUE(xdr_u_int(in, &word));
    EXPECT_EQ(word, expected);
  }
  EXPECT_FALSE(xdr_u_int(in, &word));
}

template <typename T>
void expect_same_bytes_as_stock(xdrproc_t element, std::vector<T> values) {
  const auto encode = [&](auto* array) {
    std::vector<char> bytes(values.size() * 8 + 64);
    XDR xdr{};
    xdrmem_create(&xdr, bytes.data(), static_cast<u_int>(bytes.size()), XDR_ENCODE);
    auto* at = reinterpret_cast<char*>(values.data());
    auto count = static_cast<u_int>(values.size());
    EXPECT_TRUE(array(&xdr, &at, &count, ~0u, sizeof(T), element));
    bytes.resize(XDR_GETPOS(&xdr));
    return bytes;
  };
  std::vector<char> fast = encode(placement::xdr_array_fast);
  EXPECT_EQ(fast, encode(::xdr_array));
  XDR xdr{};
  xdrmem_create(&xdr, fast.data(), static_cast<u_int>(fast.size()), XDR_DECODE);
  char* decoded = nullptr;
  u_int count = 0;
  ASSERT_TRUE(placement::xdr_array_fast(&xdr, &decoded, &count, ~0u, sizeof(T), element));
  ASSERT_EQ(count, values.size());
  EXPECT_EQ(std::memcmp(decoded, values.data(), count * sizeof(T)), 0);
  std::free(decoded);
}

TEST(Arrays, InBulkHaveTheSameBytesAsOneByOne) {
  expect_same_bytes_as_stock<int>(as_xdrproc(xdr_int), {1, -2, 0x7fffffff, 0});
  expect_same_bytes_as_stock<double>(as_xdrproc(xdr_double), std::vector<double>(3000, -1.5e300));
  expect_same_bytes_as_stock<float>(as_xdrproc(xdr_float), {1.25f, -0.0f});
  expect_same_bytes_as_stock<std::int64_t>(as_xdrproc(xdr_hyper), {-1, 1, INT64_MIN});
  expect_same_bytes_as_stock<short>(as_xdrproc(xdr_short), {-1, 300});
  expect_same_bytes_as_stock<char>(as_xdrproc(xdr_char), {'a', -1});
}

// Each length goes another way by whole vectors and what is left of one.
TEST(Arrays, OfAnyLengthHaveTheSameBytesAsOneByOne) {
  for (std::size_t count = 1; count <= 40; ++count) {
    std::vector<u_int> words(count);
    std::vector<std::uint64_t> longs(count);
    for (std::size_t i = 0; i < count; ++i) {
      words[i] = static_cast<u_int>(i * 0x01020305u + 0x89abcdefu);
      longs[i] = i * 0x0102030405060709u + 0x8899aabbccddeeffu;
    }
    expect_same_bytes_as_stock(as_xdrproc(xdr_u_int), words);
    expect_same_bytes_as_stock(as_xdrproc(xdr_u_hyper), longs);
  }
}

TEST(Arrays, RefuseMoreElementsThanTheirBound) {
  char bytes[4] = {0, 0, 0, 5};
  XDR xdr{};
  xdrmem_create(&xdr, bytes, sizeof bytes, XDR_DECODE);
  char* decoded = nullptr;
  u_int count = 0;
  EXPECT_FALSE(placement::xdr_array_fast(&xdr, &decoded, &count, 4, 4, as_xdrproc(xdr_int)));
  EXPECT_EQ(decoded, nullptr);
}

}  // namespace
}  // namespace vmrpc::association
