# SPDX-License-Identifier: BSD-3-Clause
# Each suite adds to TESTS and check_PROGRAMS in a Local.mk of its own.
include tests/support/Local.mk
# The longest first: the others then run beside it.
include tests/stress/Local.mk
include tests/unit/Local.mk
include tests/capi/Local.mk
include tests/rpcgen/Local.mk
include tests/interop/Local.mk
include tests/placed/Local.mk
include tests/hostile/Local.mk
include tests/life/Local.mk
include tests/fuzz/Local.mk
include tests/vm/xen/Local.mk
include tests/compat/Local.mk
include tests/programs/Local.mk
include tests/packages/Local.mk
include tests/namespaces/Local.mk
include tests/lint/Local.mk

AM_TESTS_ENVIRONMENT += export TSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/tsan.supp';
EXTRA_DIST += tests/tsan.supp
# A cancelled thread leaves its frames without telling AddressSanitizer, which then finds fault with its own clean-up.
AM_TESTS_ENVIRONMENT += export ASAN_OPTIONS="use_sigaltstack=0$${ASAN_OPTIONS:+:$$ASAN_OPTIONS}";

# The units alone: what a build with any sanitizer runs.
check-unit: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(unit_programs)' \
	  check_PROGRAMS='$(unit_programs)' check_LTLIBRARIES= check_DATA=
# fork, threads, signals, limits: what a build with AddressSanitizer runs as well.
check-life: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='tests/life/life-vmrpc$(EXEEXT)' \
	  check_PROGRAMS='tests/life/life-vmrpc$(EXEEXT)' check_LTLIBRARIES= check_DATA=
# With what peers and programs do to placed values, lies included, and the corpora of the fuzz targets: what a build with
# AddressSanitizer runs in all, the longest first.
sanitized_programs = tests/hostile/hostile$(EXEEXT) tests/life/life-vmrpc$(EXEEXT) tests/placed/placed-test$(EXEEXT)
sanitized_helpers = tests/fuzz/placement$(EXEEXT) tests/fuzz/placement_seeds$(EXEEXT) tests/fuzz/rpcgen_front$(EXEEXT)
check-sanitized: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS \
	  TESTS='$(sanitized_programs) $(unit_programs) tests/fuzz/placement-test tests/fuzz/rpcgen-front-test' \
	  check_PROGRAMS='$(sanitized_programs) $(unit_programs) $(sanitized_helpers)' check_LTLIBRARIES= check_DATA=
.PHONY: check-unit check-life check-sanitized
