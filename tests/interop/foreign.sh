#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Servers that know nothing of us and answer a probe in every way that servers have: the client's
# calls end as stock's do, and all that the server sees beside them is one probe behind the second.
. "${srcdir:?run by make check}/tests/interop/lib.sh"

probe='call 3f564d52 1'
ping='call 20560010 0'

# ping WAY COUNT: that many calls, each asked for when the one before has ended; their outcomes
ping() {
  coproc client { log=$work/client.log run "$1" client tcp "$address" ping 2>&1; }
  for ((i = 0; i < $2; i++)); do
    echo >&"${client[1]}"
    IFS= read -r -t 20 line <&"${client[0]}" || line="no answer to call $i"
    echo "$line"
  done
  eval "exec ${client[1]}>&-"
  wait "$client_PID"
}

# try WAY MANNER COUNT: sets $outcomes and $records
try() {
  rm -f "$work"/recorder.* "$work/client.log"
  start_server recorder "$here/interop-recorder" "$2" || return
  outcomes=$(ping "$1" "$3")
  records=
  while IFS= read -r -t 20 line <&9; do
    records+=$line$'\n'
    [ "$line" = close ] && [[ $2 != close || $(grep -c close <<< "$records") = 2 || $1 = stock ]] && break
  done
  kill "$server"
  wait "$server" 2>/dev/null
}

check() { # WHAT GOT EXPECTED
  [ "$2" = "$3" ] || { fail "$1"; diff <(echo "$3") <(echo "$2") | head -10; }
}

times() { for ((i = 0; i < $1; i++)); do echo "$2"; done; }

# A prober is seen as `ping ping probe ping ...`.
expected_records() {
  echo open
  times 2 "$ping"
  echo "$probe"
  times $(($1 - 2)) "$ping"
  echo close
}

for way in ${INTEROP_WAYS:-preload relinked}; do
  for manner in unavail silent refuse garbage success-garbage stranger; do
    try "$way" $manner 20
    check "$way, $manner: outcomes" "$outcomes" "$(times 20 'RPC: Success')"
    check "$way, $manner: what the server saw" "${records%$'\n'}" "$(expected_records 20)"
    [ "$(counter calls_tcp client "$work/client.log")" = 20 ] || fail "$way, $manner: calls counted"
    echo "done: $way, a server that answers a probe with: $manner"
  done

  try "$way" close 20
  check "$way, close: outcomes" "$outcomes" "$(times 20 'RPC: Success')"
  check "$way, close: what the server saw" "${records%$'\n'}" \
    "$(printf '%s\n' open "$ping" "$ping" "$probe" close open; times 18 "$ping"; echo close)"
  echo "done: $way, a server that closes on a probe"

  try "$way" unavail 1
  check "$way, one call: what the server saw" "${records%$'\n'}" "$(printf '%s\n' open "$ping" close)"
  echo "done: $way, a client that calls once"

  try stock one-each 4
  stock_outcomes=$outcomes
  try "$way" one-each 4
  check "$way, a server of one call per connection: outcomes" "$outcomes" "$stock_outcomes"
  echo "done: $way, a server that serves one call per connection"
done
finish
