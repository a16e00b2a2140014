# SPDX-License-Identifier: BSD-3-Clause
# One page per function family and per tool; siblings are links made with .so.

dist_man_MANS += \
	%reldir%/rpc_vm_version.3 \
	%reldir%/vmrpc-run.1 \
	%reldir%/vmrpc.7
