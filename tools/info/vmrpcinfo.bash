# bash completion for vmrpcinfo                                -*- shell-script -*-
# SPDX-License-Identifier: BSD-3-Clause

_vmrpcinfo() {
  local word=${COMP_WORDS[COMP_CWORD]} i words=0
  for ((i = 1; i < COMP_CWORD; i++)); do [[ ${COMP_WORDS[i]} == -* ]] || ((++words)); done
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--port= --calls= --timeout= --json --help --version' -- "$word")
    if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
  elif ((words == 0)); then
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$word"; compgen -f -- "$word")
  elif ((words == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$(getent rpc | awk '{ print $1 }')" -- "$word")
  fi
}
complete -F _vmrpcinfo vmrpcinfo
