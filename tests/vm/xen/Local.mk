# SPDX-License-Identifier: BSD-3-Clause
# A real Xen under an emulator: `make check-xen`. Each scenario (*.test) is one boot, run in dom0, and may take others
# along as parts.

# Each boot keeps a CPU busy for some five minutes; the figures need two for themselves.
xen_scenarios = %reldir%/calls.test %reldir%/ends.test
xen_figures = %reldir%/figures.test
# Run when asked for, as xen_scenarios=FILE: dom0 alone for a quick look, and the suites whose other end is in another guest,
# which take as long as all others together.
xen_more_scenarios = %reldir%/loopback.test %reldir%/elsewhere.test
xen_parts = %reldir%/transport.test %reldir%/placement.test %reldir%/store.test %reldir%/debian.test \
	%reldir%/quiesce.test %reldir%/death.test
# What the scenarios take along.
xen_programs = libvmrpc.la compat/vmrpc-run tests/interop/interop-client tests/interop/interop-server \
	tests/interop/regenerated/interop-client tests/interop/regenerated/interop-server \
	tests/interop/in-place/interop-client tests/interop/in-place/interop-server \
	examples/store/mktree examples/store/stock/store examples/store/stock/stored \
	examples/store/regenerated/store examples/store/regenerated/stored \
	examples/store/in-place/store examples/store/in-place/stored \
	%reldir%/caller %reldir%/heap-caller %reldir%/holder %reldir%/taker tools/ctl/vmrpc-ctl
if HAVE_CUNIT
xen_programs += tests/capi/capi-vmrpc
endif
if HAVE_GTEST
xen_programs += tests/hostile/hostile
endif

EXTRA_PROGRAMS += %reldir%/caller %reldir%/heap-caller %reldir%/holder %reldir%/taker
%canon_reldir%_caller_SOURCES = %reldir%/caller.c
%canon_reldir%_caller_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_caller_LDADD = $(interop_ldadd)
%canon_reldir%_heap_caller_SOURCES = %reldir%/caller.c
%canon_reldir%_heap_caller_CPPFLAGS = $(interop_inplace_cppflags) -DIN_HEAP
%canon_reldir%_heap_caller_LDADD = $(interop_inplace)
%canon_reldir%_heap_caller_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_holder_SOURCES = %reldir%/holder.c
%canon_reldir%_holder_CPPFLAGS = $(interop_inplace_cppflags)
%canon_reldir%_holder_LDADD = $(interop_inplace)
%canon_reldir%_holder_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_taker_SOURCES = %reldir%/taker.c
CLEANFILES += %reldir%/caller %reldir%/heap-caller %reldir%/holder %reldir%/taker

EXTRA_DIST += $(xen_scenarios) $(xen_figures) $(xen_more_scenarios) $(xen_parts) \
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

# A machine for each job of make's, after its programs are built.
check-xen: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(xen_programs)
	$(MKDIR_P) %reldir%
	$(srcdir)/%reldir%/image %reldir%/images || test $$? = 77
	status=0; \
	for scenarios in '$(xen_scenarios)' '$(xen_figures)'; do \
	  $(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS="$$scenarios" check_PROGRAMS= \
	    check_LTLIBRARIES= check_DATA= check_SCRIPTS= dist_check_SCRIPTS= || status=$$?; \
	done; \
	$(srcdir)/tests/summary --make-status $$status $(xen_scenarios:.test=.trs) $(xen_figures:.test=.trs)
.PHONY: check-xen

distclean-local-xen:
	rm -rf %reldir%/images
distclean-local: distclean-local-xen
.PHONY: distclean-local-xen
