/* SPDX-License-Identifier: BSD-3-Clause */
/* The suites of the stress test and what they share. */
#ifndef STRESS_H
#define STRESS_H

#include <CUnit/CUnit.h>

#include "../support/service.h"
#include "../support/traffic.h"

extern CU_TestInfo cut_tests[], leak_tests[], leave_tests[], mixture_tests[], refusal_tests[];

/* A handle over shared memory, when this program is linked with libvmrpc. */
CLIENT* connect_upgraded(const struct service* service);
struct service start_on(int family);

#endif
