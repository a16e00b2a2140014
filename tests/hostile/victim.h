/* SPDX-License-Identifier: BSD-3-Clause */
/* What the hostile tests call: a service that takes and makes a list of linked values, which are placed. */
#ifndef HOSTILE_VICTIM_H
#define HOSTILE_VICTIM_H

#include <rpc/rpc.h>

#include "../support/address.h"

/* rpc/vm_types.h explains its map. */
struct value {
  u_int n_numbers;
  u_int* numbers;
  char* label;
  struct value* next;
};
bool_t xdr_value(XDR* xdrs, struct value* value);
/* Never placed: what does not fit in a frame goes through the stream. */
bool_t xdr_encoded_value(XDR* xdrs, struct value* value);

#define HOSTILE_PROG 0x20560010

/* How the arguments are received: the version chooses. */
enum hostile_version { HOSTILE_COPY = 1, HOSTILE_SPINE = 2, HOSTILE_IN_PLACE = 3 };
enum hostile_proc {
  HOSTILE_NULL,
  HOSTILE_SUM,  /* value -> u_int, of all numbers, labels' lengths and values */
  HOSTILE_MAKE, /* u_int n -> n linked values */
  HOSTILE_SUM_ENCODED, /* the same, never placed */
  HOSTILE_MAKE_ENCODED,
};

/* Whom HOSTILE_IN_PLACE believes: all that may be at the other end. */
#define HOSTILE_TRUST "uid:0,uid:65534,same-uid,domid:0,domid:1,domid:2,domid:3,domid:4"

u_int sum_of(const struct value* value);
/* Values of 600 numbers each, so that they do not fit in a frame. */
void make_values(struct value* values, u_int count);
#define HOSTILE_MOST_VALUES 8
#define HOSTILE_NUMBERS 600

/* Serves over IPv4 and tells the address over the channel. The hook is called before each HOSTILE_MAKE is
 * answered: when it returns TRUE, the answer was its own business. */
typedef bool_t (*hostile_hook)(void);
int hostile_serve(int channel, hostile_hook hook);

#endif
