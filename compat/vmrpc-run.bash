# bash completion for vmrpc-run                                -*- shell-script -*-
# SPDX-License-Identifier: BSD-3-Clause

_vmrpc_run() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} != -* ]]; then
      _command_offset "$i"
      return
    fi
  done
  if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-v --verbose --check --help --version' \
      -- "${COMP_WORDS[COMP_CWORD]}")
  else
    mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
  fi
}
complete -F _vmrpc_run vmrpc-run
