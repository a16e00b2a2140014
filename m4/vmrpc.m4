dnl SPDX-License-Identifier: BSD-3-Clause
dnl Configure checks of this project's own.

AC_DEFUN([VMRPC_REQUIRE_CXX20], [
  AC_CACHE_CHECK([for the option that selects C++20], [vmrpc_cv_cxx20], [
    vmrpc_save_CXX=$CXX
    vmrpc_cv_cxx20=no
    for opt in -std=c++20 -std=c++2a; do
      CXX="$vmrpc_save_CXX $opt"
      AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
        #include <concepts>
        #include <span>
        template <std::integral T> T twice(T t) { return t + t; }
        int f(std::span<int> s) { return twice(static_cast<int>(s.size())); }
      ]])], [vmrpc_cv_cxx20=$opt; break])
    done
    CXX=$vmrpc_save_CXX])
  AS_IF([test "$vmrpc_cv_cxx20" = no],
    [AC_MSG_ERROR([a C++20 compiler is needed: install g++ 12 or later])])
  CXX="$CXX $vmrpc_cv_cxx20"
])

AC_DEFUN([VMRPC_ENABLE_WERROR], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
    [], [enable_werror=no])
])

AC_DEFUN([VMRPC_ENABLE_SANITIZE], [
  AC_ARG_ENABLE([sanitize], [AS_HELP_STRING([--enable-sanitize=LIST],
    [build with sanitizers, e.g. address,undefined or thread])], [], [enable_sanitize=])
  AS_IF([test -n "$enable_sanitize" && test "$enable_sanitize" != no], [
    SANITIZE_FLAGS="-fsanitize=$enable_sanitize -fno-sanitize-recover=all -fno-omit-frame-pointer"
    dnl libtool links C++ libraries with -nostdlib, where the compiler adds none of these.
    for vmrpc_sanitizer in `echo $enable_sanitize | tr , ' '`; do
      AS_CASE([$vmrpc_sanitizer],
        [address], [LIBS="$LIBS -lasan"],
        [thread], [LIBS="$LIBS -ltsan"],
        [undefined], [LIBS="$LIBS -lubsan"])
    done
    AC_DEFINE_UNQUOTED([VMRPC_SANITIZE], ["$enable_sanitize"], [sanitizers of this build])
  ])
  AM_CONDITIONAL([SANITIZE], [test -n "$SANITIZE_FLAGS"])
  AC_SUBST([SANITIZE_FLAGS])
])

AC_DEFUN([VMRPC_ENABLE_COVERAGE], [
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [build for make coverage])],
    [], [enable_coverage=no])
  AS_IF([test "$enable_coverage" = yes], [COVERAGE_FLAGS="--coverage -O0"])
  AC_SUBST([COVERAGE_FLAGS])
])

AC_DEFUN([VMRPC_WARNINGS], [
  WARN_CFLAGS="-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes"
  WARN_CXXFLAGS="-Wall -Wextra -Wconversion -Wshadow"
  AS_IF([test "$enable_werror" = yes],
    [WARN_CFLAGS="$WARN_CFLAGS -Werror"; WARN_CXXFLAGS="$WARN_CXXFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
  AC_SUBST([WARN_CXXFLAGS])
])
