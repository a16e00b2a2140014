dnl SPDX-License-Identifier: BSD-3-Clause
dnl What vmrpc-run needs.

AC_DEFUN([VMRPC_CHECK_LIBELF], [
  PKG_CHECK_MODULES([LIBELF], [libelf])
])
