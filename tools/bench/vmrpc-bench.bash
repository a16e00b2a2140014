# bash completion for vmrpc-bench                              -*- shell-script -*-
# SPDX-License-Identifier: BSD-3-Clause

# names HEADING: the first words below that heading of --list
_vmrpc_bench_names() {
  vmrpc-bench --list 2>/dev/null | awk -v heading="$1:" '
    /^[^ ]/ { inside = $1 == heading }
    inside && /^  / { print $1 }'
}

_vmrpc_bench() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  if [[ $word == = ]]; then word=; else [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $before in
    -w | --ways) mapfile -t COMPREPLY < <(compgen -W "$(_vmrpc_bench_names Ways)" -- "$word") ;;
    -c | --cpus) mapfile -t COMPREPLY < <(compgen -W 'two one both' -- "$word") ;;
    --report) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --library | --json | --csv) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    *)
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--ways= --cpus= --rounds= --seconds= --seed= --library=
          --server --connect= --port= --json --csv --report= --check --list --quiet --help --version' \
          -- "$word")
        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
      else
        mapfile -t COMPREPLY < <(compgen -W "$(_vmrpc_bench_names Workloads)" -- "$word")
      fi
      ;;
  esac
}
complete -F _vmrpc_bench vmrpc-bench
