# SPDX-License-Identifier: BSD-3-Clause
# Placed values as C programs see them: public headers only, stubs by rpcgen-vm.

if HAVE_CUNIT
placed_generated = \
	%reldir%/placed.h %reldir%/placed_clnt.c %reldir%/placed_svc.c %reldir%/placed_xdr.c \
	%reldir%/by_value.h %reldir%/by_value_clnt.c %reldir%/by_value_svc.c %reldir%/by_value_xdr.c \
	%reldir%/revised.h %reldir%/revised_xdr.c
BUILT_SOURCES += %reldir%/placed.h %reldir%/by_value.h %reldir%/revised.h
CLEANFILES += $(placed_generated)

check_PROGRAMS += %reldir%/placed-test
%canon_reldir%_placed_test_SOURCES = \
	%reldir%/block_test.c \
	%reldir%/fixture.c %reldir%/fixture.h \
	%reldir%/in_place_test.c \
	%reldir%/life_test.c \
	%reldir%/main.c \
	%reldir%/mixed_test.c \
	%reldir%/service.c %reldir%/service.h \
	%reldir%/stamp.c %reldir%/stamp.h
nodist_%canon_reldir%_placed_test_SOURCES = $(placed_generated)
%canon_reldir%_placed_test_CPPFLAGS = -I$(builddir)/%reldir% -I$(srcdir)/%reldir% -I$(srcdir) \
	$(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(CUNIT_CFLAGS) -D_GNU_SOURCE
%canon_reldir%_placed_test_LDADD = tests/support/libsupport.la $(CUNIT_LIBS) libvmrpc.la $(TIRPC_LIBS) -lpthread
TESTS += %reldir%/placed-test

# The promised numbers of calls and handles, where `make check` makes fewer.
check-long: %reldir%/placed-test$(EXEEXT)
	VMRPC_TEST_LONG=1 %reldir%/placed-test$(EXEEXT)

placed_rpcgen = $(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && rpcgen-vm/rpcgen-vm$(EXEEXT)
%reldir%/placed.h: %reldir%/placed.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -h -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_clnt.c: %reldir%/placed.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -l -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_svc.c: %reldir%/placed.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -m -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_xdr.c: %reldir%/placed.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -c -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/by_value.h: %reldir%/by_value.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -h -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_clnt.c: %reldir%/by_value.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -l -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_svc.c: %reldir%/by_value.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -m -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_xdr.c: %reldir%/by_value.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -c -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/revised.h: %reldir%/revised.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -h -o $@ $(srcdir)/%reldir%/revised.x
%reldir%/revised_xdr.c: %reldir%/revised.x rpcgen-vm/rpcgen-vm$(EXEEXT)
	$(placed_rpcgen) -c -o $@ $(srcdir)/%reldir%/revised.x
endif
.PHONY: check-long

TESTS += %reldir%/page-test

EXTRA_DIST += %reldir%/page-test %reldir%/placed.x %reldir%/by_value.x %reldir%/revised.x
