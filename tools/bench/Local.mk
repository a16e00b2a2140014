# SPDX-License-Identifier: BSD-3-Clause
# vmrpc-bench, and the workers that it measures: these link libtirpc and nothing of ours.

EXTRA_DIST += %reldir%/bench_prot.x %reldir%/vmrpc-bench.bash m4/bench.m4 man/vmrpc-bench.1

BENCH_GEN = %reldir%/gen
bench_generated = $(BENCH_GEN)/bench_prot.h $(BENCH_GEN)/bench_prot_xdr.c \
	$(BENCH_GEN)/bench_prot_clnt.c $(BENCH_GEN)/bench_prot_svc.c
BENCH_REGEN = %reldir%/regen
bench_regenerated = $(BENCH_REGEN)/bench_prot.h $(BENCH_REGEN)/bench_prot_xdr.c \
	$(BENCH_REGEN)/bench_prot_clnt.c $(BENCH_REGEN)/bench_prot_svc.c

if HAVE_BENCH
bin_PROGRAMS += %reldir%/vmrpc-bench
pkglibexec_PROGRAMS += %reldir%/vmrpc-bench-worker %reldir%/vmrpc-bench-worker-regenerated
noinst_LTLIBRARIES += %reldir%/libbench-stubs.la %reldir%/libbench-regenerated.la \
	%reldir%/libbench-worker.la
bashcompletion_DATA += %reldir%/vmrpc-bench.bash
dist_man_MANS += man/vmrpc-bench.1
BUILT_SOURCES += $(BENCH_GEN)/bench_prot.h
CLEANFILES += $(bench_generated) $(bench_regenerated)
endif

# rpcgen writes the name of its input into what it makes, and does not overwrite.
$(bench_generated): $(srcdir)/%reldir%/bench_prot.x
	$(AM_V_GEN)$(MKDIR_P) $(BENCH_GEN) && rm -f $@ $@.x/bench_prot.x && $(MKDIR_P) $@.x && \
	cp $(srcdir)/%reldir%/bench_prot.x $@.x/ && cd $@.x && \
	case $@ in *.h) part=-h ;; *_xdr.c) part=-c ;; *_clnt.c) part=-l ;; *) part=-m ;; esac && \
	$(RPCGEN) -M $$part bench_prot.x >../$(@F).tmp && cd .. && mv $(@F).tmp $(@F) && rm -rf $(@F).x
# The same by rpcgen-vm: what differs between both workers is this alone.
$(bench_regenerated): $(srcdir)/%reldir%/bench_prot.x $(RPCGEN_VM)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && \
	case $@ in *.h) part=-h ;; *_xdr.c) part=-c ;; *_clnt.c) part=-l ;; *) part=-m ;; esac && \
	$(RPCGEN_VM) -M $$part -o $@ $(srcdir)/%reldir%/bench_prot.x
$(BENCH_REGEN)/bench_prot_xdr.c $(BENCH_REGEN)/bench_prot_clnt.c $(BENCH_REGEN)/bench_prot_svc.c: \
	$(BENCH_REGEN)/bench_prot.h

nodist_%canon_reldir%_libbench_stubs_la_SOURCES = $(bench_generated)
%canon_reldir%_libbench_stubs_la_SOURCES =
%canon_reldir%_libbench_stubs_la_CPPFLAGS = -I$(BENCH_GEN) $(TIRPC_CFLAGS)
# rpcgen's code is as it is: no warnings are asked for.
%canon_reldir%_libbench_stubs_la_CFLAGS = $(SANITIZE_FLAGS) -fno-strict-aliasing -w

nodist_%canon_reldir%_libbench_regenerated_la_SOURCES = $(bench_regenerated)
%canon_reldir%_libbench_regenerated_la_SOURCES =
%canon_reldir%_libbench_regenerated_la_CPPFLAGS = -I$(BENCH_REGEN) -I$(top_srcdir)/include $(TIRPC_CFLAGS)
%canon_reldir%_libbench_regenerated_la_CFLAGS = $(SANITIZE_FLAGS) -fno-strict-aliasing

# One compilation for both workers.
%canon_reldir%_libbench_worker_la_SOURCES = \
	%reldir%/arguments.hpp \
	%reldir%/client.cpp \
	%reldir%/client.hpp \
	%reldir%/connect.cpp \
	%reldir%/floors.cpp \
	%reldir%/floors.hpp \
	%reldir%/floors_bulk.cpp \
	%reldir%/floors_tcp.cpp \
	%reldir%/histogram.hpp \
	%reldir%/memory.hpp \
	%reldir%/payload.hpp \
	%reldir%/server.cpp \
	%reldir%/service.hpp \
	%reldir%/shared_block.hpp \
	%reldir%/timing.cpp \
	%reldir%/timing.hpp \
	%reldir%/usage.cpp \
	%reldir%/usage.hpp \
	%reldir%/vm.hpp \
	%reldir%/workloads.cpp
bench_worker_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/%reldir% -I$(BENCH_GEN) $(TIRPC_CFLAGS)
%canon_reldir%_libbench_worker_la_CPPFLAGS = $(bench_worker_cppflags)
# Every way and every floor sums with loops that lie alike: one that lies across 32 bytes can take half as long again
# (Intel's SKX102), which has nothing to do with what is measured.
bench_worker_cxxflags = $(AM_CXXFLAGS) -falign-loops=64
%canon_reldir%_libbench_worker_la_CXXFLAGS = $(bench_worker_cxxflags)

# The stubs call the service, so that is in the program itself.
%canon_reldir%_vmrpc_bench_worker_SOURCES = %reldir%/service.cpp %reldir%/worker.cpp
%canon_reldir%_vmrpc_bench_worker_CPPFLAGS = $(bench_worker_cppflags)
%canon_reldir%_vmrpc_bench_worker_CXXFLAGS = $(bench_worker_cxxflags)
%canon_reldir%_vmrpc_bench_worker_LDADD = %reldir%/libbench-worker.la %reldir%/libbench-stubs.la \
	$(TIRPC_LIBS) -ldl -lpthread
%canon_reldir%_vmrpc_bench_worker_regenerated_SOURCES = %reldir%/service.cpp %reldir%/worker.cpp
%canon_reldir%_vmrpc_bench_worker_regenerated_CPPFLAGS = $(bench_worker_cppflags)
%canon_reldir%_vmrpc_bench_worker_regenerated_CXXFLAGS = $(bench_worker_cxxflags)
%canon_reldir%_vmrpc_bench_worker_regenerated_LDADD = %reldir%/libbench-worker.la \
	%reldir%/libbench-regenerated.la $(TIRPC_LIBS) -ldl -lpthread

%canon_reldir%_vmrpc_bench_SOURCES = \
	%reldir%/check.cpp \
	%reldir%/check.hpp \
	%reldir%/child.cpp \
	%reldir%/child.hpp \
	%reldir%/histogram.hpp \
	%reldir%/item.cpp \
	%reldir%/item.hpp \
	%reldir%/limits.cpp \
	%reldir%/limits.hpp \
	%reldir%/machine.cpp \
	%reldir%/machine.hpp \
	%reldir%/main.cpp \
	%reldir%/measure.cpp \
	%reldir%/measure.hpp \
	%reldir%/numbers.cpp \
	%reldir%/numbers.hpp \
	%reldir%/options.cpp \
	%reldir%/options.hpp \
	%reldir%/output.cpp \
	%reldir%/output.hpp \
	%reldir%/plots.cpp \
	%reldir%/plots.hpp \
	%reldir%/process_view.cpp \
	%reldir%/process_view.hpp \
	%reldir%/report.cpp \
	%reldir%/report.hpp \
	%reldir%/results.cpp \
	%reldir%/results.hpp \
	%reldir%/run.cpp \
	%reldir%/run.hpp \
	%reldir%/settings.hpp \
	%reldir%/timing.cpp \
	%reldir%/timing.hpp \
	%reldir%/usage_error.hpp \
	%reldir%/way.cpp \
	%reldir%/way.hpp
%canon_reldir%_vmrpc_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%reldir% \
	-DBENCH_LIBEXECDIR='"$(pkglibexecdir)"' -DBENCH_LIBDIR='"$(libdir)"'

bench_tests = \
	%reldir%/arguments-test \
	%reldir%/failures-test \
	%reldir%/memory-test \
	%reldir%/split-test \
	%reldir%/workloads-test
TESTS += $(bench_tests)
EXTRA_DIST += $(bench_tests) %reldir%/built.sh

# The README's table, by one command, in less than five minutes.
BENCH_WAYS = pingpong,copy,inplace,list-copy,list-inplace,tcp,tcp-1m,unmodified,regenerated,in-place,trusted,heap
BENCH_ITEMS = null null,sys small put:64k put:1m put:16m doubles:128k list:1000 list:100000 null,hog \
	null,clients=64,seconds=2
bench: all
	%reldir%/vmrpc-bench --rounds=3 --ways=$(BENCH_WAYS) $(BENCH_FLAGS) $(BENCH_ITEMS)
# Every limit, in three runs, in less than ten minutes; not part of check.
bench-check: all
	%reldir%/vmrpc-bench --check --rounds=3 $(BENCH_FLAGS)
.PHONY: bench bench-check
