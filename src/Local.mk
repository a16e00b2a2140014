# SPDX-License-Identifier: BSD-3-Clause
# libvmrpc.so.1, and the same code as a convenience library for the unit tests.

noinst_LTLIBRARIES += libvmrpc-core.la
lib_LTLIBRARIES += libvmrpc.la

libvmrpc_core_la_SOURCES = \
	%reldir%/base/abstract_address.hpp \
	%reldir%/base/boundary.hpp \
	%reldir%/base/cancellation.hpp \
	%reldir%/base/clock.hpp \
	%reldir%/base/counters.cpp \
	%reldir%/base/counters.hpp \
	%reldir%/base/error.hpp \
	%reldir%/base/fd.hpp \
	%reldir%/base/lock.hpp \
	%reldir%/base/log.cpp \
	%reldir%/base/log.hpp \
	%reldir%/base/mapping.hpp \
	%reldir%/base/process.cpp \
	%reldir%/base/process.hpp \
	%reldir%/base/quiesced.cpp \
	%reldir%/base/quiesced.hpp \
	%reldir%/base/random.cpp \
	%reldir%/base/random.hpp \
	%reldir%/base/settings.cpp \
	%reldir%/base/settings.hpp \
	%reldir%/base/signals.hpp \
	%reldir%/base/stock.cpp \
	%reldir%/base/stock.hpp \
	%reldir%/base/version.cpp \
	%reldir%/base/xdr.hpp \
	%reldir%/memory/extent.hpp \
	%reldir%/memory/fault.hpp \
	%reldir%/memory/heap.cpp \
	%reldir%/memory/heap.hpp \
	%reldir%/memory/heap_pages.cpp \
	%reldir%/memory/layout.hpp \
	%reldir%/memory/receiver.cpp \
	%reldir%/memory/receiver.hpp \
	%reldir%/memory/region.cpp \
	%reldir%/memory/region.hpp \
	%reldir%/memory/sender.cpp \
	%reldir%/memory/sender.hpp \
	%reldir%/memory/window.cpp \
	%reldir%/memory/window.hpp \
	%reldir%/wait/default_spin.cpp \
	%reldir%/wait/default_spin.hpp \
	%reldir%/wait/doorbell.cpp \
	%reldir%/wait/doorbell.hpp \
	%reldir%/wait/pause.hpp \
	%reldir%/wait/sleep.hpp \
	%reldir%/wait/spin.cpp \
	%reldir%/wait/spin.hpp \
	%reldir%/wait/yield.hpp \
	%reldir%/transport/backends.cpp \
	%reldir%/transport/local.cpp \
	%reldir%/transport/local.hpp \
	%reldir%/transport/local_chunks.cpp \
	%reldir%/transport/local_chunks.hpp \
	%reldir%/transport/memfd.cpp \
	%reldir%/transport/memfd.hpp \
	%reldir%/transport/transport.hpp \
	%reldir%/transport/unix_socket.cpp \
	%reldir%/transport/unix_socket.hpp \
	%reldir%/association/accepted.cpp \
	%reldir%/association/accepted.hpp \
	%reldir%/association/client_upgrade.cpp \
	%reldir%/association/client_upgrade.hpp \
	%reldir%/association/control.cpp \
	%reldir%/association/control.hpp \
	%reldir%/association/failure.hpp \
	%reldir%/association/heartbeat.cpp \
	%reldir%/association/heartbeat.hpp \
	%reldir%/association/heaps.cpp \
	%reldir%/association/heaps.hpp \
	%reldir%/association/own_heap.cpp \
	%reldir%/association/own_heap.hpp \
	%reldir%/association/peer_heap.cpp \
	%reldir%/association/peer_heap.hpp \
	%reldir%/association/subject.hpp \
	%reldir%/association/link.cpp \
	%reldir%/association/link.hpp \
	%reldir%/association/message_reader.cpp \
	%reldir%/association/message_reader.hpp \
	%reldir%/association/message_writer.cpp \
	%reldir%/association/message_writer.hpp \
	%reldir%/association/quiesce.cpp \
	%reldir%/association/quiesce.hpp \
	%reldir%/association/quota.cpp \
	%reldir%/association/quota.hpp \
	%reldir%/association/report.cpp \
	%reldir%/association/report.hpp \
	%reldir%/association/request.hpp \
	%reldir%/association/rpc_header.cpp \
	%reldir%/association/rpc_header.hpp \
	%reldir%/association/server_upgrade.cpp \
	%reldir%/association/server_upgrade.hpp \
	%reldir%/association/shared.hpp \
	%reldir%/association/socket_stream.cpp \
	%reldir%/association/socket_stream.hpp \
	%reldir%/placement/arena.cpp \
	%reldir%/placement/arena.hpp \
	%reldir%/placement/fence.cpp \
	%reldir%/placement/checksum.hpp \
	%reldir%/placement/fence.hpp \
	%reldir%/placement/fingerprint.cpp \
	%reldir%/placement/fingerprint.hpp \
	%reldir%/placement/held.cpp \
	%reldir%/placement/held.hpp \
	%reldir%/placement/held_fork.cpp \
	%reldir%/placement/inspector.hpp \
	%reldir%/placement/place.cpp \
	%reldir%/placement/place.hpp \
	%reldir%/placement/plan.cpp \
	%reldir%/placement/plan.hpp \
	%reldir%/placement/receive.cpp \
	%reldir%/placement/receive.hpp \
	%reldir%/placement/released_pieces.hpp \
	%reldir%/placement/releasing.cpp \
	%reldir%/placement/releasing.hpp \
	%reldir%/placement/steps.hpp \
	%reldir%/placement/xdr_arrays.cpp \
	%reldir%/placement/xdr_arrays.hpp \
	%reldir%/client/call.cpp \
	%reldir%/client/call.hpp \
	%reldir%/client/call_lock.hpp \
	%reldir%/client/connection.cpp \
	%reldir%/client/connection.hpp \
	%reldir%/client/handle.cpp \
	%reldir%/client/handle.hpp \
	%reldir%/client/line.cpp \
	%reldir%/client/line.hpp \
	%reldir%/client/probe_memory.cpp \
	%reldir%/client/probe_memory.hpp \
	%reldir%/client/reconnect.cpp \
	%reldir%/client/reconnect.hpp \
	%reldir%/server/adopt.cpp \
	%reldir%/server/adopt.hpp \
	%reldir%/server/control_calls.cpp \
	%reldir%/server/dispatch.cpp \
	%reldir%/server/known.hpp \
	%reldir%/server/mailbox.hpp \
	%reldir%/server/run_loop.cpp \
	%reldir%/server/run_loop.hpp \
	%reldir%/server/service_policy.cpp \
	%reldir%/server/service_policy.hpp \
	%reldir%/server/service_transport.cpp \
	%reldir%/server/service_transport.hpp \
	%reldir%/server/services.cpp \
	%reldir%/server/services.hpp \
	%reldir%/server/upgraded_transports.cpp \
	%reldir%/server/upgraded_transports.hpp \
	%reldir%/api/blocks.cpp \
	%reldir%/api/interposed.cpp \
	%reldir%/api/releasing.cpp \
	%reldir%/api/vm.cpp
nodist_libvmrpc_core_la_SOURCES = \
	%reldir%/association/vmrpc_prot.h \
	%reldir%/association/vmrpc_prot_xdr.c
if HAVE_XEN
libvmrpc_core_la_SOURCES += \
	%reldir%/transport/xen.cpp \
	%reldir%/transport/xen.hpp \
	%reldir%/transport/xen_chunks.cpp \
	%reldir%/transport/xen_chunks.hpp \
	%reldir%/transport/xen_domain.cpp \
	%reldir%/transport/xen_domain.hpp \
	%reldir%/transport/xen_event_channel.cpp \
	%reldir%/transport/xen_event_channel.hpp \
	%reldir%/transport/xen_grants.cpp \
	%reldir%/transport/xen_grants.hpp \
	%reldir%/transport/xen_kernel.hpp
endif
libvmrpc_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(TIRPC_CFLAGS)
libvmrpc_core_la_CXXFLAGS = $(AM_CXXFLAGS) -fvisibility=hidden
# What the stock compiler writes is not warning-clean.
libvmrpc_core_la_CFLAGS = $(SANITIZE_FLAGS) $(COVERAGE_FLAGS) -w -fvisibility=hidden
libvmrpc_core_la_LIBADD = $(TIRPC_LIBS)

libvmrpc_la_SOURCES =
nodist_EXTRA_libvmrpc_la_SOURCES = dummy.cpp
libvmrpc_la_LIBADD = libvmrpc-core.la
libvmrpc_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/compat/libvmrpc.map -Wl,-z,defs -Wl,-z,now
libvmrpc_la_DEPENDENCIES = libvmrpc-core.la compat/libvmrpc.map
EXTRA_DIST += compat/libvmrpc.map

vmrpcincludedir = $(includedir)/vmrpc/rpc
vmrpcinclude_HEADERS = include/rpc/vm.h

# The control protocol. The compiler runs beside its output: it writes the input's path into it.
%reldir%/association/vmrpc_prot.h: %reldir%/association/vmrpc_prot.x
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && \
	  x=`cd $(srcdir) && pwd`/%reldir%/association && cd $(@D) && \
	  { test "$$x" -ef . || cp -f "$$x/vmrpc_prot.x" .; } && $(RPCGEN) -h -o vmrpc_prot.h vmrpc_prot.x
%reldir%/association/vmrpc_prot_xdr.c: %reldir%/association/vmrpc_prot.h
	$(AM_V_GEN)rm -f $@ && cd $(@D) && $(RPCGEN) -c -o vmrpc_prot_xdr.c vmrpc_prot.x
BUILT_SOURCES += %reldir%/association/vmrpc_prot.h
CLEANFILES += %reldir%/association/vmrpc_prot.h %reldir%/association/vmrpc_prot_xdr.c
EXTRA_DIST += %reldir%/association/vmrpc_prot.x
# The copy of a build outside of the tree.
distclean-local-prot:
	test $(srcdir) -ef . || rm -f %reldir%/association/vmrpc_prot.x
distclean-local: distclean-local-prot
.PHONY: distclean-local-prot
