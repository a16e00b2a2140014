# SPDX-License-Identifier: BSD-3-Clause
# Tests of the tree itself rather than of the running library.

TESTS += $(lint_tests)
lint_tests = \
	%reldir%/summary-test
EXTRA_DIST += $(lint_tests) tests/tap.sh
