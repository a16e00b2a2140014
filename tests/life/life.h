/* SPDX-License-Identifier: BSD-3-Clause */
/* The suites of the life cycle test and what they share. */
#ifndef LIFE_H
#define LIFE_H

#include <CUnit/CUnit.h>

#include "../support/service.h"
#include "../support/traffic.h"

extern CU_TestInfo destroy_tests[], fork_tests[], limit_tests[], root_tests[], server_tests[],
    signal_tests[], thread_tests[];

struct service start_service(void);
/* A handle, over shared memory when this program is linked with libvmrpc. */
CLIENT* connect_upgraded(const struct service* service);
/* A call that answers in a known way. */
bool works(CLIENT* clnt);
/* Runs body in a process of its own and returns its status, -1 when it does not end. */
int run_apart(int (*body)(int channel, const void* arg), const void* arg);

#endif
