dnl SPDX-License-Identifier: BSD-3-Clause
dnl What the folder compat needs.

dnl vmrpc-run reads programs with it.
AC_DEFUN([VMRPC_CHECK_LIBELF], [
  PKG_CHECK_MODULES([LIBELF], [libelf])
])

dnl What the stand-in libtirpc.pc has to repeat of the real one.
AC_DEFUN([VMRPC_TIRPC_PC], [
  TIRPC_VERSION=`$PKG_CONFIG --modversion libtirpc`
  TIRPC_LIBDIRS=`$PKG_CONFIG --libs-only-L libtirpc`
  AC_SUBST([TIRPC_VERSION])
  AC_SUBST([TIRPC_LIBDIRS])
])
