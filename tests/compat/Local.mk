# SPDX-License-Identifier: BSD-3-Clause
# How programs find vmrpc: preloading, pkg-config, the examples as a user builds them.

TESTS += $(compat_tests)
compat_tests = \
	%reldir%/vmrpc-run-test
EXTRA_DIST += $(compat_tests)
