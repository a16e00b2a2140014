# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# Sourced after tests/tap.sh: an installed copy of the build to link with, under $work/root, or the
# one that $INSTALLED_LIBDIR and $INSTALLED_DOCDIR name (make installcheck).
#
# Sets $libdir, $docdir, $PKG_CONFIG_PATH, and $standin, the folder of the stand-in libtirpc.pc.

if [ -n "${INSTALLED_LIBDIR-}" ]; then
  libdir=$INSTALLED_LIBDIR docdir=$INSTALLED_DOCDIR
else
  # shellcheck disable=SC2154  # the harness sets them, tap.sh sets work
  MAKEFLAGS='' make -C "$top_builddir" install DESTDIR="$work/root" >"$work/install.log" 2>&1 || {
    cat "$work/install.log"
    exit 1
  }
  libdir=$work/root$LIBDIR docdir=$work/root$DOCDIR
  # As if configured for that place.
  sed -i "s|^\([a-z_]*\)=/|\1=$work/root/|" "$libdir/pkgconfig/vmrpc.pc" \
    "$libdir/vmrpc/pkgconfig/libtirpc.pc"
fi
export PKG_CONFIG_PATH="$libdir/pkgconfig${PKG_CONFIG_PATH+:$PKG_CONFIG_PATH}"
standin=$libdir/vmrpc/pkgconfig

# A library made with a sanitizer wants it in the program, or for a preload, permission to come second.
if [ -n "${SANITIZE_FLAGS-}" ]; then
  export CFLAGS="$SANITIZE_FLAGS" LDFLAGS="$SANITIZE_FLAGS"
  export ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0"
fi

# rpc_of FILE: the RPC libraries that it needs, in order
rpc_of() { objdump -p "$1" | awk '$1 == "NEEDED" && /lib(vmrpc|tirpc)/ { printf "%s ", $2 }'; }

# stock FILE, linked FILE: whether it gets its RPC from libtirpc alone, or from vmrpc before it
stock() { echo "needs $(rpc_of "$1")" && [ "$(rpc_of "$1")" = "libtirpc.so.3 " ]; }
linked() { echo "needs $(rpc_of "$1")" && [ "$(rpc_of "$1")" = "libvmrpc.so.1 libtirpc.so.3 " ]; }
