dnl SPDX-License-Identifier: BSD-3-Clause
dnl The files that config.status makes beside the Makefile: one line each.
