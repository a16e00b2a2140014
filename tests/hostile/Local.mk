# SPDX-License-Identifier: BSD-3-Clause
# A peer that starts honestly and then lies.

if HAVE_GTEST
check_PROGRAMS += %reldir%/hostile
%canon_reldir%_hostile_SOURCES = \
	%reldir%/descriptors.cpp %reldir%/descriptors.hpp \
	%reldir%/flipper.cpp %reldir%/flipper.hpp \
	%reldir%/handshake.cpp %reldir%/handshake.hpp \
	%reldir%/hostile_test.cpp \
	%reldir%/liar.cpp %reldir%/liar.hpp \
	%reldir%/lies.cpp %reldir%/lies.hpp \
	%reldir%/received.cpp %reldir%/received.hpp \
	%reldir%/victim.c %reldir%/victim.h
%canon_reldir%_hostile_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(GTEST_CFLAGS) -D_GNU_SOURCE
%canon_reldir%_hostile_LDADD = tests/support/libsupport.la libvmrpc.la $(GTEST_LIBS) $(TIRPC_LIBS)
TESTS += %reldir%/hostile
endif
