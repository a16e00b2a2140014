#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Can the comparison fail? The stock compiler plays both sides: on equal files all is equal, and each of
# these one-line changes to the candidate's file is found. A change keeps the size of every type, so that
# only values can tell.
. "$top_srcdir/tests/rpcgen/common.sh"
. "$tests/wire/wire.sh"
RPCGEN_VM=$RPCGEN

# mutant FILE FROM TO: the candidate is generated from data/FILE with the first line FROM replaced by TO.
mutant() {
	mutant_dir=$work/mutant
	rm -rf "$mutant_dir"
	mkdir -p "$mutant_dir/input"
	FROM=$2 TO=$3 awk '!done && $0 == ENVIRON["FROM"] { $0 = ENVIRON["TO"]; done = 1 } { print }' \
		"$tests/data/$1" >"$mutant_dir/input/$1"
	cmp -s "$tests/data/$1" "$mutant_dir/input/$1" && fail "$1 has no line: $2" && return
	generate "$RPCGEN" "$mutant_dir/reference" "$tests/data/$1" &&
		generate "$RPCGEN" "$mutant_dir/candidate" "$mutant_dir/input/$1" || fail "$1: not generated"
	mutant_found=$(wire_equality "$mutant_dir" "${1%.x}")
	case $mutant_found in
	*FAIL:*"not compile"*) fail "$1, $3: does not compile" ;;
	*FAIL:*) pass ;;
	*) fail "$1: not found: $3" ;;
	esac
}

for file in scalars unions recursive; do
	wire_file "$tests/data/$file.x"
done

tab=$(printf '\t')
mutant scalars.x "const NEGATIVE = -42;" "const NEGATIVE = -43;"
mutant scalars.x 'const GREETING = "hello";' 'const GREETING = "hullo";'
mutant scalars.x "enum colour { RED, GREEN, BLUE = 7, VIOLET };" "enum colour { RED, GREEN, BLUE = 6, VIOLET };"
mutant scalars.x "${tab}char a_char;" "${tab}bool a_char;"
mutant scalars.x "${tab}int ints<SMALL>;" "${tab}int ints<4>;"
mutant bytes.x "${tab}opaque four[4];" "${tab}int four;"
mutant bytes.x "${tab}opaque one[1];" "${tab}char one[1];"
mutant bytes.x "${tab}string letters<5>;" "${tab}string letters<4>;"
mutant bytes.x "${tab}opaque up_to_seven<7>;" "${tab}char up_to_seven<7>;"
mutant bytes.x "typedef opaque blob<>;" "typedef opaque blob<100>;"
mutant unions.x "case CIRCLE:" "case 3:"
mutant unions.x "case -3:" "case 3:"
mutant unions.x "${tab}point at;" "${tab}point *at;"
mutant unions.x "${tab}bool flag;" "${tab}int flag;"
mutant inlined.x "${tab}short s2;" "${tab}unsigned short s2;"
mutant inlined.x "struct run_of_four { int a; int b; int c; int d; };" "struct run_of_four { int a; int b; int d; int c; };"
mutant nfs3_shape.x "${tab}FS_ERR_JUKEBOX = 10008" "${tab}FS_ERR_JUKEBOX = 10009"
finish
