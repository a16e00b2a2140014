# SPDX-License-Identifier: BSD-3-Clause
# One page per function family and per tool; siblings are links made with .so.

dist_man_MANS += \
	%reldir%/clnt_vm_alloc.3 \
	%reldir%/clnt_vm_realloc.3 \
	%reldir%/clnt_vm_setinplace.3 \
	%reldir%/clnt_vm_settrust.3 \
	%reldir%/rpc_vm_detach.3 \
	%reldir%/rpc_vm_free.3 \
	%reldir%/svc_vm_alloc.3 \
	%reldir%/svc_vm_realloc.3 \
	%reldir%/svc_vm_setinplace.3 \
	%reldir%/svc_vm_settrust.3 \
	%reldir%/clnt_vm_getinfo.3 \
	%reldir%/clnt_vm_getstats.3 \
	%reldir%/clnt_vm_setspin.3 \
	%reldir%/clnt_vm_upgrade.3 \
	%reldir%/rpc_vm_getstats.3 \
	%reldir%/rpc_vm_setspin.3 \
	%reldir%/rpc_vm_strreason.3 \
	%reldir%/rpc_vm_strtransport.3 \
	%reldir%/rpc_vm_version.3 \
	%reldir%/svc_vm_getinfo.3 \
	%reldir%/svc_vm_getstats.3 \
	%reldir%/vmrpc-run.1 \
	%reldir%/vmrpc-xen.7 \
	%reldir%/vmrpc.7
