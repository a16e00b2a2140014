# SPDX-License-Identifier: BSD-3-Clause
# GoogleTest on the library's code, linked statically so that hidden symbols can be reached.

if HAVE_GTEST
unit_programs = %reldir%/settings_test %reldir%/region_test %reldir%/message_test \
	%reldir%/heap_test
if HAVE_XEN
unit_programs += %reldir%/xen_test
endif
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif

unit_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/%reldir% $(TIRPC_CFLAGS) $(GTEST_CFLAGS)
unit_libs = libvmrpc-core.la $(TIRPC_LIBS) $(GTEST_LIBS)

%canon_reldir%_settings_test_SOURCES = %reldir%/settings_test.cpp
%canon_reldir%_settings_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_settings_test_LDADD = $(unit_libs)

%canon_reldir%_region_test_SOURCES = %reldir%/region_test.cpp %reldir%/two_ends.hpp
%canon_reldir%_region_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_region_test_LDADD = $(unit_libs)

%canon_reldir%_message_test_SOURCES = %reldir%/message_test.cpp %reldir%/two_ends.hpp
%canon_reldir%_message_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_message_test_LDADD = $(unit_libs)

%canon_reldir%_heap_test_SOURCES = %reldir%/heap_test.cpp
%canon_reldir%_heap_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_heap_test_LDADD = $(unit_libs)

%canon_reldir%_xen_test_SOURCES = %reldir%/xen_test.cpp
%canon_reldir%_xen_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_xen_test_LDADD = $(unit_libs)
