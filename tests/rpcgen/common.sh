# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# What the tests of rpcgen-vm share; sourced. Two compilers meet: $RPCGEN, the stock one, and $RPCGEN_VM.
. "$top_srcdir/tests/tap.sh"

: "${RPCGEN_VM:=$top_builddir/rpcgen-vm/rpcgen-vm}"
: "${WIRE_SEED:=1}" "${WIRE_SAMPLES:=24}"
tests=$top_srcdir/tests/rpcgen
wire_equal=$top_builddir/tests/rpcgen/wire_equal

# generate COMPILER DIR FILE.x [OPTION...]: all four outputs, in DIR. The stock compiler writes beside its
# input and has no include path, so DIR gets copies of FILE.x and of the .x files beside it.
generate() {
  generate_compiler=$1 generate_dir=$2 generate_file=$3
  shift 3
  mkdir -p "$generate_dir" && cp "${generate_file%/*}"/*.x "$generate_dir" && chmod -R u+w "$generate_dir" &&
    (cd "$generate_dir" && "$generate_compiler" "$@" "${generate_file##*/}") >"$generate_dir/rpcgen.log" 2>&1 && return
  echo "$generate_compiler $* ${generate_file##*/}: refused"
  head -n 5 "$generate_dir/rpcgen.log"
  return 1
}

# stem FILE.x: the name that the outputs begin with.
stem() {
  stem_name=${1##*/}
  echo "${stem_name%.x}"
}
