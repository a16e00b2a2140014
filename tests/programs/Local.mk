# SPDX-License-Identifier: BSD-3-Clause
# Programs of others, unchanged. quickstart fetches them; without them the test is skipped.

check_PROGRAMS += %reldir%/oversize
%canon_reldir%_oversize_SOURCES = %reldir%/oversize.c
%canon_reldir%_oversize_CPPFLAGS = $(TIRPC_CFLAGS)
%canon_reldir%_oversize_CFLAGS = $(WARN_CFLAGS)
%canon_reldir%_oversize_LDADD = $(TIRPC_LIBS)
%canon_reldir%_oversize_LDFLAGS =

TESTS += %reldir%/programs-test
EXTRA_DIST += %reldir%/programs-test %reldir%/scene %reldir%/events.sh %reldir%/fetch
clean-local:
	rm -rf %reldir%/debian
