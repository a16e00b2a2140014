# SPDX-License-Identifier: BSD-3-Clause
# One unmodified pair of programs, run stock, preloaded and relinked, and built with rpcgen-vm's stubs, against each other.

check_LTLIBRARIES += %reldir%/libstubs.la
nodist_%canon_reldir%_libstubs_la_SOURCES = \
	%reldir%/stock/interop_clnt.c %reldir%/stock/interop_svc.c %reldir%/stock/interop_xdr.c
%canon_reldir%_libstubs_la_SOURCES =
%canon_reldir%_libstubs_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
# What the stock compiler writes is not warning-clean.
%canon_reldir%_libstubs_la_CFLAGS = $(SANITIZE_FLAGS) -w

interop_cppflags = -I$(builddir)/%reldir%/stock $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
interop_ldadd = %reldir%/libstubs.la $(TIRPC_LIBS)

check_PROGRAMS += %reldir%/interop-client %reldir%/interop-server %reldir%/interop-recorder
%canon_reldir%_interop_client_SOURCES = %reldir%/client.c
%canon_reldir%_interop_client_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_interop_client_LDADD = $(interop_ldadd)
%canon_reldir%_interop_server_SOURCES = %reldir%/server.c
%canon_reldir%_interop_server_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_interop_server_LDADD = $(interop_ldadd)
%canon_reldir%_interop_recorder_SOURCES = %reldir%/recorder.c

# Relinked: the same objects with libvmrpc in front of libtirpc. Neither refers to a symbol of ours.
interop_relinked = libvmrpc.la $(interop_ldadd)
interop_relinked_ldflags = $(AM_LDFLAGS) -Wl,--no-as-needed
check_PROGRAMS += %reldir%/interop-client-vmrpc %reldir%/interop-server-vmrpc
%canon_reldir%_interop_client_vmrpc_SOURCES = %reldir%/client.c
%canon_reldir%_interop_client_vmrpc_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_interop_client_vmrpc_LDADD = $(interop_relinked)
%canon_reldir%_interop_client_vmrpc_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_interop_server_vmrpc_SOURCES = %reldir%/server.c
%canon_reldir%_interop_server_vmrpc_CPPFLAGS = $(interop_cppflags)
%canon_reldir%_interop_server_vmrpc_LDADD = $(interop_relinked)
%canon_reldir%_interop_server_vmrpc_LDFLAGS = $(interop_relinked_ldflags)

# Regenerated: the same sources with the stubs of rpcgen-vm; in place: with --in-place.
check_LTLIBRARIES += %reldir%/libregenerated.la %reldir%/libinplace.la
nodist_%canon_reldir%_libregenerated_la_SOURCES = \
	%reldir%/regenerated/interop_clnt.c %reldir%/regenerated/interop_svc.c %reldir%/regenerated/interop_xdr.c
%canon_reldir%_libregenerated_la_SOURCES =
%canon_reldir%_libregenerated_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
nodist_%canon_reldir%_libinplace_la_SOURCES = \
	%reldir%/in-place/interop_clnt.c %reldir%/in-place/interop_svc.c %reldir%/in-place/interop_xdr.c
%canon_reldir%_libinplace_la_SOURCES =
%canon_reldir%_libinplace_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)

interop_regenerated = %reldir%/libregenerated.la libvmrpc.la $(TIRPC_LIBS)
interop_regenerated_cppflags = -I$(builddir)/%reldir%/regenerated $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
interop_inplace = %reldir%/libinplace.la libvmrpc.la $(TIRPC_LIBS)
interop_inplace_cppflags = -I$(builddir)/%reldir%/in-place $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
check_PROGRAMS += \
	%reldir%/regenerated/interop-client %reldir%/regenerated/interop-server \
	%reldir%/in-place/interop-client %reldir%/in-place/interop-server
%canon_reldir%_regenerated_interop_client_SOURCES = %reldir%/client.c
%canon_reldir%_regenerated_interop_client_CPPFLAGS = $(interop_regenerated_cppflags)
%canon_reldir%_regenerated_interop_client_LDADD = $(interop_regenerated)
%canon_reldir%_regenerated_interop_client_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_regenerated_interop_server_SOURCES = %reldir%/server.c
%canon_reldir%_regenerated_interop_server_CPPFLAGS = $(interop_regenerated_cppflags)
%canon_reldir%_regenerated_interop_server_LDADD = $(interop_regenerated)
%canon_reldir%_regenerated_interop_server_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_in_place_interop_client_SOURCES = %reldir%/client.c
%canon_reldir%_in_place_interop_client_CPPFLAGS = $(interop_inplace_cppflags)
%canon_reldir%_in_place_interop_client_LDADD = $(interop_inplace)
%canon_reldir%_in_place_interop_client_LDFLAGS = $(interop_relinked_ldflags)
%canon_reldir%_in_place_interop_server_SOURCES = %reldir%/server.c
%canon_reldir%_in_place_interop_server_CPPFLAGS = $(interop_inplace_cppflags)
%canon_reldir%_in_place_interop_server_LDADD = $(interop_inplace)
%canon_reldir%_in_place_interop_server_LDFLAGS = $(interop_relinked_ldflags)

interop_generated = \
	%reldir%/stock/interop.x %reldir%/stock/interop.h %reldir%/stock/interop_clnt.c %reldir%/stock/interop_svc.c %reldir%/stock/interop_xdr.c
interop_vm_generated = \
	%reldir%/regenerated/interop.h %reldir%/regenerated/interop_clnt.c \
	%reldir%/regenerated/interop_svc.c %reldir%/regenerated/interop_xdr.c
interop_vm_generated_in_place = \
	%reldir%/in-place/interop.h %reldir%/in-place/interop_clnt.c \
	%reldir%/in-place/interop_svc.c %reldir%/in-place/interop_xdr.c
BUILT_SOURCES += %reldir%/stock/interop.h %reldir%/regenerated/interop.h %reldir%/in-place/interop.h
CLEANFILES += $(interop_generated) $(interop_vm_generated) $(interop_vm_generated_in_place)

# The compiler runs beside its output: it writes the input's path into it.
%reldir%/stock/interop.x: %reldir%/interop.x
	$(AM_V_at)$(MKDIR_P) $(@D) && cp -f $(srcdir)/%reldir%/interop.x $@ && chmod u+w $@
interop_rpcgen = $(AM_V_GEN)rm -f $@ && cd $(@D) && $(RPCGEN)
%reldir%/stock/interop.h: %reldir%/stock/interop.x
	$(interop_rpcgen) -h -o $(@F) interop.x
%reldir%/stock/interop_clnt.c: %reldir%/stock/interop.x
	$(interop_rpcgen) -l -o $(@F) interop.x
%reldir%/stock/interop_svc.c: %reldir%/stock/interop.x
	$(interop_rpcgen) -m -o $(@F) interop.x
%reldir%/stock/interop_xdr.c: %reldir%/stock/interop.x
	$(interop_rpcgen) -c -o $(@F) interop.x

interop_vm_rpcgen = $(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && $(RPCGEN_VM)
%reldir%/regenerated/interop.h: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -h -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/regenerated/interop_clnt.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -l -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/regenerated/interop_svc.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -m -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/regenerated/interop_xdr.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -c -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/in-place/interop.h: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -h --in-place -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/in-place/interop_clnt.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -l --in-place -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/in-place/interop_svc.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -m --in-place -o $@ $(srcdir)/%reldir%/interop.x
%reldir%/in-place/interop_xdr.c: %reldir%/interop.x $(RPCGEN_VM)
	$(interop_vm_rpcgen) -c --in-place -o $@ $(srcdir)/%reldir%/interop.x

EXTRA_DIST += %reldir%/interop.x %reldir%/lib.sh %reldir%/matrix.sh %reldir%/foreign.sh
TESTS += %reldir%/matrix.sh %reldir%/foreign.sh
