#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A server that dies in mid-run ends the run with a message, partial results and exit status 1.
set -u
bench=$top_builddir/tools/bench/vmrpc-bench
[ -x "$bench" ] || { echo "vmrpc-bench is not built: nlohmann-json3-dev is missing"; exit 77; }
[ -r /proc/self/task/$$/children ] || [ -r /proc/$$/task/$$/children ] ||
	{ echo "this kernel does not list the children of a process"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# find_child PID ROLE: the worker of that role, once the client runs
find_child() {
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		{ tr '\0' ' ' <"/proc/$child/cmdline"; } 2>/dev/null | grep -q "worker $2 " && echo "$child" && return
	done
}

"$bench" --quiet --cpus=one --rounds=2 --ways=tcp --json="$dir/json" null null,seconds=100 \
	>"$dir/out" 2>"$dir/err" &
pid=$!
# The long measurement is the one with this argument; its client exists once the server is ready.
client=
while kill -0 $pid 2>/dev/null; do
	client=$(find_child $pid client)
	[ -n "$client" ] && { tr '\0' ' ' <"/proc/$client/cmdline"; } 2>/dev/null | grep -q 'seconds=100' && break
done
server=$(find_child $pid server)
[ -n "$server" ] || { echo "no server found"; kill $pid; exit 1; }
kill -KILL "$server"
wait $pid
status=$?
[ $status = 1 ] || { echo "exit status $status instead of 1"; exit 1; }
grep -q 'vmrpc-bench: null by tcp: .' "$dir/err" || { echo "no message: $(cat "$dir/err")"; exit 1; }
grep -q '"complete": false' "$dir/json" || { echo "the results are not marked partial"; exit 1; }
grep -q '"failure": "".*' "$dir/json" || { echo "the results before were not kept"; exit 1; }
