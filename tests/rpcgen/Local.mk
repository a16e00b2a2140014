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

TESTS += \
	%reldir%/wire/selftest.sh

EXTRA_DIST += \
	%reldir%/common.sh \
	%reldir%/torture.sh \
	%reldir%/wire/selftest.sh \
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
