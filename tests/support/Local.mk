# SPDX-License-Identifier: BSD-3-Clause
# What several suites share: children, deadlines, addresses, a service to call.

# For programs with CUnit.
suites_sources = %reldir%/suites.c %reldir%/suites.h

check_LTLIBRARIES += %reldir%/libsupport.la
%canon_reldir%_libsupport_la_SOURCES = \
	%reldir%/address.c %reldir%/address.h \
	%reldir%/child.c %reldir%/child.h \
	%reldir%/deadline.c %reldir%/deadline.h \
	%reldir%/footprint.c %reldir%/footprint.h \
	%reldir%/server.c \
	%reldir%/service.c %reldir%/service.h \
	%reldir%/traffic.h
%canon_reldir%_libsupport_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
