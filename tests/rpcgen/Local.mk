# SPDX-License-Identifier: BSD-3-Clause
# rpcgen-vm against the stock compiler, from outside.

check_PROGRAMS += tests/rpcgen/wire_equal
tests_rpcgen_wire_equal_SOURCES = \
	%reldir%/wire/compare.cpp \
	%reldir%/wire/compare.hpp \
	%reldir%/wire/sample.cpp \
	%reldir%/wire/sample.hpp \
	%reldir%/wire/side.cpp \
	%reldir%/wire/side.hpp \
	%reldir%/wire/stream.cpp \
	%reldir%/wire/stream.hpp \
	%reldir%/wire/table.h \
	%reldir%/wire/wire_equal.cpp
tests_rpcgen_wire_equal_CPPFLAGS = $(TIRPC_CFLAGS)
tests_rpcgen_wire_equal_LDADD = $(TIRPC_LIBS)

rpcgen_blackbox_tests = \
	%reldir%/stubs-test \
	%reldir%/wire-selftest-test \
	%reldir%/wire-test
TESTS += $(rpcgen_blackbox_tests)

EXTRA_DIST += $(rpcgen_blackbox_tests) \
	%reldir%/common.sh \
	%reldir%/stubs/calls.x \
	%reldir%/stubs/client.c \
	%reldir%/stubs/server.c \
	%reldir%/stubs/styles.h \
	%reldir%/wire/table.awk \
	%reldir%/wire/wire.sh \
	%reldir%/data/bytes.x \
	%reldir%/data/inlined.x \
	%reldir%/data/nfs3_shape.x \
	%reldir%/data/nfs4_shape.x \
	%reldir%/data/passthrough.x \
	%reldir%/data/recursive.x \
	%reldir%/data/scalars.x \
	%reldir%/data/unions.x
