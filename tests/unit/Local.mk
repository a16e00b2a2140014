# SPDX-License-Identifier: BSD-3-Clause
# GoogleTest on the library's code, linked statically so that hidden symbols can be reached.

if HAVE_GTEST
unit_programs = %reldir%/settings_test %reldir%/wait_test %reldir%/services_test %reldir%/line_test %reldir%/leaving_test %reldir%/region_test %reldir%/message_test \
	%reldir%/heap_test %reldir%/placement_test %reldir%/hostile_receive_test
check_PROGRAMS += %reldir%/engine_bench
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

%canon_reldir%_wait_test_SOURCES = %reldir%/wait_test.cpp
%canon_reldir%_wait_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_wait_test_LDADD = $(unit_libs)

%canon_reldir%_services_test_SOURCES = %reldir%/services_test.cpp
%canon_reldir%_services_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_services_test_LDADD = $(unit_libs)

%canon_reldir%_line_test_SOURCES = %reldir%/line_test.cpp
%canon_reldir%_line_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_line_test_LDADD = $(unit_libs)

%canon_reldir%_leaving_test_SOURCES = %reldir%/leaving_test.cpp
%canon_reldir%_leaving_test_CPPFLAGS = $(unit_cppflags)
%canon_reldir%_leaving_test_LDADD = $(unit_libs)

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

# Every construct of the language, with maps: what placement is tested with.
placed_x = $(srcdir)/%reldir%/placed_types.x
placed_deps = $(placed_x) $(RPCGEN_VM) $(srcdir)/%reldir%/placed_table.awk
%reldir%/placed_types.h: $(placed_deps)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -h -o $@ $(placed_x)
%reldir%/placed_types_xdr.c: $(placed_deps)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -c -o $@ $(placed_x)
%reldir%/placed_table.c: %reldir%/placed_types.h
	$(AM_V_GEN)awk -f $(srcdir)/%reldir%/placed_table.awk %reldir%/placed_types.h >$@-t && mv -f $@-t $@
CLEANFILES += %reldir%/placed_types.h %reldir%/placed_types_xdr.c %reldir%/placed_table.c
EXTRA_DIST += %reldir%/placed_types.x %reldir%/placed_table.awk

check_LTLIBRARIES += %reldir%/libplaced.la
%canon_reldir%_libplaced_la_SOURCES = %reldir%/placed_table.h
nodist_%canon_reldir%_libplaced_la_SOURCES = %reldir%/placed_types_xdr.c %reldir%/placed_table.c
%canon_reldir%_libplaced_la_CPPFLAGS = $(AM_CPPFLAGS) -I%reldir% -I$(srcdir)/%reldir% $(TIRPC_CFLAGS)
%reldir%/placed_types_xdr.c %reldir%/placed_table.c: %reldir%/placed_types.h

placed_cppflags = $(unit_cppflags) -I%reldir%
placed_libs = %reldir%/libplaced.la $(unit_libs)

%canon_reldir%_placement_test_SOURCES = %reldir%/placement_test.cpp %reldir%/placing.hpp
%canon_reldir%_placement_test_CPPFLAGS = $(placed_cppflags)
%canon_reldir%_placement_test_LDADD = $(placed_libs)
%reldir%/placement_test-placement_test.$(OBJEXT): %reldir%/placed_types.h

%canon_reldir%_hostile_receive_test_SOURCES = %reldir%/hostile_receive_test.cpp %reldir%/placing.hpp
%canon_reldir%_hostile_receive_test_CPPFLAGS = $(placed_cppflags)
%canon_reldir%_hostile_receive_test_LDADD = $(placed_libs)
%reldir%/hostile_receive_test-hostile_receive_test.$(OBJEXT): %reldir%/placed_types.h

# What placing and receiving cost, beside the same by hand; not part of check.
%canon_reldir%_engine_bench_SOURCES = %reldir%/engine_bench.cpp %reldir%/placing.hpp
%canon_reldir%_engine_bench_CPPFLAGS = $(placed_cppflags)
%canon_reldir%_engine_bench_LDADD = $(placed_libs)
%reldir%/engine_bench-engine_bench.$(OBJEXT): %reldir%/placed_types.h
bench-engine: %reldir%/engine_bench$(EXEEXT)
	%reldir%/engine_bench
.PHONY: bench-engine
