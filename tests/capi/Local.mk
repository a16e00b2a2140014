# SPDX-License-Identifier: BSD-3-Clause
# The C API, one source built twice: with plain libtirpc, and with libvmrpc in front of it.

if HAVE_CUNIT
capi_sources = $(suites_sources) \
	%reldir%/auth_test.c \
	%reldir%/beyond_test.c \
	%reldir%/call_test.c \
	%reldir%/control_test.c \
	%reldir%/create_test.c \
	%reldir%/error_test.c \
	%reldir%/fixture.c %reldir%/fixture.h \
	%reldir%/main.c \
	%reldir%/server_test.c \
	%reldir%/thread_test.c \
	%reldir%/crowd_test.c \
	%reldir%/timeout_test.c
capi_cppflags = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(CUNIT_CFLAGS) -D_GNU_SOURCE
capi_ldadd = tests/support/libsupport.la $(CUNIT_LIBS)

check_PROGRAMS += %reldir%/capi-stock
%canon_reldir%_capi_stock_SOURCES = $(capi_sources) tests/support/traffic_stock.c
%canon_reldir%_capi_stock_CPPFLAGS = $(capi_cppflags)
%canon_reldir%_capi_stock_LDADD = $(capi_ldadd) $(TIRPC_LIBS)
TESTS += %reldir%/capi-stock

check_PROGRAMS += %reldir%/capi-vmrpc
%canon_reldir%_capi_vmrpc_SOURCES = $(capi_sources) tests/support/traffic_vmrpc.c
%canon_reldir%_capi_vmrpc_CPPFLAGS = $(capi_cppflags)
%canon_reldir%_capi_vmrpc_LDADD = $(capi_ldadd) libvmrpc.la $(TIRPC_LIBS)
TESTS += %reldir%/capi-vmrpc
endif
