#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A wrong argument to vmrpc-bench is one line that says what would be right, and exit status 1.
set -u
bench=$top_builddir/tools/bench/vmrpc-bench
[ -x "$bench" ] || { echo "vmrpc-bench is not built: nlohmann-json3-dev is missing"; exit 77; }
failed=0

# refuse TEXT ARGUMENT...: the program must fail, and its one line must hold TEXT
refuse() {
	text=$1
	shift
	said=$("$bench" "$@" 2>&1 >/dev/null </dev/null)
	status=$?
	lines=$(printf '%s\n' "$said" | wc -l)
	case $status,$lines,$said in
	1,1,*"$text"*) ;;
	*) echo "vmrpc-bench $*: status $status, expected 1 and '$text', got: $said"; failed=1 ;;
	esac
}

refuse "unknown workload: 'nulll'" nulll
refuse "--list" nulll
refuse "impossible size for 'put': '100g': at most 64m bytes" put:100g
refuse "impossible size for 'list': '0'" list:0
refuse "'1q' is no size" put:1q
refuse "workload 'null' has no size" null:3
refuse "more than one size" put:1:2
refuse "unknown circumstance: 'fast'" null,fast
refuse "threads: '0'" null,threads=0
refuse "not a whole number" null,threads=1.5
refuse "not both" null,threads=2,clients=2
refuse "a rate goes with one client" null,rate=5,threads=2
refuse "unknown way: 'carrier-pigeon'" --ways=carrier-pigeon
refuse "needs the library" --ways=unmodified --library=/does/not/exist.so
refuse "none of these ways" --ways=udp --cpus=one put:1m
refuse "--cpus: 'three'" --cpus=three
refuse "is none of those that may be used here" --cpus=1000,1001
refuse "--rounds: '0'" --rounds=0
refuse "--seconds: '-1'" --seconds=-1
refuse "--seconds: 'nan'" --seconds=nan
refuse "needs both processes on this machine" --connect=127.0.0.1 idle

for option in --help --version --list; do
	"$bench" $option >/dev/null || { echo "vmrpc-bench $option failed"; failed=1; }
done
"$bench" --ways=tcp --cpus=one --rounds=1 --seconds=0.001 --json=/does/not/exist null >/dev/null 2>&1 &&
	{ echo "an output file that cannot be written was not noticed"; failed=1; }
exit $failed
