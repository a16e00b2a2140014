# SPDX-License-Identifier: BSD-3-Clause
# Installed as source, with a Makefile of its own: a user builds it against the installed library.

hellodir = $(docdir)/examples/hello
dist_hello_DATA = \
	%reldir%/Makefile \
	%reldir%/hello.x \
	%reldir%/hello_client.c \
	%reldir%/hello_server.c
