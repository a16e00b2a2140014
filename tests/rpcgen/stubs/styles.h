/* SPDX-License-Identifier: BSD-3-Clause */
/* The signatures that rpcgen's options give to stubs: BY_VALUE for -N, MT_SAFE for -M. */
#ifndef VMRPC_TESTS_STUBS_STYLES_H
#define VMRPC_TESTS_STUBS_STYLES_H

#ifdef BY_VALUE
#define ARGUMENT(type) type
#define VALUE_OF(argument) (argument)
#define PASS(variable) (variable)
#else
#define ARGUMENT(type) type*
#define VALUE_OF(argument) (*(argument))
#define PASS(variable) (&(variable))
#endif

#endif
