# SPDX-License-Identifier: BSD-3-Clause
# One host, different views of it.

check_PROGRAMS += %reldir%/client %reldir%/without-memfd
%canon_reldir%_client_SOURCES = %reldir%/client.c
%canon_reldir%_client_CPPFLAGS = $(TIRPC_CFLAGS)
%canon_reldir%_client_CFLAGS = $(WARN_CFLAGS)
%canon_reldir%_client_LDADD = $(TIRPC_LIBS)
%canon_reldir%_client_LDFLAGS =
%canon_reldir%_without_memfd_SOURCES = %reldir%/without_memfd.c
%canon_reldir%_without_memfd_CFLAGS = $(WARN_CFLAGS)
%canon_reldir%_without_memfd_LDFLAGS =

TESTS += %reldir%/namespaces-test
EXTRA_DIST += %reldir%/namespaces-test
