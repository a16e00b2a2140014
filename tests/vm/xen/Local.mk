# SPDX-License-Identifier: BSD-3-Clause
# A real Xen under an emulator: `make check-xen`. Each scenario (*.test) is one boot, run in dom0.

xen_scenarios = %reldir%/loopback.test %reldir%/transport.test %reldir%/placement.test \
	%reldir%/quiesce.test
# Not run unless asked for, as xen_scenarios=FILE.
xen_more_scenarios = %reldir%/death.test %reldir%/figures.test
# What the scenarios take along.
xen_programs = libvmrpc.la tests/interop/interop-client tests/interop/interop-server \
	tests/interop/regenerated/interop-client tests/interop/regenerated/interop-server \
	tests/interop/in-place/interop-client tests/interop/in-place/interop-server \
	%reldir%/caller %reldir%/holder %reldir%/taker tools/ctl/vmrpc-ctl
if HAVE_CUNIT
xen_programs += tests/capi/capi-vmrpc
endif

EXTRA_PROGRAMS += %reldir%/caller %reldir%/holder %reldir%/taker
%canon_reldir%_caller_SOURCES = %reldir%/caller.c
%canon_reldir%_caller_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_caller_LDADD = $(interop_ldadd)
%canon_reldir%_holder_SOURCES = %reldir%/holder.c
%canon_reldir%_holder_CPPFLAGS = $(interop_inplace_cppflags)
%canon_reldir%_holder_LDADD = $(interop_inplace)
%canon_reldir%_holder_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_taker_SOURCES = %reldir%/taker.c
CLEANFILES += %reldir%/caller %reldir%/holder %reldir%/taker

EXTRA_DIST += $(xen_scenarios) $(xen_more_scenarios) \
	%reldir%/add-program \
	%reldir%/boot \
	%reldir%/dom0-init \
	%reldir%/domu-init \
	%reldir%/functions \
	%reldir%/guest-agent \
	%reldir%/image \
	%reldir%/kernel-elf \
	%reldir%/pair \
	%reldir%/vif-route

TEST_LOG_COMPILER = $(BASH_PATH) $(srcdir)/%reldir%/boot

# A machine for each job of make's, after its programs are built: each keeps a CPU busy for some minutes.
check-xen: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(xen_programs)
	$(MKDIR_P) %reldir% && rm -f %reldir%/*.trs
	$(srcdir)/%reldir%/image %reldir%/images || test $$? = 77
	status=0; \
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(xen_scenarios)' check_PROGRAMS= \
	  check_LTLIBRARIES= check_DATA= check_SCRIPTS= dist_check_SCRIPTS= || status=$$?; \
	$(srcdir)/tests/summary --make-status $$status %reldir%
.PHONY: check-xen

distclean-local-xen:
	rm -rf %reldir%/images
distclean-local: distclean-local-xen
.PHONY: distclean-local-xen
