/* SPDX-License-Identifier: BSD-3-Clause */
/* client PORT: every procedure of calls.x through its stub, and what a server must refuse. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "styles.h"

#define EXPECT(condition)                                             \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "client.c:%d: not %s\n", __LINE__, #condition); \
      exit(1);                                                        \
    }                                                                 \
  } while (0)

/* CALL(result, procedure, variable, client): the result by either kind of stub, or an exit. */
#ifdef MT_SAFE
#define CALL(result, procedure, variable, client) \
  EXPECT(procedure(PASS(variable), &(result), client) == RPC_SUCCESS)
#else
#define CALL(result, procedure, variable, client)       \
  do {                                                  \
    void* returned = procedure(PASS(variable), client); \
    EXPECT(returned != NULL);                           \
    memcpy(&(result), returned, sizeof(result));        \
  } while (0)
#endif

static CLIENT* connect_to(const char* port, rpcprog_t program, rpcvers_t version) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int descriptor = RPC_ANYSOCK;
  CLIENT* client;
  address.sin_port = htons((in_port_t)atoi(port));
  client = clnttcp_create(&address, program, version, &descriptor, 0, 0);
  if (client == NULL) {
    clnt_pcreateerror("client");
    exit(1);
  }
  return client;
}

static void call_scalars(CLIENT* client) {
  int number = -21, doubled = 0;
  char *name = (char*)"world", *greeting = NULL;
  bool_t truth = TRUE, negated = TRUE;
  pair given = {1, -2}, swapped = {0, 0};
  CALL(doubled, calls_double_1, number, client);
  EXPECT(doubled == -42);
  CALL(greeting, calls_greet_1, name, client);
  EXPECT(strcmp(greeting, "hello, world") == 0);
  CALL(negated, calls_not_1, truth, client);
  EXPECT(negated == FALSE);
  CALL(swapped, calls_swap_1, given, client);
  EXPECT(swapped.first == -2 && swapped.second == 1);
}

/* An array as result is reached by a pointer to its first element. */
static void call_for_an_array(CLIENT* client) {
  int first = 7;
#ifdef MT_SAFE
  trio counted = {0, 0, 0};
  EXPECT(calls_count_from_1(PASS(first), counted, client) == RPC_SUCCESS);
#else
  int* counted = calls_count_from_1(PASS(first), client);
  EXPECT(counted != NULL);
#endif
  EXPECT(counted[0] == 7 && counted[1] == 8 && counted[2] == 9);
}

static void call_lists(CLIENT* client) {
  item last = {(char*)"last", NULL}, middle = {(char*)"middle", &last},
       first = {(char*)"", &middle};
  items list = &first;
  outcome result;
  memset(&result, 0, sizeof result);
  CALL(result, calls_reverse_1, list, client);
  EXPECT(result.status == 0);
  EXPECT(strcmp(result.outcome_u.reversed->name, "last") == 0);
  EXPECT(strcmp(result.outcome_u.reversed->next->name, "middle") == 0);
  EXPECT(strcmp(result.outcome_u.reversed->next->next->name, "") == 0);
  EXPECT(result.outcome_u.reversed->next->next->next == NULL);
  list = NULL;
  memset(&result, 0, sizeof result);
  CALL(result, calls_reverse_1, list, client);
  EXPECT(result.status == 1);
}

#ifdef BY_VALUE
static void call_with_many_arguments(CLIENT* client) {
#ifdef MT_SAFE
  int difference = 0;
  char* piece = NULL;
  EXPECT(calls_subtract_1(7, 10, &difference, client) == RPC_SUCCESS && difference == -3);
  EXPECT(calls_cut_1((char*)"drop the rest", 5, 3, &piece, client) == RPC_SUCCESS &&
         strcmp(piece, "the") == 0);
#else
  int* difference = calls_subtract_1(7, 10, client);
  char** piece = calls_cut_1((char*)"drop the rest", 5, 3, client);
  EXPECT(difference != NULL && *difference == -3);
  EXPECT(piece != NULL && strcmp(*piece, "the") == 0);
#endif
}
#endif

#ifndef MT_SAFE
/* The result of a stub without -M is one static object, which the next call overwrites. */
static void results_are_static(CLIENT* client) {
  int three = 3, four = 4;
  int* first = calls_double_1(PASS(three), client);
  int* second = calls_double_1(PASS(four), client);
  EXPECT(first == second && *first == 8);
}
#endif

static void call_without_arguments(CLIENT* client, CLIENT* other) {
#ifdef MT_SAFE
  u_int served = 0;
  char nothing = 0;
#ifdef BY_VALUE
  EXPECT(calls_nothing_1(&nothing, client) == RPC_SUCCESS);
  EXPECT(other_count_1(&served, other) == RPC_SUCCESS);
#else
  EXPECT(calls_nothing_1(NULL, &nothing, client) == RPC_SUCCESS);
  EXPECT(other_count_1(NULL, &served, other) == RPC_SUCCESS);
#endif
  EXPECT(served > 0);
#else
  u_int* served;
#ifdef BY_VALUE
  EXPECT(calls_nothing_1(client) != NULL);
  served = other_count_1(other);
#else
  EXPECT(calls_nothing_1(NULL, client) != NULL);
  served = other_count_1(NULL, other);
#endif
  EXPECT(served != NULL && *served > 0);
#endif
}

static void call_second_version(CLIENT* client) {
  int some[] = {1, 20, 2000000000, 2000000000};
  numbers given = {4, some};
  quad_t sum = 0;
  CALL(sum, calls_sum_2, given, client);
  EXPECT(sum == 4000000021);
}

static enum clnt_stat raw_call(CLIENT* client, rpcproc_t procedure, xdrproc_t xdr_argument,
                               void* argument) {
  const struct timeval timeout = {25, 0};
  int ignored = 0;
  return clnt_call(client, procedure, xdr_argument, argument, (xdrproc_t)xdr_int, &ignored,
                   timeout);
}

static void servers_refuse(CLIENT* client, CLIENT* wrong_version) {
  int number = 5;
  EXPECT(raw_call(client, 99, (xdrproc_t)xdr_int, &number) == RPC_PROCUNAVAIL);
  EXPECT(raw_call(client, CALLS_SWAP, (xdrproc_t)xdr_int, &number) == RPC_CANTDECODEARGS);
  EXPECT(raw_call(wrong_version, CALLS_DOUBLE, (xdrproc_t)xdr_int, &number) ==
         RPC_PROGVERSMISMATCH);
}

int main(int argc, char** argv) {
  CLIENT *one, *two, *other, *wrong;
  EXPECT(argc == 2);
  one = connect_to(argv[1], CALLS_PROG, CALLS_ONE);
  two = connect_to(argv[1], CALLS_PROG, CALLS_TWO);
  other = connect_to(argv[1], OTHER_PROG, OTHER_ONE);
  wrong = connect_to(argv[1], CALLS_PROG, 3);
  call_scalars(one);
  call_for_an_array(one);
  call_lists(one);
#ifdef BY_VALUE
  call_with_many_arguments(one);
#endif
#ifndef MT_SAFE
  results_are_static(one);
#endif
  call_without_arguments(one, other);
  call_second_version(two);
  servers_refuse(one, wrong);
  clnt_destroy(one);
  clnt_destroy(two);
  clnt_destroy(other);
  clnt_destroy(wrong);
  return 0;
}
