# SPDX-License-Identifier: BSD-3-Clause
# A real Xen under an emulator: `make check-xen`. Each scenario (*.test) is one boot, run in dom0.

xen_scenarios = %reldir%/loopback.test %reldir%/transport.test
# Not run unless asked for, as xen_scenarios=FILE.
xen_more_scenarios = %reldir%/death.test %reldir%/figures.test
# What the scenarios take along.
xen_programs = libvmrpc.la tests/interop/interop-client tests/interop/interop-server \
	%reldir%/caller %reldir%/taker
if HAVE_CUNIT
xen_programs += tests/capi/capi-vmrpc
endif

EXTRA_PROGRAMS += %reldir%/caller %reldir%/taker
%canon_reldir%_caller_SOURCES = %reldir%/caller.c
%canon_reldir%_caller_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_caller_LDADD = $(interop_ldadd)
%canon_reldir%_taker_SOURCES = %reldir%/taker.c
CLEANFILES += %reldir%/caller %reldir%/taker

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

# One machine at a time, after its programs are built.
check-xen: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(xen_programs)
	$(MKDIR_P) %reldir% && rm -f %reldir%/*.trs
	status=0; \
	$(MAKE) $(AM_MAKEFLAGS) -j1 check-TESTS TESTS='$(xen_scenarios)' check_PROGRAMS= \
	  check_LTLIBRARIES= check_DATA= check_SCRIPTS= dist_check_SCRIPTS= || status=$$?; \
	$(srcdir)/tests/summary --make-status $$status %reldir%
.PHONY: check-xen

distclean-local-xen:
	rm -rf %reldir%/image
distclean-local: distclean-local-xen
.PHONY: distclean-local-xen
