/* SPDX-License-Identifier: BSD-3-Clause */
/* The procedures of calls.x, in each of rpcgen's styles; prints the port of a TCP socket and
 * serves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "dispatch.h"
#include "styles.h"

/* SERVE(procedure, argument type, result type) gives compute_PROCEDURE(argument, &result) rpcgen's
 * signature. Without -M the result is the procedure's own and released at its next call. */
#ifdef MT_SAFE
#define SERVE(procedure, Argument, Result)                                                    \
  bool_t procedure##_svc(ARGUMENT(Argument) argument, Result* result, struct svc_req* call) { \
    (void)call;                                                                               \
    memset(result, 0, sizeof *result); /* stock's dispatcher leaves it unset */               \
    compute_##procedure(VALUE_OF(argument), result);                                          \
    return TRUE;                                                                              \
  }
#else
#define SERVE(procedure, Argument, Result)                                     \
  Result* procedure##_svc(ARGUMENT(Argument) argument, struct svc_req* call) { \
    static Result result;                                                      \
    (void)call;                                                                \
    compute_##procedure(VALUE_OF(argument), &result);                          \
    return &result;                                                            \
  }
#endif

static u_int calls_served;

static void compute_calls_double_1(int number, int* doubled) {
  calls_served++;
  *doubled = 2 * number;
}

static void compute_calls_greet_1(char* name, char** greeting) {
  calls_served++;
  free(*greeting);
  *greeting = malloc(strlen(name) + sizeof "hello, ");
  strcat(strcpy(*greeting, "hello, "), name);
}

static void compute_calls_swap_1(pair given, pair* swapped) {
  calls_served++;
  swapped->first = given.second;
  swapped->second = given.first;
}

static void compute_calls_reverse_1(items list, outcome* result) {
  calls_served++;
  xdr_free((xdrproc_t)xdr_outcome, (char*)result);
  memset(result, 0, sizeof *result);
  if (list == NULL) {
    result->status = 1;
    return;
  }
  for (; list != NULL; list = list->next) {
    item* copy = malloc(sizeof *copy);
    copy->name = strdup(list->name);
    copy->next = result->outcome_u.reversed;
    result->outcome_u.reversed = copy;
  }
}

static void compute_calls_not_1(bool_t given, bool_t* negated) {
  calls_served++;
  *negated = !given;
}

static void compute_calls_sum_2(numbers given, quad_t* sum) {
  calls_served++;
  *sum = 0;
  for (u_int i = 0; i < given.numbers_len; i++) *sum += given.numbers_val[i];
}

SERVE(calls_double_1, int, int)
SERVE(calls_greet_1, char*, char*)
SERVE(calls_swap_1, pair, pair)
SERVE(calls_reverse_1, items, outcome)
SERVE(calls_not_1, bool_t, bool_t)
SERVE(calls_sum_2, numbers, quad_t)

static void count_from(int first, int* numbers) {
  for (int i = 0; i < 3; i++) numbers[i] = first + i;
}
#ifdef MT_SAFE
bool_t calls_count_from_1_svc(ARGUMENT(int) first, int* result, struct svc_req* call) {
  (void)call;
  count_from(VALUE_OF(first), result);
  return TRUE;
}
#else
int* calls_count_from_1_svc(ARGUMENT(int) first, struct svc_req* call) {
  static trio result;
  (void)call;
  count_from(VALUE_OF(first), result);
  return result;
}
#endif

/* Procedures without arguments, or with several, differ too much for one macro. */
#ifdef MT_SAFE
#ifdef BY_VALUE
bool_t calls_nothing_1_svc(void* result, struct svc_req* call) {
#else
bool_t calls_nothing_1_svc(void* argument, void* result, struct svc_req* call) {
  (void)argument;
#endif
  (void)result;
  (void)call;
  calls_served++;
  return TRUE;
}

#ifdef BY_VALUE
bool_t other_count_1_svc(u_int* result, struct svc_req* call) {
#else
bool_t other_count_1_svc(void* argument, u_int* result, struct svc_req* call) {
  (void)argument;
#endif
  (void)call;
  *result = calls_served;
  return TRUE;
}

static int release(xdrproc_t xdr_result, caddr_t result) {
  xdr_free(xdr_result, result);
  return 1;
}
int calls_prog_1_freeresult(SVCXPRT* transport, xdrproc_t xdr_result, caddr_t result) {
  (void)transport;
  return release(xdr_result, result);
}
int calls_prog_2_freeresult(SVCXPRT* transport, xdrproc_t xdr_result, caddr_t result) {
  (void)transport;
  return release(xdr_result, result);
}
int other_prog_1_freeresult(SVCXPRT* transport, xdrproc_t xdr_result, caddr_t result) {
  (void)transport;
  return release(xdr_result, result);
}
#else
#ifdef BY_VALUE
void* calls_nothing_1_svc(struct svc_req* call) {
#else
void* calls_nothing_1_svc(void* argument, struct svc_req* call) {
  (void)argument;
#endif
  static char nothing;
  (void)call;
  calls_served++;
  return &nothing;
}

#ifdef BY_VALUE
u_int* other_count_1_svc(struct svc_req* call) {
#else
u_int* other_count_1_svc(void* argument, struct svc_req* call) {
  (void)argument;
#endif
  (void)call;
  return &calls_served;
}
#endif

#ifdef BY_VALUE
static char* cut(const char* text, u_int from, u_int length) {
  return strndup(text + from, length);
}
#ifdef MT_SAFE
bool_t calls_subtract_1_svc(int from, int what, int* result, struct svc_req* call) {
  (void)call;
  *result = from - what;
  return TRUE;
}
bool_t calls_cut_1_svc(char* text, u_int from, u_int length, char** result, struct svc_req* call) {
  (void)call;
  *result = cut(text, from, length);
  return TRUE;
}
#else
int* calls_subtract_1_svc(int from, int what, struct svc_req* call) {
  static int result;
  (void)call;
  result = from - what;
  return &result;
}
char** calls_cut_1_svc(char* text, u_int from, u_int length, struct svc_req* call) {
  static char* result;
  (void)call;
  free(result);
  result = cut(text, from, length);
  return &result;
}
#endif
#endif

#ifndef GENERATED_MAIN
int main(void) {
  SVCXPRT* transport = svctcp_create(RPC_ANYSOCK, 0, 0);
  if (transport == NULL || !svc_register(transport, CALLS_PROG, CALLS_ONE, calls_prog_1, 0) ||
      !svc_register(transport, CALLS_PROG, CALLS_TWO, calls_prog_2, 0) ||
      !svc_register(transport, OTHER_PROG, OTHER_ONE, other_prog_1, 0)) {
    fputs("server: cannot register\n", stderr);
    return 1;
  }
  printf("%d\n", transport->xp_port);
  fclose(stdout);
  svc_run();
  return 1;
}
#endif
