// SPDX-License-Identifier: BSD-3-Clause
// What is known of registered services, and when libtirpc is asked instead.
#include <gtest/gtest.h>

#include "server/services.hpp"

namespace vmrpc::server {
namespace {

constexpr rpcprog_t kProgram = 0x20000001;

void one(svc_req*, SVCXPRT*) {}
void another(svc_req*, SVCXPRT*) {}

struct Services : testing::Test {
  ~Services() override { forget_service(kProgram, 1), forget_service(kProgram, 2); }
  KnownService known;
};

TEST_F(Services, AnUnknownOneIsLeftToLibtirpc) { EXPECT_EQ(known.find(kProgram, 1), nullptr); }

TEST_F(Services, ARegisteredOneIsKnownByVersion) {
  note_service(kProgram, 1, one);
  note_service(kProgram, 2, another);
  EXPECT_EQ(known.find(kProgram, 1), one);
  EXPECT_EQ(known.find(kProgram, 2), another);
  EXPECT_EQ(known.find(kProgram, 1), one);
}

TEST_F(Services, OneThatComesLaterIsSeen) {
  ASSERT_EQ(known.find(kProgram, 1), nullptr);
  note_service(kProgram, 1, one);
  EXPECT_EQ(known.find(kProgram, 1), one);
}

TEST_F(Services, OneThatWasDroppedIsNotKnownAnyMore) {
  note_service(kProgram, 1, one);
  ASSERT_EQ(known.find(kProgram, 1), one);
  forget_service(kProgram, 1);
  EXPECT_EQ(known.find(kProgram, 1), nullptr);
}

TEST_F(Services, ForTheSameRoutineOnAnotherNetidNothingChanges) {
  note_service(kProgram, 1, one);
  note_service(kProgram, 1, one);
  EXPECT_EQ(known.find(kProgram, 1), one);
}

TEST_F(Services, WithTwoRoutinesLibtirpcDecidesUntilBothAreDropped) {
  note_service(kProgram, 1, one);
  note_service(kProgram, 1, another);
  EXPECT_EQ(known.find(kProgram, 1), nullptr);
  note_service(kProgram, 1, another);
  EXPECT_EQ(known.find(kProgram, 1), nullptr);
  forget_service(kProgram, 1);
  note_service(kProgram, 1, another);
  EXPECT_EQ(known.find(kProgram, 1), another);
}

}  // namespace
}  // namespace vmrpc::server
