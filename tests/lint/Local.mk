# SPDX-License-Identifier: BSD-3-Clause
# Tests of the tree itself rather than of the running library.

TESTS += $(lint_tests)
lint_tests = \
	%reldir%/headers-test \
	%reldir%/layering-test \
	%reldir%/pages-test \
	%reldir%/summary-test \
	%reldir%/symbols-test \
	%reldir%/tree-test
EXTRA_DIST += $(lint_tests) tests/tap.sh

# What the release archive will hold, for tree-test.
check_DATA += %reldir%/distfiles
CLEANFILES += %reldir%/distfiles
%reldir%/distfiles: Makefile
	$(AM_V_GEN)$(MKDIR_P) %reldir% && printf '%s\n' $(DISTFILES) >$@
