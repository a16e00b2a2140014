# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# Wire equality of one .x file; sourced after common.sh. $WIRE_CFLAGS and $WIRE_SOURCES go into every library.

# As wire_equal's own limit on memory, which does not work with a sanitizer.
ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=24${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS

# wire_library DIR STEM: DIR/wire.so out of the table and the XDR routines in DIR.
wire_library() {
  # shellcheck disable=SC2086 # lists of options
  (cd "$1" && $CC -w -fPIC -shared -Wl,-Bsymbolic -Wl,-z,defs $SANITIZE_FLAGS $WIRE_CFLAGS -I. -I"$tests/wire" \
    $TIRPC_CFLAGS -o wire.so table.c "$2_xdr.c" $WIRE_SOURCES $TIRPC_LIBS) >"$1/cc.log" 2>&1 && return
  echo "${1##*/}: does not compile"
  grep -m 5 -E 'error|undefined' "$1/cc.log"
  return 1
}

# wire_compare REFERENCE_DIR CANDIDATE_DIR: leaves the figures in $wire_figures.
wire_compare() {
  "$wire_equal" --seed "$WIRE_SEED" --samples "$WIRE_SAMPLES" "$1/wire.so" "$2/wire.so" >"$2/log" 2>"$2/errors"
  wire_status=$?
  wire_figures=$(tail -n 1 "$2/log")
  [ $wire_status -eq 0 ] && return
  echo "${1##*/} against ${2##*/}: wire_equal ended with status $wire_status"
  cat "$2/log"
  grep -v 'out of memory' "$2/errors" | tail -n 40
  return 1
}

# wire_equality DIR STEM: DIR/reference and DIR/candidate hold what the two compilers wrote. DIR/mixed gets the
# reference's routines with the candidate's header: the two headers must mean the same, field by field.
wire_equality() {
  if [ ! -e "$1/reference/$2_xdr.c" ]; then
    wire_figures="no types"
    [ ! -e "$1/candidate/$2_xdr.c" ] && return
    echo "no types, but the candidate wrote $2_xdr.c"
    return 1
  fi
  awk -v header="$2.h" -f "$tests/wire/table.awk" "$1/reference/$2.h" >"$1/table.c"
  mkdir -p "$1/mixed"
  cp "$1/candidate"/*.h "$1/reference"/*_xdr.c "$1/mixed"
  for wire_side in reference candidate mixed; do
    cp "$1/table.c" "$1/$wire_side"
    wire_library "$1/$wire_side" "$2" || return 1
  done
  wire_compare "$1/reference" "$1/candidate" && wire_compare "$1/mixed" "$1/candidate"
}

# wire_file FILE.x [OPTION...]: both compilers, then wire_equality.
wire_file() {
  wire_input=$1
  wire_dir=$work/wire-$(stem "$1")
  shift
  rm -rf "$wire_dir"
  generate "$RPCGEN" "$wire_dir/reference" "$wire_input" "$@" &&
    generate "$RPCGEN_VM" "$wire_dir/candidate" "$wire_input" "$@" &&
    wire_equality "$wire_dir" "$(stem "$wire_input")"
}

# check_wire FILE.x [OPTION...]: a test case of its own, with the figures.
check_wire() {
  wire_figures=
  check "${1##*/}${2:+ ($2${3:+ $3})}: the same bytes, values and refusals as the stock compiler's" wire_file "$@"
  echo "# $wire_figures"
}
