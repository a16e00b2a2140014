# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# What the tests of vmrpc-bench begin with: the program, as built, or why there is none.
. "$top_srcdir/tests/tap.sh"
bench=$top_builddir/tools/bench/vmrpc-bench
[ -x "$bench" ] || { echo "vmrpc-bench is not built: install nlohmann-json3-dev"; exit 77; }
