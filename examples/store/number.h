/*
 * SPDX-License-Identifier: BSD-3-Clause
 * Numbers on the command line.
 */
#ifndef STORE_NUMBER_H
#define STORE_NUMBER_H

#include <stdint.h>

/* Ends the program with a message and status 2 when text is no number from min to max. */
uint64_t number(const char* text, uint64_t min, uint64_t max);

#endif
