# SPDX-License-Identifier: BSD-3-Clause
# Order, at most once, ends in time, nothing left over; with plain libtirpc too, where that holds as well.

if HAVE_CUNIT
stress_sources = $(suites_sources) \
	%reldir%/cut_test.c \
	%reldir%/leak_test.c \
	%reldir%/leave_test.c \
	%reldir%/main.c \
	%reldir%/mixture_test.c \
	%reldir%/refusal_test.c \
	%reldir%/stepper.c %reldir%/stepper.h \
	%reldir%/stress.h
stress_cppflags = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(CUNIT_CFLAGS) -D_GNU_SOURCE
stress_ldadd = tests/support/libsupport.la $(CUNIT_LIBS)

check_PROGRAMS += %reldir%/stress-stock
%canon_reldir%_stress_stock_SOURCES = $(stress_sources) tests/support/traffic_stock.c
%canon_reldir%_stress_stock_CPPFLAGS = $(stress_cppflags)
%canon_reldir%_stress_stock_LDADD = $(stress_ldadd) $(TIRPC_LIBS)
TESTS += %reldir%/stress-stock

check_PROGRAMS += %reldir%/stress-vmrpc
%canon_reldir%_stress_vmrpc_SOURCES = $(stress_sources) tests/support/traffic_vmrpc.c
%canon_reldir%_stress_vmrpc_CPPFLAGS = $(stress_cppflags)
%canon_reldir%_stress_vmrpc_LDADD = $(stress_ldadd) libvmrpc.la $(TIRPC_LIBS)
TESTS += %reldir%/stress-vmrpc
endif
