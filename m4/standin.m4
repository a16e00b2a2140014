dnl SPDX-License-Identifier: BSD-3-Clause
dnl Where the dynamic linker finds libtirpc.so.3, by a path that stays when libtirpc is upgraded: the
dnl stand-in chains to it.

AC_DEFUN([VMRPC_TIRPC_FILE], [
  AC_ARG_VAR([TIRPC_FILE], [path of libtirpc.so.3 at run time, for the stand-in of that name])
  AC_MSG_CHECKING([for libtirpc.so.3])
  AS_IF([test -z "$TIRPC_FILE"], [
    vmrpc_save_LIBS=$LIBS
    LIBS="$TIRPC_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_CALL([], [svc_run])], [TIRPC_FILE=`
      LD_LIBRARY_PATH= LD_PRELOAD= ldd conftest$ac_exeext |
        $SED -n 's/.*libtirpc\.so\.3 => \(@<:@^ @:>@*\) .*/\1/p'`])
    LIBS=$vmrpc_save_LIBS
  ])
  AC_MSG_RESULT([${TIRPC_FILE:-not found}])
  AS_IF([test -z "$TIRPC_FILE"], [AC_MSG_ERROR([say where libtirpc.so.3 is with TIRPC_FILE=PATH])])
])
