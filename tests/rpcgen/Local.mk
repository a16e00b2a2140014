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
	%reldir%/beyond-test \
	%reldir%/declarations-test \
	%reldir%/function-types-test \
	%reldir%/installed-files-test \
	%reldir%/servers-test \
	%reldir%/stubs-test \
	%reldir%/warnings-test \
	%reldir%/wire-selftest-test \
	%reldir%/wire-test
TESTS += $(rpcgen_blackbox_tests)

# Downloads source packages, about 45 MB the first time; what is unpacked stays in the build tree.
# Not by the harness, which knows only what is in TESTS.
check-rpcgen-real: all %reldir%/wire_equal$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) $(srcdir)/%reldir%/source-files-test
distclean-local:
	rm -rf %reldir%/sources
.PHONY: check-rpcgen-real

# How long 20,000 lines take, here and in the stock compiler. Prints; judges nothing.
rpcgen-speed: $(RPCGEN_VM)
	RPCGEN='$(RPCGEN)' RPCGEN_VM=$(RPCGEN_VM) $(srcdir)/%reldir%/measure-speed
.PHONY: rpcgen-speed

EXTRA_DIST += $(rpcgen_blackbox_tests) \
	%reldir%/common.sh \
	%reldir%/measure-speed \
	%reldir%/source-files-test \
	%reldir%/wire/table.awk \
	%reldir%/wire/wire.sh \
	%reldir%/real/fetch-sources \
	%reldir%/real/files.txt \
	%reldir%/real/real.sh \
	%reldir%/real/standins/glusterfs/compat.h \
	%reldir%/real/standins/glusterfs/glusterfs-fops.h \
	%reldir%/real/standins/internal.h \
	%reldir%/real/standins/libvirt/libvirt-admin.h \
	%reldir%/real/standins/libvirt/libvirt.h \
	%reldir%/real/standins/lock_driver_lockd.h \
	%reldir%/real/standins/nis_clnt.h \
	%reldir%/real/standins/rpc-pragmas.h \
	%reldir%/real/standins/rpc/auth_sys.h \
	%reldir%/real/standins/virsocket.h \
	%reldir%/real/standins/virxdrdefs.h \
	%reldir%/real/standins/xdr-common.h \
	%reldir%/real/standins/xdr-nfs3.h \
	%reldir%/beyond/bools.x \
	%reldir%/beyond/constants.x \
	%reldir%/beyond/flat/bools.x \
	%reldir%/beyond/flat/constants.x \
	%reldir%/beyond/flat/long.x \
	%reldir%/beyond/flat/nested.x \
	%reldir%/beyond/flat/order.x \
	%reldir%/beyond/long.x \
	%reldir%/beyond/nested.x \
	%reldir%/beyond/order.x \
	%reldir%/gnu/zero_length.x \
	%reldir%/data/bytes.x \
	%reldir%/data/inlined.x \
	%reldir%/data/nfs3_shape.x \
	%reldir%/data/nfs4_shape.x \
	%reldir%/data/passthrough.x \
	%reldir%/data/recursive.x \
	%reldir%/data/scalars.x \
	%reldir%/data/unions.x \
	%reldir%/servers/client.c \
	%reldir%/servers/scene \
	%reldir%/servers/service.c \
	%reldir%/servers/twice.x \
	%reldir%/stubs/calls.x \
	%reldir%/stubs/client.c \
	%reldir%/stubs/dispatch.h \
	%reldir%/stubs/server.c \
	%reldir%/stubs/styles.h
