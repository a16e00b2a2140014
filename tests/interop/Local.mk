# SPDX-License-Identifier: BSD-3-Clause
# One unmodified pair of programs, run stock, preloaded and relinked against each other.

check_LTLIBRARIES += %reldir%/libstubs.la
nodist_%canon_reldir%_libstubs_la_SOURCES = \
	%reldir%/interop_clnt.c %reldir%/interop_svc.c %reldir%/interop_xdr.c
%canon_reldir%_libstubs_la_SOURCES =
%canon_reldir%_libstubs_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
# What the stock compiler writes is not warning-clean.
%canon_reldir%_libstubs_la_CFLAGS = $(SANITIZE_FLAGS) -w

interop_cppflags = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -D_GNU_SOURCE
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

interop_generated = \
	%reldir%/interop.h %reldir%/interop_clnt.c %reldir%/interop_svc.c %reldir%/interop_xdr.c
BUILT_SOURCES += %reldir%/interop.h
CLEANFILES += $(interop_generated)

# The compiler runs beside its output: it writes the input's path into it. Several run at once, so the copy is moved
# into its place whole.
interop_rpcgen = rm -f $@ && x=`cd $(srcdir) && pwd`/%reldir% && cd $(@D) && \
	{ test "$$x" -ef . || { cp -f "$$x/interop.x" $(@F).tmp && mv -f $(@F).tmp interop.x; }; } && $(RPCGEN)
%reldir%/interop.h: %reldir%/interop.x
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(interop_rpcgen) -h -o $(@F) interop.x
%reldir%/interop_clnt.c: %reldir%/interop.h
	$(AM_V_GEN)$(interop_rpcgen) -l -o $(@F) interop.x
%reldir%/interop_svc.c: %reldir%/interop.h
	$(AM_V_GEN)$(interop_rpcgen) -m -o $(@F) interop.x
%reldir%/interop_xdr.c: %reldir%/interop.h
	$(AM_V_GEN)$(interop_rpcgen) -c -o $(@F) interop.x

EXTRA_DIST += %reldir%/interop.x %reldir%/lib.sh %reldir%/matrix.sh %reldir%/foreign.sh
TESTS += %reldir%/matrix.sh %reldir%/foreign.sh
