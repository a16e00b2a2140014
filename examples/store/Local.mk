# SPDX-License-Identifier: BSD-3-Clause
# The store: one set of sources, linked twice: as any program would be, and with libvmrpc.

store_gen = %reldir%/rpcgen
store_cppflags = -I$(srcdir)/%reldir% -I$(builddir)/$(store_gen) $(TIRPC_CFLAGS)

noinst_LTLIBRARIES += %reldir%/libstubs.la %reldir%/libclient.la %reldir%/libserver.la

# Stock rpcgen's output is not clean under our warnings.
nodist_%canon_reldir%_libstubs_la_SOURCES = \
	%reldir%/rpcgen/store.h \
	%reldir%/rpcgen/store_xdr.c \
	%reldir%/rpcgen/store_clnt.c \
	%reldir%/rpcgen/store_svc.c
%canon_reldir%_libstubs_la_CPPFLAGS = $(store_cppflags)
%canon_reldir%_libstubs_la_CFLAGS = $(SANITIZE_FLAGS) $(COVERAGE_FLAGS) -w

%canon_reldir%_libclient_la_SOURCES = \
	%reldir%/address.c %reldir%/address.h \
	%reldir%/job.c %reldir%/job.h \
	%reldir%/name.c %reldir%/name.h \
	%reldir%/number.c %reldir%/number.h \
	%reldir%/session.c %reldir%/session.h \
	%reldir%/times.c %reldir%/times.h \
	%reldir%/tree.c %reldir%/tree.h
%canon_reldir%_libclient_la_CPPFLAGS = $(store_cppflags)
%canon_reldir%_libclient_la_LIBADD = %reldir%/libstubs.la

%canon_reldir%_libserver_la_SOURCES = \
	%reldir%/address.c %reldir%/address.h \
	%reldir%/name.c %reldir%/name.h \
	%reldir%/number.c %reldir%/number.h \
	%reldir%/procs.c %reldir%/procs.h \
	%reldir%/table.c %reldir%/table.h
%canon_reldir%_libserver_la_CPPFLAGS = $(store_cppflags)
%canon_reldir%_libserver_la_LIBADD = %reldir%/libstubs.la

storedir = $(pkglibexecdir)/store
stockdir = $(storedir)/stock
relinkeddir = $(storedir)/relinked
regenerateddir = $(storedir)/regenerated
inplacedir = $(storedir)/in-place
store_PROGRAMS = %reldir%/mktree
store_SCRIPTS = %reldir%/demo
stock_PROGRAMS = %reldir%/stock/store %reldir%/stock/stored
relinked_PROGRAMS = %reldir%/relinked/store %reldir%/relinked/stored

%canon_reldir%_mktree_SOURCES = %reldir%/mktree.c %reldir%/number.c %reldir%/number.h

%canon_reldir%_stock_store_SOURCES = %reldir%/store.c
%canon_reldir%_stock_store_CPPFLAGS = $(store_cppflags)
%canon_reldir%_stock_store_LDADD = %reldir%/libclient.la $(TIRPC_LIBS)
%canon_reldir%_stock_stored_SOURCES = %reldir%/stored.c
%canon_reldir%_stock_stored_CPPFLAGS = $(store_cppflags)
%canon_reldir%_stock_stored_LDADD = %reldir%/libserver.la $(TIRPC_LIBS)

# What pkg-config vmrpc gives outside of this tree. --no-as-needed, since a program that
# names none of our symbols would otherwise stay stock without a word.
store_relinked = libvmrpc.la $(TIRPC_LIBS)
store_relinked_ldflags = $(AM_LDFLAGS) -Wl,--no-as-needed
%canon_reldir%_relinked_store_SOURCES = %reldir%/store.c
%canon_reldir%_relinked_store_CPPFLAGS = $(store_cppflags)
%canon_reldir%_relinked_store_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_relinked_store_LDADD = %reldir%/libclient.la $(store_relinked)
%canon_reldir%_relinked_stored_SOURCES = %reldir%/stored.c
%canon_reldir%_relinked_stored_CPPFLAGS = $(store_cppflags)
%canon_reldir%_relinked_stored_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_relinked_stored_LDADD = %reldir%/libserver.la $(store_relinked)

# The same sources with the stubs of rpcgen-vm, and with those of rpcgen-vm --in-place.
regenerated_PROGRAMS = %reldir%/regenerated/store %reldir%/regenerated/stored
store_regenerated_gen = %reldir%/regenerated/rpcgen/store.h %reldir%/regenerated/rpcgen/store_xdr.c %reldir%/regenerated/rpcgen/store_clnt.c %reldir%/regenerated/rpcgen/store_svc.c
store_regenerated_cppflags = -I$(builddir)/%reldir%/regenerated/rpcgen -I$(srcdir)/%reldir% -I$(top_srcdir)/include $(TIRPC_CFLAGS)
%canon_reldir%_regenerated_store_SOURCES = %reldir%/store.c %reldir%/address.c %reldir%/job.c %reldir%/name.c %reldir%/number.c %reldir%/session.c %reldir%/times.c %reldir%/tree.c
nodist_%canon_reldir%_regenerated_store_SOURCES = %reldir%/regenerated/rpcgen/store.h %reldir%/regenerated/rpcgen/store_xdr.c %reldir%/regenerated/rpcgen/store_clnt.c
%canon_reldir%_regenerated_store_CPPFLAGS = $(store_regenerated_cppflags)
%canon_reldir%_regenerated_store_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_regenerated_store_LDADD = $(store_relinked)
%canon_reldir%_regenerated_stored_SOURCES = %reldir%/stored.c %reldir%/address.c %reldir%/name.c %reldir%/number.c %reldir%/procs.c %reldir%/table.c
nodist_%canon_reldir%_regenerated_stored_SOURCES = %reldir%/regenerated/rpcgen/store.h %reldir%/regenerated/rpcgen/store_xdr.c %reldir%/regenerated/rpcgen/store_svc.c
%canon_reldir%_regenerated_stored_CPPFLAGS = $(store_regenerated_cppflags)
%canon_reldir%_regenerated_stored_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_regenerated_stored_LDADD = $(store_relinked)
BUILT_SOURCES += %reldir%/regenerated/rpcgen/store.h
CLEANFILES += $(store_regenerated_gen)
%reldir%/regenerated/rpcgen/store.h: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -h -o $@ $(srcdir)/%reldir%/store.x
%reldir%/regenerated/rpcgen/store_xdr.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -c -o $@ $(srcdir)/%reldir%/store.x
%reldir%/regenerated/rpcgen/store_clnt.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -l -o $@ $(srcdir)/%reldir%/store.x
%reldir%/regenerated/rpcgen/store_svc.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -m -o $@ $(srcdir)/%reldir%/store.x
inplace_PROGRAMS = %reldir%/in-place/store %reldir%/in-place/stored
store_in_place_gen = %reldir%/in-place/rpcgen/store.h %reldir%/in-place/rpcgen/store_xdr.c %reldir%/in-place/rpcgen/store_clnt.c %reldir%/in-place/rpcgen/store_svc.c
store_in_place_cppflags = -I$(builddir)/%reldir%/in-place/rpcgen -I$(srcdir)/%reldir% -I$(top_srcdir)/include $(TIRPC_CFLAGS)
%canon_reldir%_in_place_store_SOURCES = %reldir%/store.c %reldir%/address.c %reldir%/job.c %reldir%/name.c %reldir%/number.c %reldir%/session.c %reldir%/times.c %reldir%/tree.c
nodist_%canon_reldir%_in_place_store_SOURCES = %reldir%/in-place/rpcgen/store.h %reldir%/in-place/rpcgen/store_xdr.c %reldir%/in-place/rpcgen/store_clnt.c
%canon_reldir%_in_place_store_CPPFLAGS = $(store_in_place_cppflags)
%canon_reldir%_in_place_store_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_in_place_store_LDADD = $(store_relinked)
%canon_reldir%_in_place_stored_SOURCES = %reldir%/stored.c %reldir%/address.c %reldir%/name.c %reldir%/number.c %reldir%/procs.c %reldir%/table.c
nodist_%canon_reldir%_in_place_stored_SOURCES = %reldir%/in-place/rpcgen/store.h %reldir%/in-place/rpcgen/store_xdr.c %reldir%/in-place/rpcgen/store_svc.c
%canon_reldir%_in_place_stored_CPPFLAGS = $(store_in_place_cppflags)
%canon_reldir%_in_place_stored_LDFLAGS = $(store_relinked_ldflags)
%canon_reldir%_in_place_stored_LDADD = $(store_relinked)
BUILT_SOURCES += %reldir%/in-place/rpcgen/store.h
CLEANFILES += $(store_in_place_gen)
%reldir%/in-place/rpcgen/store.h: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -h --in-place -o $@ $(srcdir)/%reldir%/store.x
%reldir%/in-place/rpcgen/store_xdr.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -c --in-place -o $@ $(srcdir)/%reldir%/store.x
%reldir%/in-place/rpcgen/store_clnt.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -l --in-place -o $@ $(srcdir)/%reldir%/store.x
%reldir%/in-place/rpcgen/store_svc.c: %reldir%/store.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM) -m --in-place -o $@ $(srcdir)/%reldir%/store.x

# rpcgen runs beside a copy of store.x, or it would write our path into its #include line.
BUILT_SOURCES += %reldir%/rpcgen/store.h
CLEANFILES += \
	%reldir%/rpcgen/store.x \
	%reldir%/rpcgen/store.h \
	%reldir%/rpcgen/store_xdr.c \
	%reldir%/rpcgen/store_clnt.c \
	%reldir%/rpcgen/store_svc.c \
	%reldir%/demo
%reldir%/rpcgen/store.x: %reldir%/store.x
	$(AM_V_at)$(MKDIR_P) $(@D) && cp $(srcdir)/%reldir%/store.x $@ && chmod u+w $@
store_rpcgen = $(AM_V_GEN)rm -f $@ && cd $(@D) && $(RPCGEN) -C
%reldir%/rpcgen/store.h: %reldir%/rpcgen/store.x
	$(store_rpcgen) -h -o $(@F) store.x
%reldir%/rpcgen/store_xdr.c: %reldir%/rpcgen/store.x
	$(store_rpcgen) -c -o $(@F) store.x
%reldir%/rpcgen/store_clnt.c: %reldir%/rpcgen/store.x
	$(store_rpcgen) -l -o $(@F) store.x
%reldir%/rpcgen/store_svc.c: %reldir%/rpcgen/store.x
	$(store_rpcgen) -m -o $(@F) store.x

%reldir%/demo: %reldir%/demo.in Makefile
	$(AM_V_GEN)sed -e 's|@bindir[@]|$(bindir)|g' $(srcdir)/%reldir%/demo.in > $@.tmp && chmod +x $@.tmp && mv -f $@.tmp $@

# make demo DEMO='--pin=two' passes options on.
demo: all
	$(builddir)/%reldir%/demo $(DEMO)
.PHONY: demo

storedocdir = $(docdir)/examples/store
dist_storedoc_DATA = \
	%reldir%/README.md \
	%reldir%/store.x \
	%reldir%/address.c %reldir%/address.h \
	%reldir%/job.c %reldir%/job.h \
	%reldir%/mktree.c \
	%reldir%/name.c %reldir%/name.h \
	%reldir%/number.c %reldir%/number.h \
	%reldir%/procs.c %reldir%/procs.h \
	%reldir%/session.c %reldir%/session.h \
	%reldir%/store.c \
	%reldir%/stored.c \
	%reldir%/table.c %reldir%/table.h \
	%reldir%/times.c %reldir%/times.h \
	%reldir%/tree.c %reldir%/tree.h
EXTRA_DIST += %reldir%/demo.in

store_tests = \
	%reldir%/tcp-test \
	%reldir%/tcp6-test \
	%reldir%/unix-test \
	%reldir%/limits-test \
	%reldir%/demo-test \
	%reldir%/preloaded-test \
	%reldir%/relinked-test
TESTS += $(store_tests)
EXTRA_DIST += $(store_tests) %reldir%/test-lib.sh

# The server without its rule for names, to see that the client has one.
check_PROGRAMS += %reldir%/hostile-stored
%canon_reldir%_hostile_stored_SOURCES = %reldir%/stored.c %reldir%/procs.c
%canon_reldir%_hostile_stored_CPPFLAGS = $(store_cppflags) -DSTORE_NAME_H '-Dname_is_good(name)=1'
%canon_reldir%_hostile_stored_LDADD = $(%canon_reldir%_stock_stored_LDADD)
