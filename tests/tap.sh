# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# For tests written in shell: one line per case, which tests/summary counts.
#
#   . "$top_srcdir/tests/tap.sh"
#   check "a sentence about behaviour" COMMAND...     passes when COMMAND does
#   skip "a sentence about behaviour" REASON
#   finish                                            ends the script
#
# $work is a directory of this test's own, removed when it ends.

tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/vmrpc-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

check() {
  tap_name=$1
  shift
  if "$@" >"$work/tap.out" 2>&1; then
    echo "ok - $tap_name"
  else
    sed 's/^/# /' "$work/tap.out"
    echo "not ok - $tap_name"
    tap_failed=1
  fi
}

skip() { echo "ok - $1 # SKIP $2"; }
finish() { exit "$tap_failed"; }
