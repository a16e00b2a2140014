/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs a process up to a given number of system calls: that is how tests cut at each step. */
#ifndef STRESS_STEPPER_H
#define STRESS_STEPPER_H

#include <stdbool.h>
#include <sys/types.h>

/* For the process to be stepped, before anything that counts: waits for stepper_attach(). */
void stepper_offer(void);

/*
 * Lets a process that has offered itself run until it enters or leaves a system call for the n-th
 * time and keeps it stopped there; FALSE when it sleeps in one or ends before. `watched` is a
 * descriptor: when it becomes readable, there are no more steps to come.
 */
bool stepper_run(pid_t pid, unsigned n, int watched);

#endif
