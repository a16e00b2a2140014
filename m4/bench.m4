dnl SPDX-License-Identifier: BSD-3-Clause
dnl What vmrpc-bench needs beyond the library: it is left out where a part is missing.

AC_DEFUN([VMRPC_BENCH], [
  AC_CHECK_HEADER([nlohmann/json.hpp], [have_json=yes], [have_json=no])
  AM_CONDITIONAL([HAVE_BENCH], [test $have_json = yes])
])
