# SPDX-License-Identifier: BSD-3-Clause
# vmrpcinfo: left out where nlohmann-json is, as vmrpc-bench is.

EXTRA_DIST += %reldir%/vmrpcinfo.bash man/vmrpcinfo.1
if HAVE_BENCH
bin_PROGRAMS += %reldir%/vmrpcinfo
bashcompletion_DATA += %reldir%/vmrpcinfo.bash
dist_man_MANS += man/vmrpcinfo.1
endif
%canon_reldir%_vmrpcinfo_SOURCES = \
	%reldir%/examine.cpp \
	%reldir%/examine.hpp \
	%reldir%/findings.hpp \
	%reldir%/machine.cpp \
	%reldir%/machine.hpp \
	%reldir%/main.cpp \
	%reldir%/options.cpp \
	%reldir%/options.hpp \
	%reldir%/output.cpp \
	%reldir%/output.hpp \
	%reldir%/reach.cpp \
	%reldir%/reach.hpp \
	%reldir%/remedy.cpp \
	%reldir%/remedy.hpp \
	%reldir%/round_trip.cpp \
	%reldir%/round_trip.hpp \
	%reldir%/self_test.cpp \
	%reldir%/self_test.hpp \
	%reldir%/upgrade.hpp \
	%reldir%/usage_error.hpp \
	%reldir%/xen_pages.cpp \
	%reldir%/xen_pages.hpp
%canon_reldir%_vmrpcinfo_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
%canon_reldir%_vmrpcinfo_LDADD = libvmrpc.la $(TIRPC_LIBS)

check_PROGRAMS += %reldir%/test-server %reldir%/odd-server
%canon_reldir%_odd_server_SOURCES = %reldir%/odd_server.c
%canon_reldir%_odd_server_CPPFLAGS = $(TIRPC_CFLAGS)
%canon_reldir%_odd_server_CFLAGS = $(WARN_CFLAGS)
%canon_reldir%_odd_server_LDADD = $(TIRPC_LIBS)
%canon_reldir%_odd_server_LDFLAGS =
%canon_reldir%_test_server_SOURCES = %reldir%/test_server.c
%canon_reldir%_test_server_CPPFLAGS = $(TIRPC_CFLAGS)
%canon_reldir%_test_server_CFLAGS = $(WARN_CFLAGS)
%canon_reldir%_test_server_LDADD = $(TIRPC_LIBS)
%canon_reldir%_test_server_LDFLAGS =

TESTS += %reldir%/info-test
EXTRA_DIST += %reldir%/info-test
