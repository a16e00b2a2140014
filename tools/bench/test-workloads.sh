#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every workload runs, small, over every stock transport that it fits; every byte is verified.
set -u
bench=$top_builddir/tools/bench/vmrpc-bench
[ -x "$bench" ] || { echo "vmrpc-bench is not built: nlohmann-json3-dev is missing"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

fail() { echo "$*"; failed=1; }

# run ROWS ARGUMENT...: the table must have so many measured rows, each over the transport it names
run() {
	rows=$1
	shift
	"$bench" --quiet --cpus=one --rounds=2 --seconds=0.002 --csv="$dir/csv" "$@" >"$dir/out" 2>&1 || {
		fail "vmrpc-bench $*: $(cat "$dir/out")"
		return
	}
	got=$(tail -n +2 "$dir/csv" | grep -c .)
	[ "$got" = "$rows" ] || fail "vmrpc-bench $*: $got rows instead of $rows"
}

workloads="null null,sys small put:0 put:1000 put:64k get:1 get:64k echo:4k ints:1 ints:1000 doubles:1000
structs:10 list:1 list:100 getattr lookup readdir:10 read:4k write:8k"
count=$(echo $workloads | wc -w)
# shellcheck disable=SC2086 # one argument a word
run $((count * 3)) --ways=tcp,tcp-1m,unix $workloads
run 2 --ways=tcp,unix oneway
run 3 --ways=udp null put:8k list:100
run 6 --ways=tcp,unix null,threads=3 null,clients=3,seconds=0.01 null,rate=2000
run 1 --ways=tcp idle:3,seconds=0.01
run 5 --ways=pingpong,copy,inplace,list-copy,list-inplace null put:4k list:10
run 2 --ways=tcp null,hog null

# What was measured is in the line: a median, and the transport that was used.
"$bench" --quiet --cpus=one --rounds=1 --seconds=0.002 --ways=unix --csv=- null >"$dir/csv" || fail "no CSV"
awk -F, 'NR == 2 { ok = $3 == "unix" && $4 == "unix" && $6 > 0 } END { exit !ok }' "$dir/csv" ||
	fail "the CSV does not tell what was measured: $(cat "$dir/csv")"
"$bench" --quiet --cpus=one --rounds=1 --seconds=0.002 --ways=tcp --json=- null >"$dir/json" || fail "no JSON"
grep -q '"complete": true' "$dir/json" || fail "the JSON is not marked complete"
grep -q '"kernel": ".' "$dir/json" || fail "the JSON does not tell the kernel"
exit $failed
