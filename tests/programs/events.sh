# shellcheck shell=sh
# SPDX-License-Identifier: BSD-3-Clause
# Waiting for events in shell.

# wait_until SECONDS COMMAND...: asks until COMMAND succeeds; fails when the time is over
wait_until() {
  seconds=$1
  shift
  # shellcheck disable=SC2016  # for the inner shell
  timeout "$seconds" sh -c 'until "$@" >/dev/null 2>&1; do :; done' sh "$@"
}
