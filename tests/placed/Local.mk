# SPDX-License-Identifier: BSD-3-Clause
# Placed values as C programs see them: public headers only, stubs by rpcgen-vm.

if HAVE_CUNIT
placed_generated = \
	%reldir%/placed.h %reldir%/placed_clnt.c %reldir%/placed_svc.c %reldir%/placed_xdr.c \
	%reldir%/by_value.h %reldir%/by_value_clnt.c %reldir%/by_value_svc.c %reldir%/by_value_xdr.c \
	%reldir%/revised.h %reldir%/revised_xdr.c
BUILT_SOURCES += %reldir%/placed.h %reldir%/by_value.h %reldir%/revised.h
CLEANFILES += $(placed_generated)

check_PROGRAMS += %reldir%/placed-test
%canon_reldir%_placed_test_SOURCES = \
	$(suites_sources) \
	%reldir%/api_test.c \
	%reldir%/block_test.c \
	%reldir%/call_thread.c %reldir%/call_thread.h \
	%reldir%/chunk_test.c \
	%reldir%/fixture.c %reldir%/fixture.h \
	%reldir%/in_place_test.c \
	%reldir%/leak_test.c \
	%reldir%/life_test.c \
	%reldir%/line_test.c \
	%reldir%/main.c \
	%reldir%/mixed_test.c \
	%reldir%/release_test.c \
	%reldir%/settings_test.c \
	%reldir%/shared_handle_test.c \
	%reldir%/service.c %reldir%/service.h \
	%reldir%/stamp.c %reldir%/stamp.h
nodist_%canon_reldir%_placed_test_SOURCES = $(placed_generated)
%canon_reldir%_placed_test_CPPFLAGS = -I$(builddir)/%reldir% -I$(srcdir)/%reldir% -I$(srcdir) \
	$(AM_CPPFLAGS) $(TIRPC_CFLAGS) $(CUNIT_CFLAGS) -D_GNU_SOURCE
%canon_reldir%_placed_test_LDADD = tests/support/libsupport.la $(CUNIT_LIBS) libvmrpc.la $(TIRPC_LIBS) -lpthread
TESTS += %reldir%/placed-test

# The programs of doc/placement.md, right and wrong.
check_PROGRAMS += %reldir%/page-right %reldir%/page-write %reldir%/page-keep %reldir%/page-free
page_generated = %reldir%/image.h %reldir%/image_clnt.c %reldir%/image_svc.c %reldir%/image_xdr.c
page_programs = %reldir%/page_invert_once.c %reldir%/page_write.c %reldir%/page_keep.c %reldir%/page_free.c
BUILT_SOURCES += %reldir%/image.h
CLEANFILES += %reldir%/image.x $(page_generated) $(page_programs)
page_common = %reldir%/page_main.c %reldir%/page_main.h
nodist_page_common = $(page_generated) %reldir%/page_invert_once.c
page_ldadd = tests/support/libsupport.la libvmrpc.la $(TIRPC_LIBS)
page_cppflags = -I$(builddir)/%reldir% -I$(srcdir) $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
%canon_reldir%_page_right_SOURCES = $(page_common) %reldir%/page_right.c
nodist_%canon_reldir%_page_right_SOURCES = $(nodist_page_common)
%canon_reldir%_page_right_CPPFLAGS = $(page_cppflags)
%canon_reldir%_page_right_LDADD = $(page_ldadd)
%canon_reldir%_page_write_SOURCES = $(page_common)
nodist_%canon_reldir%_page_write_SOURCES = $(nodist_page_common) %reldir%/page_write.c
%canon_reldir%_page_write_CPPFLAGS = $(page_cppflags)
%canon_reldir%_page_write_LDADD = $(page_ldadd)
%canon_reldir%_page_keep_SOURCES = $(page_common)
nodist_%canon_reldir%_page_keep_SOURCES = $(nodist_page_common) %reldir%/page_keep.c
%canon_reldir%_page_keep_CPPFLAGS = $(page_cppflags) -DTAKES_NO_PIXELS
%canon_reldir%_page_keep_LDADD = $(page_ldadd)
%canon_reldir%_page_free_SOURCES = $(page_common) %reldir%/page_right.c
nodist_%canon_reldir%_page_free_SOURCES = $(nodist_page_common) %reldir%/page_free.c
%canon_reldir%_page_free_CPPFLAGS = $(page_cppflags) -DDROPS_PIXELS
%canon_reldir%_page_free_LDADD = $(page_ldadd)
TESTS += %reldir%/mistakes-test
EXTRA_DIST += %reldir%/mistakes-test %reldir%/page-block.awk

page_md = $(top_srcdir)/doc/placement.md
page_block = $(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && awk -f $(srcdir)/%reldir%/page-block.awk
%reldir%/image.x: $(page_md) %reldir%/page-block.awk
	$(page_block) -v language=x -v number=1 $(page_md) >$@
%reldir%/page_invert_once.c: $(page_md) %reldir%/page-block.awk
	$(page_block) -v language=c -v number=1 $(page_md) >$@
%reldir%/page_write.c: $(page_md) %reldir%/page-block.awk
	$(page_block) -v language=c -v number=2 $(page_md) >$@
%reldir%/page_keep.c: $(page_md) %reldir%/page-block.awk
	$(page_block) -v language=c -v number=3 $(page_md) >$@
%reldir%/page_free.c: $(page_md) %reldir%/page-block.awk
	$(page_block) -v language=c -v number=4 $(page_md) >$@
%reldir%/image.h: %reldir%/image.x $(RPCGEN_VM)
	$(placed_rpcgen) --in-place -h -o $@ %reldir%/image.x
%reldir%/image_clnt.c: %reldir%/image.x $(RPCGEN_VM)
	$(placed_rpcgen) --in-place -l -o $@ %reldir%/image.x
%reldir%/image_svc.c: %reldir%/image.x $(RPCGEN_VM)
	$(placed_rpcgen) --in-place -m -o $@ %reldir%/image.x
%reldir%/image_xdr.c: %reldir%/image.x $(RPCGEN_VM)
	$(placed_rpcgen) --in-place -c -o $@ %reldir%/image.x

# The promised numbers of calls and handles, where `make check` makes fewer.
check-long: %reldir%/placed-test$(EXEEXT)
	PLACED_TEST_LONG=1 %reldir%/placed-test$(EXEEXT)

placed_rpcgen = $(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM)
%reldir%/placed.h: %reldir%/placed.x $(RPCGEN_VM)
	$(placed_rpcgen) -h -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_clnt.c: %reldir%/placed.x $(RPCGEN_VM)
	$(placed_rpcgen) -l -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_svc.c: %reldir%/placed.x $(RPCGEN_VM)
	$(placed_rpcgen) -m -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/placed_xdr.c: %reldir%/placed.x $(RPCGEN_VM)
	$(placed_rpcgen) -c -M -o $@ $(srcdir)/%reldir%/placed.x
%reldir%/by_value.h: %reldir%/by_value.x $(RPCGEN_VM)
	$(placed_rpcgen) -h -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_clnt.c: %reldir%/by_value.x $(RPCGEN_VM)
	$(placed_rpcgen) -l -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_svc.c: %reldir%/by_value.x $(RPCGEN_VM)
	$(placed_rpcgen) -m -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/by_value_xdr.c: %reldir%/by_value.x $(RPCGEN_VM)
	$(placed_rpcgen) -c -N -o $@ $(srcdir)/%reldir%/by_value.x
%reldir%/revised.h: %reldir%/revised.x $(RPCGEN_VM)
	$(placed_rpcgen) -h -o $@ $(srcdir)/%reldir%/revised.x
%reldir%/revised_xdr.c: %reldir%/revised.x $(RPCGEN_VM)
	$(placed_rpcgen) -c -o $@ $(srcdir)/%reldir%/revised.x
endif
.PHONY: check-long

TESTS += %reldir%/page-test

EXTRA_DIST += %reldir%/page-test %reldir%/placed.x %reldir%/by_value.x %reldir%/revised.x
