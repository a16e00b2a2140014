# SPDX-License-Identifier: BSD-3-Clause
# rpcgen-vm: the front end as a convenience library (fuzzed and tested by itself), and the
# compiler around it.

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
