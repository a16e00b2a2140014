# SPDX-License-Identifier: BSD-3-Clause
# The Debian packages, built from the release archive and used. Not part of check: it builds everything anew.

EXTRA_DIST += %reldir%/packages-test %reldir%/use \
	debian/changelog debian/control debian/copyright debian/libvmrpc-dev.install debian/libvmrpc1.install \
	debian/libvmrpc1.lintian-overrides debian/rules debian/source/format debian/vmrpc-tools.install

check-packages: dist
	$(AM_V_GEN)$(AM_TESTS_ENVIRONMENT) $(srcdir)/%reldir%/packages-test $(distdir).tar.xz
.PHONY: check-packages
