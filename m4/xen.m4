dnl SPDX-License-Identifier: BSD-3-Clause
dnl The xen transport needs the kernel's headers alone; whether there is a Xen is found out when a program runs.

AC_DEFUN([VMRPC_WITH_XEN], [
  AC_ARG_WITH([xen], [AS_HELP_STRING([--with-xen=auto|yes|no],
    [build the transport between domains of one Xen host @<:@auto@:>@])], [], [with_xen=auto])
  have_xen=no
  AS_IF([test "$with_xen" != no], [
    AC_CHECK_HEADERS([xen/evtchn.h xen/gntalloc.h xen/gntdev.h], [have_xen=yes], [have_xen=no; break],
      [[typedef unsigned int grant_ref_t; typedef unsigned short domid_t;]])
    AS_IF([test "$with_xen" = yes && test $have_xen = no],
      [AC_MSG_ERROR([--with-xen: no headers of the kernel's Xen devices: install linux-libc-dev])])
  ])
  AS_IF([test $have_xen = yes], [AC_DEFINE([HAVE_XEN], [1], [the xen transport is built])])
  AM_CONDITIONAL([HAVE_XEN], [test $have_xen = yes])
])
