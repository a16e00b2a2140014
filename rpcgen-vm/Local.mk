# SPDX-License-Identifier: BSD-3-Clause
# rpcgen-vm: the front end as a convenience library (fuzzed and tested by itself), and the
# compiler around it.

vmrpcinclude_HEADERS += include/rpc/vm_types.h

noinst_LTLIBRARIES += librpcgen-front.la

librpcgen_front_la_SOURCES = \
	%reldir%/arguments.cpp \
	%reldir%/arguments.hpp \
	%reldir%/ast.hpp \
	%reldir%/checker.cpp \
	%reldir%/checker.hpp \
	%reldir%/checker_names.cpp \
	%reldir%/diagnostics.cpp \
	%reldir%/diagnostics.hpp \
	%reldir%/evaluate.cpp \
	%reldir%/evaluate.hpp \
	%reldir%/front.cpp \
	%reldir%/front.hpp \
	%reldir%/graph.cpp \
	%reldir%/graph.hpp \
	%reldir%/hoist.cpp \
	%reldir%/hoist.hpp \
	%reldir%/lexer.cpp \
	%reldir%/lexer.hpp \
	%reldir%/module.cpp \
	%reldir%/module.hpp \
	%reldir%/names.cpp \
	%reldir%/names.hpp \
	%reldir%/order.cpp \
	%reldir%/order.hpp \
	%reldir%/parser.cpp \
	%reldir%/parser.hpp \
	%reldir%/source.cpp \
	%reldir%/source.hpp \
	%reldir%/token.hpp

bin_PROGRAMS += rpcgen-vm/rpcgen-vm
rpcgen_vm_rpcgen_vm_SOURCES = \
	%reldir%/c_code.cpp \
	%reldir%/c_code.hpp \
	%reldir%/console.cpp \
	%reldir%/console.hpp \
	%reldir%/driver.cpp \
	%reldir%/driver.hpp \
	%reldir%/emit.hpp \
	%reldir%/emit_client.cpp \
	%reldir%/emit_fields.cpp \
	%reldir%/emit_header.cpp \
	%reldir%/emit_makefile.cpp \
	%reldir%/emit_map.cpp \
	%reldir%/emit_recursion.cpp \
	%reldir%/emit_samples.cpp \
	%reldir%/emit_server.cpp \
	%reldir%/emit_server.hpp \
	%reldir%/emit_server_main.cpp \
	%reldir%/emit_table.cpp \
	%reldir%/emit_xdr.cpp \
	%reldir%/emit_xdr.hpp \
	%reldir%/lint.cpp \
	%reldir%/lint.hpp \
	%reldir%/main.cpp \
	%reldir%/options.cpp \
	%reldir%/options.hpp \
	%reldir%/output.cpp \
	%reldir%/output.hpp \
	%reldir%/preprocess.cpp \
	%reldir%/preprocess.hpp \
	%reldir%/shape.cpp \
	%reldir%/shape.hpp \
	%reldir%/stubs.cpp \
	%reldir%/stubs.hpp \
	%reldir%/writer.hpp \
	%reldir%/xdr_calls.cpp
rpcgen_vm_rpcgen_vm_LDADD = librpcgen-front.la

EXTRA_DIST += tests/rpcgen/behaviour/behaviour.c tests/rpcgen/behaviour/behaviour.x
