# SPDX-License-Identifier: BSD-3-Clause
# Fuzz targets. `make check` replays their corpora; `make fuzz` runs them under libFuzzer.

FUZZ_SECONDS = 600

check_PROGRAMS += tests/fuzz/rpcgen_front
tests_fuzz_rpcgen_front_SOURCES = %reldir%/rpcgen_front.cpp %reldir%/replay_main.cpp
tests_fuzz_rpcgen_front_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_rpcgen_front_LDADD = librpcgen-front.la

fuzz_placement_cppflags = $(AM_CPPFLAGS) $(TIRPC_CFLAGS) -I$(srcdir)/tests/unit -Itests/unit
check_PROGRAMS += tests/fuzz/placement tests/fuzz/placement_seeds
tests_fuzz_placement_SOURCES = %reldir%/placement.cpp %reldir%/placed_value.hpp %reldir%/replay_main.cpp
tests_fuzz_placement_CPPFLAGS = $(fuzz_placement_cppflags)
tests_fuzz_placement_LDADD = tests/unit/libplaced.la libvmrpc-core.la $(TIRPC_LIBS)
tests_fuzz_placement_seeds_SOURCES = %reldir%/placement_seeds.cpp %reldir%/placed_value.hpp
tests_fuzz_placement_seeds_CPPFLAGS = $(fuzz_placement_cppflags)
tests_fuzz_placement_seeds_LDADD = tests/unit/libplaced.la libvmrpc-core.la $(TIRPC_LIBS)

TESTS += %reldir%/rpcgen-front-test %reldir%/placement-test

run_fuzzer = top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)'
fuzz: fuzz-rpcgen fuzz-placement
fuzz-rpcgen:
	$(run_fuzzer) fuzz_options='-max_len=4096 -dict=$(srcdir)/%reldir%/rpcgen.dict' \
	  corpora='$(srcdir)/%reldir%/corpus/rpcgen_front $(srcdir)/tests/rpcgen' \
	  $(srcdir)/%reldir%/run-fuzzer $(FUZZ_SECONDS) \
	  $(srcdir)/%reldir%/rpcgen_front.cpp `for s in $(librpcgen_front_la_SOURCES); do \
	    case $$s in *.cpp) echo $(srcdir)/$$s;; esac; done`
fuzz-placement: tests/fuzz/placement_seeds$(EXEEXT)
	seeds=`mktemp -d` && trap 'rm -rf "$$seeds"' EXIT && tests/fuzz/placement_seeds$(EXEEXT) "$$seeds" && \
	$(run_fuzzer) fuzz_options='-max_len=2048' corpora="$$seeds" fuzz_libs='$(TIRPC_LIBS)' \
	  fuzz_flags='$(fuzz_placement_cppflags)' \
	  $(srcdir)/%reldir%/run-fuzzer $(FUZZ_SECONDS) $(srcdir)/%reldir%/placement.cpp \
	  tests/unit/placed_types_xdr.c tests/unit/placed_table.c \
	  `for s in $(libvmrpc_core_la_SOURCES); do case $$s in \
	    src/base/*.cpp|src/memory/*.cpp|src/placement/*.cpp|src/api/releasing.cpp) echo $(srcdir)/$$s;; esac; done`
.PHONY: fuzz fuzz-rpcgen fuzz-placement

EXTRA_DIST += \
	%reldir%/placement-test \
	%reldir%/rpcgen-front-test \
	%reldir%/rpcgen.dict \
	%reldir%/run-fuzzer \
	%reldir%/corpus/placement.hex \
	%reldir%/corpus/rpcgen_front/annotations.x \
	%reldir%/corpus/rpcgen_front/bounds.x \
	%reldir%/corpus/rpcgen_front/broken.x \
	%reldir%/corpus/rpcgen_front/constants.x \
	%reldir%/corpus/rpcgen_front/cycles.x \
	%reldir%/corpus/rpcgen_front/markers.x \
	%reldir%/corpus/rpcgen_front/nested.x \
	%reldir%/corpus/rpcgen_front/program.x \
	%reldir%/corpus/rpcgen_front/unions.x
