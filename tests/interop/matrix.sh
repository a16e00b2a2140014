#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Each way to run a client against each way to run a server, on each family: the answers are those
# of stock against stock, shared memory carries the calls exactly when both ends are ours, and values are
# placed exactly when both have stubs of rpcgen-vm.
. "${srcdir:?run by make check}/tests/interop/lib.sh"

# The address to listen at, as a universal address.
listen_at() {
  case $1 in
    tcp) echo 127.0.0.1.0.0 ;;
    tcp6) echo ::1.0.0 ;;
    local) echo "$work/$2.socket" ;;
  esac
}

# transcript NETID CLIENT SERVER: leaves $work/NAME.txt and the logs of both
transcript() {
  name=$1-$2-$3
  client_log=$work/$name.client.log server_log=$work/$name.server.log
  log=$server_log start_server "$name" run "$3" server "$1" "$(listen_at "$1" "$name")" || return
  log=$client_log run "$2" client "$1" "$address" transcript > "$work/$name.txt" 2>&1
  run stock client "$1" "$address" stop
  wait "$server" || fail "$name: the server ends with $?"
}

# Has a way stubs of rpcgen-vm; does it use values in place?
is_regenerated() { [[ $1 =~ ^(regenerated|in-place|trusted)$ ]]; }
is_in_place() { [[ $1 =~ ^(in-place|trusted)$ ]]; }

# Those that are neither: over TCP before the upgrade; without arguments or results that have a
# map; and the first of each procedure, which tells the peer what we take.
most_others=30

# check_role ROLE WAY WAY-OF-THE-PEER N-CALLS: by the counters in its log
check_role() {
  local role=$1 way=$2 peer=$3 n_calls=$4 file=$work/$name.$1.log n_tcp n_xdr n_placed n_in_place
  n_tcp=$(counter calls_tcp $role "$file")
  n_xdr=$(counter calls_xdr $role "$file")
  n_placed=$(counter calls_placed $role "$file")
  n_in_place=$(counter calls_in_place $role "$file")
  [ $role = server ] && n_tcp=$((n_tcp - 1)) # the one that stops the server
  [ $((n_tcp + n_xdr + n_placed)) = "$n_calls" ] ||
    fail "$name: the $role counts $n_tcp + $n_xdr + $n_placed of $n_calls calls"
  [ $n_tcp -le 20 ] || fail "$name: $n_tcp of $n_calls calls of the $role went over the socket"
  grep -q "^vmrpc: $role .* transport=local encoding=" "$file" || fail "$name: the $role's log does not say transport=local"
  if ! is_regenerated "$way" || ! is_regenerated "$peer"; then
    [ $n_placed = 0 ] || fail "$name: the $role counts $n_placed placed calls, but $way and $peer have no common map"
  elif [ $n_placed -lt $((n_calls - most_others)) ]; then
    fail "$name: only $n_placed of the $role's $n_calls calls were placed"
  fi
  if is_in_place "$way" && is_regenerated "$peer"; then
    [ $n_in_place -gt 0 ] && [ $n_in_place -le $n_placed ] || fail "$name: $n_in_place of the $role's $n_placed placed calls were in place"
  else
    [ $n_in_place = 0 ] || fail "$name: the $role, $way, counts $n_in_place calls in place"
  fi
}

# check_shared CLIENT SERVER
check_shared() {
  local n_calls encoding
  n_calls=$(sed -n 's/ calls$//p' "$work/$name.txt")
  check_role client "$1" "$2" "$n_calls"
  check_role server "$2" "$1" "$n_calls"
  for encoding in calls_xdr calls_placed; do
    [ "$(counter $encoding client "$client_log")" = "$(counter $encoding server "$server_log")" ] ||
      fail "$name: client and server do not agree on $encoding"
  done
}

check_stays() {
  local role encoding
  for role in client server; do
    for encoding in calls_xdr calls_placed; do
      [ "$(counter $encoding $role "$work/$name.$role.log")" = 0 ] ||
        fail "$name: the $role counts calls through shared memory without a peer"
    done
  done
}

check_pair() {
  cmp -s "$work/$name.txt" "$work/$1-stock-stock.txt" ||
    { fail "$name: other answers than stock"; diff "$work/$1-stock-stock.txt" "$work/$name.txt" | head -5; }
  if [ "$2" = stock ] || [ "$3" = stock ]; then check_stays; else check_shared "$2" "$3"; fi
}

# ways NETID: what is placed does not depend on the family, so the others have one of each way
ways() {
  [ $1 = tcp ] && echo "${INTEROP_WAYS:-stock preload relinked regenerated in-place trusted}" ||
    echo "${INTEROP_WAYS:-stock preload relinked trusted}"
}

for netid in tcp tcp6 local; do
  transcript $netid stock stock
  grep -q ' calls$' "$work/$name.txt" || { fail "stock against stock on $netid"; cat "$work/$name.txt"; }
  for client in $(ways $netid); do
    for server_way in $(ways $netid); do
      [ $client$server_way = stockstock ] && continue
      before=$n_failed
      transcript $netid $client $server_way && check_pair $netid $client $server_way
      [ $n_failed = $before ] && echo "ok: $netid, client $client, server $server_way"
    done
  done
done

# A server that is stock dies of SIGPIPE when it answers our probe over AF_UNIX to a client that has left.
for netid in tcp local; do
  log=$work/leave.log before=$n_failed
  start_server leave-$netid run stock server $netid "$(listen_at $netid leave)" || continue
  run preload client $netid "$address" leave || fail "clients that come and go on $netid"
  run stock client $netid "$address" stop
  wait "$server" || fail "a stock server on $netid that clients came to and left ends with $?"
  [ $n_failed = $before ] && echo "ok: $netid, clients that come and go"
done
finish
