# SPDX-License-Identifier: BSD-3-Clause
# Wire equality of one .x file; sourced after common.sh.

# wire_library DIR STEM: DIR/wire.so out of the table and the XDR routines in DIR.
wire_library() {
	# shellcheck disable=SC2086 # lists of options
	(cd "$1" && $CC -w -O0 -fPIC -shared -Wl,-Bsymbolic -Wl,-z,defs $SANITIZE_FLAGS $WIRE_CFLAGS \
		-I. -I"$tests/wire" $TIRPC_CFLAGS -o wire.so table.c "$2_xdr.c" $WIRE_SOURCES $TIRPC_LIBS) >"$1/cc.log" 2>&1
}

# wire_compare WHAT REFERENCE_DIR CANDIDATE_DIR
wire_compare() {
	if "$wire_equal" --seed "$WIRE_SEED" --samples "$WIRE_SAMPLES" "$2/wire.so" "$3/wire.so" >"$3/log" 2>"$3/stderr"; then
		echo "$1: $(tail -n 1 "$3/log")"
	else
		echo "status $?" >>"$3/log"
		fail "$1"
		sed 's/^/    /' "$3/log"
		tail -n 3 "$3/stderr"
		return 1
	fi
}

# wire_equality DIR STEM: DIR/reference and DIR/candidate hold what the two compilers wrote. DIR/mixed gets the
# reference's routines with the candidate's header: the two headers must mean the same, field by field.
wire_equality() {
	if [ ! -e "$1/reference/$2_xdr.c" ]; then
		echo "$2: no types"
		[ ! -e "$1/candidate/$2_xdr.c" ] || fail "$2: only the candidate wrote $2_xdr.c"
		return
	fi
	awk -v header="$2.h" -f "$tests/wire/table.awk" "$1/reference/$2.h" >"$1/table.c"
	mkdir -p "$1/mixed"
	cp "$1/candidate"/*.h "$1/reference/$2_xdr.c" "$1/mixed"
	for wire_side in reference candidate mixed; do
		cp "$1/table.c" "$1/$wire_side"
		if ! wire_library "$1/$wire_side" "$2"; then
			fail "$2: the $wire_side routines do not compile"
			grep -m 5 -E 'error|undefined' "$1/$wire_side/cc.log"
			return 1
		fi
	done
	wire_compare "$2" "$1/reference" "$1/candidate" &&
		wire_compare "$2 (reference's routines, candidate's header)" "$1/mixed" "$1/candidate" && pass
}

# wire_file FILE.x [OPTION...]: both compilers, then wire_equality.
wire_file() {
	wire_input=$1
	shift
	wire_stem=${wire_input##*/}
	wire_stem=${wire_stem%.x}
	wire_dir=$work/wire-$wire_stem
	rm -rf "$wire_dir"
	if ! generate "$RPCGEN" "$wire_dir/reference" "$wire_input" "$@"; then
		fail "$wire_stem: the stock compiler refuses it"
		head -n 3 "$wire_dir/reference/rpcgen.log"
	elif ! generate "$RPCGEN_VM" "$wire_dir/candidate" "$wire_input" "$@"; then
		fail "$wire_stem: refused"
		head -n 3 "$wire_dir/candidate/rpcgen.log"
	else
		wire_equality "$wire_dir" "$wire_stem"
	fi
}
