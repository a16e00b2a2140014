dnl SPDX-License-Identifier: BSD-3-Clause
dnl The files that config.status makes beside the Makefile: one line each.
AC_CONFIG_FILES([compat/vmrpc.pc compat/libtirpc.pc])
