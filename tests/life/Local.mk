# SPDX-License-Identifier: BSD-3-Clause
# fork, threads, signals, limits, plugins, setuid, chroot: with plain libtirpc and with libvmrpc in front of it.

if HAVE_CUNIT
life_sources = $(suites_sources) \
	%reldir%/fork_test.c \
	%reldir%/life.h \
	%reldir%/limit_test.c \
	%reldir%/main.c \
	%reldir%/root_test.c \
	%reldir%/server_test.c \
	%reldir%/signal_test.c \
	%reldir%/thread_test.c
life_cppflags = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(CUNIT_CFLAGS) -D_GNU_SOURCE
life_ldadd = tests/support/libsupport.la $(CUNIT_LIBS)

check_PROGRAMS += %reldir%/life-stock
%canon_reldir%_life_stock_SOURCES = $(life_sources) tests/support/traffic_stock.c
%canon_reldir%_life_stock_CPPFLAGS = $(life_cppflags)
%canon_reldir%_life_stock_LDADD = $(life_ldadd) $(TIRPC_LIBS)
TESTS += %reldir%/life-stock

check_PROGRAMS += %reldir%/life-vmrpc
%canon_reldir%_life_vmrpc_SOURCES = $(life_sources) tests/support/traffic_vmrpc.c
%canon_reldir%_life_vmrpc_CPPFLAGS = $(life_cppflags)
%canon_reldir%_life_vmrpc_LDADD = $(life_ldadd) libvmrpc.la $(TIRPC_LIBS)
TESTS += %reldir%/life-vmrpc
endif

TESTS += %reldir%/life-test
EXTRA_DIST += %reldir%/life-test %reldir%/plugin.c %reldir%/plugin_host.c
