# SPDX-License-Identifier: BSD-3-Clause
# Fuzz targets. `make check` replays their corpus; `make fuzz` runs them under libFuzzer.

FUZZ_SECONDS = 600

check_PROGRAMS += tests/fuzz/rpcgen_front
tests_fuzz_rpcgen_front_SOURCES = %reldir%/rpcgen_front.cpp %reldir%/replay_main.cpp
tests_fuzz_rpcgen_front_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_rpcgen_front_LDADD = librpcgen-front.la

TESTS += %reldir%/rpcgen-front-test

fuzz:
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' $(srcdir)/%reldir%/run-fuzzer $(FUZZ_SECONDS) \
	  $(srcdir)/%reldir%/rpcgen_front.cpp `for s in $(librpcgen_front_la_SOURCES); do \
	    case $$s in *.cpp) echo $(srcdir)/$$s;; esac; done`
.PHONY: fuzz

EXTRA_DIST += \
	%reldir%/rpcgen-front-test \
	%reldir%/rpcgen.dict \
	%reldir%/run-fuzzer \
	%reldir%/corpus/rpcgen_front/annotations.x \
	%reldir%/corpus/rpcgen_front/bounds.x \
	%reldir%/corpus/rpcgen_front/broken.x \
	%reldir%/corpus/rpcgen_front/constants.x \
	%reldir%/corpus/rpcgen_front/cycles.x \
	%reldir%/corpus/rpcgen_front/markers.x \
	%reldir%/corpus/rpcgen_front/nested.x \
	%reldir%/corpus/rpcgen_front/program.x \
	%reldir%/corpus/rpcgen_front/unions.x
