# SPDX-License-Identifier: BSD-3-Clause
# Shell functions of the interop tests: run the pair in a way, wait for events, read counters.

here=$top_builddir/tests/interop
work=$(mktemp -d "${TMPDIR:-/tmp}/vmrpc-interop.XXXXXX")
children=()
n_failed=0

clean_up() {
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT

fail() {
  echo "FAIL: $*"
  n_failed=$((n_failed + 1))
}

# Sanitizers want their library first among what is preloaded.
sanitizer_library() {
  case $SANITIZE_FLAGS in
    *address*) ${CC%% *} -print-file-name=libasan.so ;;
    *thread*) ${CC%% *} -print-file-name=libtsan.so ;;
  esac
}
preload=$(sanitizer_library)${SANITIZE_FLAGS:+:}$top_builddir/.libs/libvmrpc.so

# run WAY PROGRAM ARGUMENT...: with a log of its own in $log
#   stock, preload, relinked           stubs of the stock compiler
#   regenerated, in-place, trusted     stubs of rpcgen-vm; with --in-place; and with peers that are believed
run() {
  local way=$1 program=$2
  shift 2
  case $way in
    stock) "$here/interop-$program" "$@" ;;
    preload) LD_PRELOAD=$preload VMRPC_LOG=info:$log "$here/interop-$program" "$@" ;;
    relinked) VMRPC_LOG=info:$log "$here/interop-$program-vmrpc" "$@" ;;
    regenerated) VMRPC_LOG=info:$log "$here/regenerated/interop-$program" "$@" ;;
    in-place) VMRPC_TRUST=none VMRPC_LOG=info:$log "$here/in-place/interop-$program" "$@" ;;
    trusted) VMRPC_TRUST=same-uid VMRPC_LOG=info:$log "$here/in-place/interop-$program" "$@" ;;
  esac
}

# start_server NAME COMMAND...: sets $address to the first line that it prints; the rest goes to $work/NAME.out
start_server() {
  local name=$1 fifo=$work/$1.fifo
  shift
  mkfifo "$fifo"
  "$@" > "$fifo" 2> "$work/$name.err" &
  server=$!
  children+=($server)
  exec 9< "$fifo"
  if ! IFS= read -r -t 20 address <&9; then
    fail "$name does not start: $(cat "$work/$name.err")"
    return 1
  fi
}

# counter NAME ROLE FILE: its sum over the closing lines of ROLE in a log; 0 without a log
counter() {
  [ -e "$3" ] || { echo 0; return; }
  awk -v name="$1" -v role="$2" '$1 == "vmrpc:" && $2 == role {
    for (i = 4; i <= NF; i++) if (split($i, pair, "=") == 2 && pair[1] == name) sum += pair[2]
  } END { print sum + 0 }' "$3"
}

finish() {
  echo "$n_failed failed"
  exit $((n_failed > 0))
}
