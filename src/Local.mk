# SPDX-License-Identifier: BSD-3-Clause
# libvmrpc.so.1, and the same code as a convenience library for the unit tests.

noinst_LTLIBRARIES += libvmrpc-core.la
lib_LTLIBRARIES += libvmrpc.la

libvmrpc_core_la_SOURCES = \
	%reldir%/base/error.hpp \
	%reldir%/base/version.cpp
libvmrpc_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
libvmrpc_core_la_CXXFLAGS = $(AM_CXXFLAGS) -fvisibility=hidden
libvmrpc_core_la_LIBADD = $(TIRPC_LIBS)

libvmrpc_la_SOURCES =
nodist_EXTRA_libvmrpc_la_SOURCES = dummy.cpp
libvmrpc_la_LIBADD = libvmrpc-core.la
libvmrpc_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/compat/libvmrpc.map -Wl,-z,defs -Wl,-z,now
libvmrpc_la_DEPENDENCIES = libvmrpc-core.la compat/libvmrpc.map
EXTRA_DIST += compat/libvmrpc.map

vmrpcincludedir = $(includedir)/vmrpc/rpc
vmrpcinclude_HEADERS = include/rpc/vm.h
