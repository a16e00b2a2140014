#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Each way to run a client against each way to run a server, on each family: the answers are those
# of stock against stock, and shared memory carries the calls exactly when both ends are ours.
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

check_shared() {
  local n_calls shared=calls_xdr role file
  n_calls=$(sed -n 's/ calls$//p' "$work/$name.txt")
  for role in client server; do
    file=$work/$name.$role.log
    n_tcp=$(counter calls_tcp $role "$file")
    n_xdr=$(counter $shared $role "$file")
    [ $role = server ] && n_tcp=$((n_tcp - 1)) # the one that stops the server
    [ $((n_tcp + n_xdr)) = "$n_calls" ] || fail "$name: the $role counts $n_tcp + $n_xdr of $n_calls calls"
    [ "$n_xdr" -ge $((n_calls - 20)) ] || fail "$name: only $n_xdr of $n_calls calls of the $role went through shared memory"
    grep -q "^vmrpc: $role .* transport=local encoding=xdr" "$file" || fail "$name: the $role's log does not say transport=local"
  done
  [ "$(counter calls_xdr client "$client_log")" = "$(counter calls_xdr server "$server_log")" ] ||
    fail "$name: client and server do not agree on the number of calls"
}

check_stays() {
  local role
  for role in client server; do
    [ "$(counter calls_xdr $role "$work/$name.$role.log")" = 0 ] ||
      fail "$name: the $role counts calls through shared memory without a peer"
  done
}

check_pair() {
  cmp -s "$work/$name.txt" "$work/$1-stock-stock.txt" ||
    { fail "$name: other answers than stock"; diff "$work/$1-stock-stock.txt" "$work/$name.txt" | head -5; }
  if [ "$2" = stock ] || [ "$3" = stock ]; then check_stays; else check_shared; fi
}

ways=${INTEROP_WAYS:-stock preload relinked}
for netid in tcp tcp6 local; do
  transcript $netid stock stock
  grep -q ' calls$' "$work/$name.txt" || { fail "stock against stock on $netid"; cat "$work/$name.txt"; }
  for client in $ways; do
    for server_way in $ways; do
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
