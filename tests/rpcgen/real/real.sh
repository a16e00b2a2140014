# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# One row of files.txt as a test case; sourced after common.sh and wire.sh.

WIRE_CFLAGS="-D_GNU_SOURCE -I$tests/real/standins"

# generate_with_needs COMPILER DIR FILE.x NEEDS OPTIONS...: FILE.x and the files that it needs.
generate_with_needs() {
  need_compiler=$1 need_dir=$2 need_file=$3 needs=$4
  shift 4
  for need in $(echo "$needs" | tr , ' '); do
    case $need in define:*) continue ;; esac
    generate "$need_compiler" "$need_dir" "${need_file%/*}/${need#*:}.x" || return 1
  done
  generate "$need_compiler" "$need_dir" "$need_file" "$@"
}

# What the libraries of a file with NEEDS get besides its own routines.
set_wire_flags() {
  real_cflags=$WIRE_CFLAGS
  WIRE_SOURCES=
  for need in $(echo "$1" | tr , ' '); do
    case $need in
      define:*) WIRE_CFLAGS="$WIRE_CFLAGS -D${need#*:}" && continue ;;
      first:*) WIRE_CFLAGS="$WIRE_CFLAGS -include ${need#*:}.h" ;;
    esac
    WIRE_SOURCES="$WIRE_SOURCES ${need#*:}_xdr.c"
  done
}

# c_compiles DIR STEM: every C file of the four outputs.
c_compiles() {
  for part in "$1/$2"_xdr.c "$1/$2"_clnt.c "$1/$2"_svc.c; do
    [ -e "$part" ] || continue
    # shellcheck disable=SC2086 # lists of options
    (cd "$1" && $CC -w -fsyntax-only $WIRE_CFLAGS -I. $TIRPC_CFLAGS "$part") || return 1
  done
}

# outcome DIR STEM, after generate: compiles or bad-c
outcome() { if c_compiles "$1" "$2"; then echo compiles; else echo bad-c; fi >"$1/outcome" 2>"$1/outcome.log"; }

expect_outcome() {
  [ "$(cat "$1/outcome")" = "$2" ] && return
  echo "${1##*/}: expected $2, but: $(cat "$1/outcome")"
  head -n 8 "$1/outcome.log"
  return 1
}

# expect_refusal DIR WORDS: a message with a place and these words, and nothing left behind.
expect_refusal() {
  grep -E '^[^:]+:[0-9]+:[0-9]+: error: ' "$1/rpcgen.log" | grep -F -e "$2" && return
  echo "expected: $2"
  cat "$1/rpcgen.log"
  return 1
}

# real_file FILE.x OPTIONS NEEDS STOCK VM: compares with what files.txt expects.
real_file() {
  real_input=$1 real_needs=${3#-} real_stock=$4 real_vm=$5
  case $2 in -) real_options= ;; *) real_options=$2 ;; esac
  real_dir=$work/real real_stem=$(stem "$1")
  rm -rf "$real_dir"
  set_wire_flags "$real_needs"
  real_case
  real_status=$?
  WIRE_CFLAGS=$real_cflags WIRE_SOURCES=
  return $real_status
}

# Generates DIR's outputs and notes what they are worth.
real_side() {
  # shellcheck disable=SC2086 # a list of options
  if generate_with_needs "$1" "$real_dir/$2" "$real_input" "$real_needs" $real_options $3 >"$real_dir.log"; then
    outcome "$real_dir/$2" "$real_stem"
  else
    cp "$real_dir.log" "$real_dir/$2/outcome.log"
    echo refuses >"$real_dir/$2/outcome"
  fi
}

real_case() {
  real_side "$RPCGEN" reference ""
  expect_outcome "$real_dir/reference" "$real_stock" || return 1
  real_side "$RPCGEN_VM" candidate ""
  case $real_vm in
    equal) expect_outcome "$real_dir/candidate" compiles && wire_equality "$real_dir" "$real_stem" ;;
    compiles)
      rm -rf "$real_dir/reference"
      real_side "$RPCGEN_VM" reference "-i 0"
      expect_outcome "$real_dir/candidate" compiles && wire_equality "$real_dir" "$real_stem"
      ;;
    bad-c) expect_outcome "$real_dir/candidate" bad-c ;;
    unusable) ! expect_outcome "$real_dir/candidate" compiles ;;
    refuses:*)
      expect_outcome "$real_dir/candidate" refuses && expect_refusal "$real_dir/candidate" "${real_vm#refuses:}"
      ;;
    *) echo "files.txt: unknown outcome: $real_vm" && return 1 ;;
  esac
}

# check_row PACKAGE FILE.x OPTIONS NEEDS STOCK VM
check_row() {
  wire_figures=
  case $3 in -) row_options= ;; *) row_options=" ($3)" ;; esac
  check "$1: ${2##*/}$row_options: stock $5, rpcgen-vm $6" real_file "$2" "$3" "$4" "$5" "$6" </dev/null
  [ -z "$wire_figures" ] || echo "# $wire_figures"
}
