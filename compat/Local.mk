# SPDX-License-Identifier: BSD-3-Clause
# What exists to make programs find vmrpc where they look for libtirpc.

bin_PROGRAMS += %reldir%/vmrpc-run
%canon_reldir%_vmrpc_run_SOURCES = \
	%reldir%/elf_file.cpp \
	%reldir%/elf_file.hpp \
	%reldir%/program_check.cpp \
	%reldir%/program_check.hpp \
	%reldir%/vmrpc_run.cpp
%canon_reldir%_vmrpc_run_CPPFLAGS = $(AM_CPPFLAGS) $(LIBELF_CFLAGS) \
	-DVMRPC_BINDIR='"$(bindir)"' -DVMRPC_LIBDIR='"$(libdir)"'
%canon_reldir%_vmrpc_run_LDADD = $(LIBELF_LIBS)

bashcompletion_DATA += %reldir%/vmrpc-run.bash
EXTRA_DIST += %reldir%/vmrpc-run.bash

# The second is found only by those who name its folder in PKG_CONFIG_PATH.
pkgconfig_DATA += %reldir%/vmrpc.pc
standin_pkgconfigdir = $(libdir)/vmrpc/pkgconfig
standin_pkgconfig_DATA = %reldir%/libtirpc.pc
