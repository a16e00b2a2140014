# SPDX-License-Identifier: BSD-3-Clause
# vmrpc-ctl: for administrators of machines whose memory a hypervisor shares.

bin_PROGRAMS += %reldir%/vmrpc-ctl
bashcompletion_DATA += %reldir%/vmrpc-ctl.bash
dist_man_MANS += man/vmrpc-ctl.8
%canon_reldir%_vmrpc_ctl_SOURCES = \
	%reldir%/main.cpp \
	%reldir%/programs.cpp \
	%reldir%/programs.hpp

TESTS += %reldir%/ctl-test
EXTRA_DIST += %reldir%/ctl-test %reldir%/vmrpc-ctl.bash
