# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the store's tests: a server of their own, and the round trips that each transport must do.
# $run is what the programs run under, if anything; $programs is where they are. $over begins the cases' names.
. "$top_srcdir/tests/tap.sh"

built=$top_builddir/examples/store
programs=$built/stock
run=''
server=''
over=''
# A library made with the address sanitizer may be preloaded although it comes before the sanitizer.
[ -z "${SANITIZE_FLAGS-}" ] || export ASAN_OPTIONS="${ASAN_OPTIONS+$ASAN_OPTIONS:}verify_asan_link_order=0"
trap 'stop; rm -rf "$work"' EXIT

# start SERVER [OPTION...] ADDRESS: sets $server and $address
start() {
  rm -f "$work/ready"
  mkfifo "$work/ready"
  # shellcheck disable=SC2086  # $run is a list of words
  $run "$@" >"$work/ready" 2>"$work/server.err" &
  server=$!
  read -r address <"$work/ready" || { cat "$work/server.err"; return 1; }
}

# Ends the server; fails unless it ends as it should.
stop() {
  [ -n "$server" ] || return 0
  kill "$server"
  wait "$server"
  stopped=$?
  server=''
  return "$stopped"
}

# shellcheck disable=SC2086  # $run is a list of words
store() { $run "$programs/store" "$address" "$@"; }

# refuses MESSAGE ARGUMENT...: the client ends with 1 and says so
refuses() {
  message=$1
  shift
  store "$@" </dev/null >"$work/out" 2>&1
  status=$?
  cat "$work/out"
  [ "$status" = 1 ] && grep -qF "$message" "$work/out"
}

# prints TEXT ARGUMENT...: the client's output is exactly that
prints() {
  expected=$1
  shift
  output=$(store "$@") && printf '%s\n' "$output" && [ "$output" = "$expected" ]
}

tree_returns() {
  rm -rf "$work/copy"
  store put-tree "$work/tree" kept && store get-tree kept "$work/copy" && diff -r "$work/tree" "$work/copy"
}

put_text() { printf %s "$1" >"$work/text" && store put "$work/text" "$2"; }
text_is() { store get "$2" "$work/back" && printf %s "$1" | cmp - "$work/back"; }

series_returns() {
  seq 0.5 2000 >"$work/numbers"
  store put-series n/series <"$work/numbers" &&
    store scan n/series 0 2000 | awk 'NR - 0.5 != $1 { exit 1 } END { exit NR != 2000 }'
}

records_return() {
  awk 'BEGIN { for (i = 1; i <= 4096; i++) print i, i / 2, -i, i * 1000, "label of " i }' >"$work/records"
  store put-records r/records <"$work/records" &&
    store get-records r/records | cmp - "$work/records"
}

two_at_once() {
  store put-tree "$work/tree" first & other=$!
  store put-tree "$work/tree" second
  here=$?
  wait "$other" && [ "$here" = 0 ] &&
    [ "$(store list first/ | wc -l)" = "$(store list second/ | wc -l)" ]
}

# round_trips ADDRESS: with a server that listens there
round_trips() {
  [ -d "$work/tree" ] || "$built/mktree" 7 10 "$work/tree" || exit 1
  start "$programs/stored" "$1" || exit 1
  check "${over}a tree with files of 0, 1, and about one and two pieces comes back" tree_returns
  check "${over}every file of the tree is listed" \
    [ "$(store list kept/ | wc -l)" = "$(find "$work/tree" -type f | wc -l)" ]
  put_text long a/text && put_text be a/text
  check "${over}a file that is put again is replaced" text_is be a/text
  check "${over}a listing has kind, size and name" prints "file              2 a/text" list a/
  store remove a/text
  check "${over}what is removed is gone" refuses "nothing of that name" get a/text "$work/back"
  check "${over}a series comes back" series_returns
  check "${over}a part of a series can be asked for" prints "10.5
11.5" scan n/series 10 2
  check "${over}a part beyond the end is empty" prints "" scan n/series 2000 5
  check "${over}4096 records come back in order" records_return
  store put-records r/none </dev/null
  check "${over}an empty list of records comes back" prints "" get-records r/none
  check "${over}two clients are served at once" two_at_once
  check "${over}a name of another kind is refused" refuses "another kind" get n/series "$work/back"
  check "${over}the server ends with status 0" stop
}

has_ipv6() { grep -q 1 /proc/net/if_inet6 2>/dev/null; }
no_ipv6="this machine has no IPv6 address, not even ::1"

# By the demo's second table: both processes say that all calls but the first few went through
# shared memory; the demo has checked that those numbers add up to the calls that were made.
used_shared_memory() {
  for end in client server; do
    grep -E "^$1 +$end +local +xdr,placed +[0-9]+ +[0-9]+ " "$work/demo" >"$work/row" || return 1
    awk '{ exit !($5 <= 100 && $6 >= 500) }' "$work/row" || return 1
  done
}

# job_uses_shared_memory WAY ADDRESS-KIND
job_uses_shared_memory() {
  "$built/demo" --ways="$1" --address="$2" --mib=2 --calls=50 --also=none >"$work/demo" 2>&1
  status=$?
  cat "$work/demo"
  [ "$status" = 0 ] && used_shared_memory "$1"
}

# all_round_trips WAY: over every kind of address
all_round_trips() {
  for kind in tcp tcp6 unix; do
    over="over $kind: "
    case $kind in
      tcp) round_trips 127.0.0.1:0 ;;
      tcp6) has_ipv6 || { skip "$over$1" "$no_ipv6"; continue; }; round_trips '[::1]:0' ;;
      unix) round_trips "unix:$work/socket" ;;
    esac
    check "${over}client and server count calls in shared memory" job_uses_shared_memory "$1" "$kind"
  done
}
