# SPDX-License-Identifier: BSD-3-Clause
# How programs find vmrpc: preloading, pkg-config, the examples as a user builds them.

TESTS += $(compat_tests)
compat_tests = \
	%reldir%/hello-test \
	%reldir%/pkg-config-test \
	%reldir%/standin-test \
	%reldir%/vmrpc-run-test
EXTRA_DIST += $(compat_tests) %reldir%/installed.sh

# Where the tests of an installed copy find it below DESTDIR.
AM_TESTS_ENVIRONMENT += export LIBDIR='$(libdir)' DOCDIR='$(docdir)';

# The same tests with the installed copy: make install installcheck.
installcheck-local:
	$(AM_V_GEN)$(AM_TESTS_ENVIRONMENT) \
	  export INSTALLED_LIBDIR='$(DESTDIR)$(libdir)' INSTALLED_DOCDIR='$(DESTDIR)$(docdir)'; \
	  $(srcdir)/%reldir%/pkg-config-test && $(srcdir)/%reldir%/hello-test && \
	  $(srcdir)/%reldir%/standin-test
