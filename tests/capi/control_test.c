/* SPDX-License-Identifier: BSD-3-Clause */
/* clnt_control and SVC_CONTROL: every request that a connection knows. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static bool control(u_int request, void* info) {
  return clnt_control(clnt, request, (char*)info) != FALSE;
}

static bool fd_is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

static int fd_of_client(void) {
  int fd = -1;
  CU_ASSERT(control(CLGET_FD, &fd));
  return fd;
}

static void fd_is_the_connection(void) {
  struct address peer = {0};
  peer.length = sizeof peer.socket;
  CU_ASSERT_EQUAL(getpeername(fd_of_client(), (struct sockaddr*)&peer.socket, &peer.length), 0);
  CU_ASSERT_EQUAL(peer.length, service.address.length);
  CU_ASSERT_EQUAL(memcmp(&peer.socket, &service.address.socket, peer.length), 0);
}

static void addresses_are_the_servers(void) {
  struct sockaddr_storage by_value = {0};
  struct netbuf by_netbuf = {0};
  CU_ASSERT(control(CLGET_SERVER_ADDR, &by_value));
  CU_ASSERT_EQUAL(memcmp(&by_value, &service.address.socket, service.address.length), 0);
  CU_ASSERT(control(CLGET_SVC_ADDR, &by_netbuf));
  CU_ASSERT_EQUAL(by_netbuf.len, service.address.length);
  CU_ASSERT_EQUAL(memcmp(by_netbuf.buf, &service.address.socket, by_netbuf.len), 0);
}

static void the_address_cannot_be_set(void) {
  struct netbuf address = {sizeof service.address.socket, service.address.length,
                           &service.address.socket};
  CU_ASSERT(!control(CLSET_SVC_ADDR, &address));
}

static void destroy_closes_the_fd_when_told(void) {
  int fd = fd_of_client();
  CU_ASSERT(control(CLSET_FD_CLOSE, NULL));
  clnt_destroy(clnt);
  clnt = NULL;
  CU_ASSERT(!fd_is_open(fd));
}

static void destroy_leaves_the_fd_when_told(void) {
  int fd = fd_of_client();
  CU_ASSERT(control(CLSET_FD_NCLOSE, NULL));
  clnt_destroy(clnt);
  clnt = NULL;
  CU_ASSERT(fd_is_open(fd));
  close(fd);
}

static void a_later_handle_continues_on_the_fd(void) {
  struct netbuf address = {sizeof service.address.socket, service.address.length,
                           &service.address.socket};
  for (int i = 0; i < 3; i++) {
    int fd = fd_of_client();
    CU_ASSERT(control(CLSET_FD_NCLOSE, NULL));
    clnt_destroy(clnt);
    clnt = clnt_vc_create(fd, &address, SERVICE_PROG, SERVICE_VERS, 0, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(clnt);
    CU_ASSERT(control(CLSET_FD_CLOSE, NULL));
    for (int j = 0; j < 10; j++) assert_works(clnt);
  }
}

static u_int32_t xid_of_last_call(void) {
  u_int32_t xid = 0;
  CU_ASSERT(control(CLGET_XID, &xid));
  return xid;
}

/* libtirpc keeps the number one higher until the call counts it down. */
static void the_xid_of_the_next_call_can_be_set(void) {
  u_int32_t set = 0x12345678;
  CU_ASSERT(control(CLSET_XID, &set));
  CU_ASSERT_EQUAL(xid_of_last_call(), set + 1);
  assert_works(clnt);
  CU_ASSERT_NOT_EQUAL(xid_of_last_call(), set + 1);
}

static void each_call_has_an_xid_of_its_own(void) {
  u_int32_t xids[50];
  for (size_t i = 0; i < 50; i++) {
    assert_works(clnt);
    xids[i] = xid_of_last_call();
    for (size_t j = 0; j < i; j++) CU_ASSERT_NOT_EQUAL(xids[i], xids[j]);
  }
}

static void an_xid_may_be_used_again(void) {
  u_int32_t xid = 77;
  for (u_int i = 1; i <= 5; i++) {
    CU_ASSERT(control(CLSET_XID, &xid));
    CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), i);
  }
}

static void xids_wrap(void) {
  static const u_int32_t edges[] = {0, 1, 0xfffffffe, 0xffffffff, 0x7fffffff, 0x00ffffff};
  u_int n = 0;
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    u_int32_t xid = edges[i];
    CU_ASSERT(control(CLSET_XID, &xid));
    for (int j = 0; j < 4; j++) CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), ++n);
  }
}

static void program_and_version_can_be_read(void) {
  u_int32_t prog = 0, vers = 0;
  CU_ASSERT(control(CLGET_PROG, &prog));
  CU_ASSERT(control(CLGET_VERS, &vers));
  CU_ASSERT_EQUAL(prog, SERVICE_PROG);
  CU_ASSERT_EQUAL(vers, SERVICE_VERS);
}

static void assert_calls_program(u_int32_t prog, u_int32_t vers) {
  CU_ASSERT(control(CLSET_PROG, &prog));
  CU_ASSERT(control(CLSET_VERS, &vers));
  CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_PROGRAM), prog * 16 + vers);
}

static void program_and_version_can_be_changed(void) {
  struct traffic before = mark(clnt);
  assert_calls_program(SERVICE_OTHER_PROG, SERVICE_VERS);
  assert_calls_program(SERVICE_PROG, SERVICE_LATER_VERS);
  assert_calls_program(SERVICE_PROG, SERVICE_VERS);
  assert_shared_calls(clnt, before, 3);
}

static void unknown_requests_are_refused(void) {
  int value = 1;
  CU_ASSERT(!control(CLSET_RETRY_TIMEOUT, &value));
  CU_ASSERT(!control(CLGET_RETRY_TIMEOUT, &value));
  CU_ASSERT(!control(CLSET_CONNECT, &value));
  CU_ASSERT(!control(CLSET_ASYNC, &value));
  CU_ASSERT(!control(12345, &value));
  CU_ASSERT(!control(CLSET_TIMEOUT, NULL));
  CU_ASSERT(!control(CLGET_FD, NULL));
  assert_works(clnt);
}

CU_TestInfo control_tests[] = {
    {"CLGET_FD is the connection to the server", fd_is_the_connection},
    {"CLGET_SERVER_ADDR and CLGET_SVC_ADDR are the server's address", addresses_are_the_servers},
    {"CLSET_SVC_ADDR is refused", the_address_cannot_be_set},
    {"CLSET_FD_CLOSE lets clnt_destroy close the connection", destroy_closes_the_fd_when_told},
    {"CLSET_FD_NCLOSE lets clnt_destroy leave the connection open",
     destroy_leaves_the_fd_when_told},
    {"a later handle continues on the connection of an earlier one",
     a_later_handle_continues_on_the_fd},
    {"CLSET_XID sets the XID that the next call counts down from",
     the_xid_of_the_next_call_can_be_set},
    {"each call has an XID of its own", each_call_has_an_xid_of_its_own},
    {"calls with the same XID each run", an_xid_may_be_used_again},
    {"XIDs wrap at both ends", xids_wrap},
    {"CLGET_PROG and CLGET_VERS tell the program", program_and_version_can_be_read},
    {"CLSET_PROG and CLSET_VERS change the program of later calls",
     program_and_version_can_be_changed},
    {"requests that a connection does not know are refused", unknown_requests_are_refused},
    CU_TEST_INFO_NULL,
};
