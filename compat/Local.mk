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

# The stand-in has no code. It loads libvmrpc.so.1 and behind that the system's libtirpc, which it has to
# name by its path: a library that is called libtirpc.so.3 and asks for libtirpc.so.3 gets itself.
standindir = $(libdir)/vmrpc
standin_DATA = %reldir%/standin/libtirpc.so.3
STANDIN_LINK = $(CC) -shared -nostdlib -s $(LDFLAGS) -x c /dev/null -x none
EXTRA_DIST += %reldir%/libtirpc.map m4/standin.m4
CLEANFILES += %reldir%/standin/libtirpc.so.3
%reldir%/standin/libtirpc.so.3: $(srcdir)/%reldir%/libtirpc.map libvmrpc.la
	$(AM_V_CCLD)$(MKDIR_P) $(@D)/link && \
	$(STANDIN_LINK) -Wl,-soname,$(TIRPC_FILE) -o $(@D)/link/stock.so && \
	$(STANDIN_LINK) -Wl,-soname,libvmrpc.so.1 -o $(@D)/link/vmrpc.so && \
	$(STANDIN_LINK) -Wl,-soname,libtirpc.so.3,-rpath,'$$ORIGIN/..' \
	  -Wl,--enable-new-dtags,--version-script=$(srcdir)/%reldir%/libtirpc.map \
	  -Wl,--no-as-needed $(@D)/link/vmrpc.so $(@D)/link/stock.so -o $@ && rm -r $(@D)/link
