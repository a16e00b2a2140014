/* SPDX-License-Identifier: BSD-3-Clause */
/* What calls carry: sizes, preset results, releasing, batches and their order. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const struct timeval no_wait = {0, 0};

static struct service_bytes payload(u_int seed, u_int nbytes) {
  struct service_bytes bytes = {malloc((size_t)nbytes + 1), nbytes};
  if (bytes.data == NULL) die("no memory for a payload");
  for (u_int i = 0; i < nbytes; i++) bytes.data[i] = service_pattern(seed, i);
  return bytes;
}

static void assert_echoed(u_int seed, u_int nbytes) {
  struct service_bytes sent = payload(seed, nbytes);
  struct service_bytes got = {0};
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_ECHO, (xdrproc_t)xdr_service_bytes, &sent,
                               (xdrproc_t)xdr_service_bytes, &got),
                  RPC_SUCCESS);
  CU_ASSERT_EQUAL_FATAL(got.nbytes, nbytes);
  CU_ASSERT(nbytes == 0 || memcmp(got.data, sent.data, nbytes) == 0);
  CU_ASSERT_EQUAL(clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &got), TRUE);
  CU_ASSERT_PTR_NULL(got.data);
  free(sent.data);
}

static void small_sizes_come_back(void) {
  struct traffic before = mark(clnt);
  for (u_int nbytes = 0; nbytes <= 70; nbytes++) assert_echoed(nbytes, nbytes);
  assert_shared_calls(clnt, before, 71);
}

static void sizes_around_page_and_fragment_limits_come_back(void) {
  static const u_int middle[] = {4000, 4096, 8192, 9000, 65536, 131072, 262144, 1048576};
  for (size_t i = 0; i < sizeof middle / sizeof *middle; i++)
    for (u_int nbytes = middle[i] - 5; nbytes <= middle[i] + 5; nbytes++) assert_echoed(7, nbytes);
}

static void sixteen_mebibytes_come_back(void) {
  assert_echoed(1, 16 << 20);
  assert_echoed(2, (16 << 20) + 1);
  assert_echoed(3, 1);
}

static void large_arguments_arrive(void) {
  struct service_bytes sent = payload(9, 5000001);
  u_int expected = 0, got = 0;
  for (u_int i = 0; i < sent.nbytes; i++) expected += (u_char)sent.data[i];
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_SUM, (xdrproc_t)xdr_service_bytes, &sent,
                               (xdrproc_t)xdr_u_int, &got),
                  RPC_SUCCESS);
  CU_ASSERT_EQUAL(got, expected);
  free(sent.data);
}

static void fill_into(struct service_bytes* result, u_int nbytes) {
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_FILL, (xdrproc_t)xdr_u_int, &nbytes,
                               (xdrproc_t)xdr_service_bytes, result),
                  RPC_SUCCESS);
  CU_ASSERT_EQUAL_FATAL(result->nbytes, nbytes);
  for (u_int i = 0; i < nbytes; i++)
    if (result->data[i] != service_pattern(nbytes, i)) {
      CU_FAIL("a byte of the result is wrong");
      return;
    }
}

static void large_results_arrive(void) {
  struct service_bytes result = {0};
  fill_into(&result, 5000003);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &result);
}

static void a_preset_result_pointer_is_filled(void) {
  static const u_int sizes[] = {100, 5000, 200000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char* own = calloc(1, sizes[i] + 1);
    struct service_bytes result = {own, sizes[i]};
    fill_into(&result, sizes[i]);
    CU_ASSERT_PTR_EQUAL(result.data, own);
    CU_ASSERT_EQUAL(own[sizes[i]], 0);
    free(own);
  }
}

static void results_stay_valid_after_later_calls(void) {
  struct service_bytes first = {0}, second = {0};
  fill_into(&first, 3000);
  fill_into(&second, 3001);
  assert_works(clnt);
  for (u_int i = 0; i < first.nbytes; i++)
    if (first.data[i] != service_pattern(3000, i)) {
      CU_FAIL("a later call changed an earlier result");
      break;
    }
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &first);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &second);
}

static void results_stay_valid_after_the_handle(void) {
  struct service_bytes result = {0};
  fill_into(&result, 10000);
  clnt_destroy(clnt);
  clnt = NULL;
  service_end(&service);
  CU_ASSERT_EQUAL(result.data[9999], service_pattern(10000, 9999));
  xdr_free((xdrproc_t)xdr_service_bytes, &result);
}

static enum clnt_stat send_note(u_int serial) {
  return clnt_call(clnt, SERVICE_NOTE, (xdrproc_t)xdr_u_int, (char*)&serial, NULL, NULL, no_wait);
}

static enum clnt_stat send_note_bytes(u_int serial, u_int nbytes) {
  struct service_bytes bytes = payload(serial, nbytes);
  memcpy(bytes.data, &serial, sizeof serial);
  enum clnt_stat stat = clnt_call(clnt, SERVICE_NOTE_BYTES, (xdrproc_t)xdr_service_bytes,
                                  (char*)&bytes, NULL, NULL, no_wait);
  free(bytes.data);
  return stat;
}

/* The serials must be 0, 1, 2 ... n - 1. The call that asks for them flushes the batch. */
static void assert_notes(u_int n) {
  struct service_bytes got = {0};
  CU_ASSERT_EQUAL(
      service_call(clnt, SERVICE_NOTES, XDR_NOTHING, NULL, (xdrproc_t)xdr_service_bytes, &got),
      RPC_SUCCESS);
  CU_ASSERT_EQUAL_FATAL(got.nbytes, n * sizeof(u_int));
  CU_ASSERT_EQUAL(service_notes_in_order(&got), n);
  clnt_freeres(clnt, (xdrproc_t)xdr_service_bytes, &got);
}

static void batched_calls_run_in_order(void) {
  for (u_int i = 0; i < 1000; i++) CU_ASSERT_EQUAL(send_note(i), RPC_SUCCESS);
  assert_notes(1000);
}

static void batched_calls_and_a_flush_repeat(void) {
  for (int round = 0; round < 50; round++) {
    for (u_int i = 0; i < 10; i++) CU_ASSERT_EQUAL(send_note(i), RPC_SUCCESS);
    assert_notes(10);
  }
}

static void batched_calls_of_all_sizes_run_in_order(void) {
  static const u_int sizes[] = {4, 300000, 40, 9000, 2000000, 4, 70000};
  u_int serial = 0;
  for (int round = 0; round < 10; round++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
      CU_ASSERT_EQUAL(send_note_bytes(serial++, sizes[i]), RPC_SUCCESS);
  assert_notes(serial);
}

static void a_second_reply_is_ignored(void) {
  for (u_int i = 0; i < 20; i++) {
    u_int sent = i * 100, got = 0;
    CU_ASSERT_EQUAL(
        service_call(clnt, SERVICE_TWICE, (xdrproc_t)xdr_u_int, &sent, (xdrproc_t)xdr_u_int, &got),
        RPC_SUCCESS);
    CU_ASSERT_EQUAL(got, sent);
  }
  assert_works(clnt);
}

static void calls_run_once_each(void) {
  for (u_int i = 1; i <= 500; i++) CU_ASSERT_EQUAL(call_u_int(clnt, SERVICE_COUNT), i);
}

CU_TestInfo call_tests[] = {
    {"payloads of 0 to 70 bytes come back as sent", small_sizes_come_back},
    {"payloads around the limits of buffers come back as sent",
     sizes_around_page_and_fragment_limits_come_back},
    {"payloads of 16 MiB come back as sent", sixteen_mebibytes_come_back},
    {"a large argument arrives whole", large_arguments_arrive},
    {"a large result arrives whole", large_results_arrive},
    {"a result pointer that the caller preset is kept and filled",
     a_preset_result_pointer_is_filled},
    {"results stay valid over later calls", results_stay_valid_after_later_calls},
    {"results stay valid after clnt_destroy and the server's end",
     results_stay_valid_after_the_handle},
    {"a thousand batched calls run in order before the call that flushes them",
     batched_calls_run_in_order},
    {"batches and flushing calls alternate", batched_calls_and_a_flush_repeat},
    {"batched calls of all sizes run in order", batched_calls_of_all_sizes_run_in_order},
    {"a server's second reply to a call is ignored", a_second_reply_is_ignored},
    {"five hundred calls run five hundred times", calls_run_once_each},
    CU_TEST_INFO_NULL,
};
