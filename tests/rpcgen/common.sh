# SPDX-License-Identifier: BSD-3-Clause
# What the tests of rpcgen-vm share; sourced. Two compilers meet: $RPCGEN, the stock one, and $RPCGEN_VM.

: "${top_srcdir:=$(cd "${0%/*}/../.." && pwd)}" "${top_builddir:=$(pwd)}"
: "${RPCGEN:=rpcgen}" "${RPCGEN_VM:=$top_builddir/rpcgen-vm}"
: "${CC:=cc}" "${CXX:=c++}" "${TIRPC_CFLAGS:=-I/usr/include/tirpc}" "${TIRPC_LIBS:=-ltirpc}"
: "${WIRE_SEED:=1}" "${WIRE_SAMPLES:=24}"
tests=$top_srcdir/tests/rpcgen
wire_equal=$top_builddir/tests/rpcgen/wire_equal
failures=0
passes=0

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Sanitized builds: as wire_equal's own limit on memory, and no complaint about what a test never frees at exit.
ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1:max_allocation_size_mb=24}
export ASAN_OPTIONS

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

pass() {
	passes=$((passes + 1))
}

# The closing line of a test, and its exit status.
finish() {
	echo "$passes passed, $failures failed"
	[ "$failures" -eq 0 ]
	exit
}

# generate COMPILER DIR FILE.x [OPTION...]: all four outputs, in DIR. The stock compiler writes beside its
# input and has no include path, so DIR gets copies of FILE.x and of the .x files beside it.
generate() {
	generate_compiler=$1 generate_dir=$2 generate_file=$3
	shift 3
	mkdir -p "$generate_dir" && cp "${generate_file%/*}"/*.x "$generate_dir" &&
		chmod -R u+w "$generate_dir" &&
		(cd "$generate_dir" && "$generate_compiler" "$@" "${generate_file##*/}" >rpcgen.log 2>&1)
}
