#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Wire equality of rpcgen-vm with the stock compiler on every file in data/, at each way to inline.
. "$top_srcdir/tests/rpcgen/common.sh"
. "$tests/wire/wire.sh"

for file in "$tests"/data/*.x; do
	wire_file "$file"
done
for inlining in 0 1 1000; do
	wire_file "$tests/data/inlined.x" -i "$inlining"
done
wire_file "$tests/data/nfs3_shape.x" -N
wire_file "$tests/data/nfs3_shape.x" -M
finish
