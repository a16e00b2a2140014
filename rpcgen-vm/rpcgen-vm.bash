# SPDX-License-Identifier: BSD-3-Clause
# Bash completion for rpcgen-vm.

_rpcgen_vm() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  case $before in
    -s)
      mapfile -t COMPREPLY < <(compgen -W 'udp tcp netpath visible circuit_v datagram_v circuit_n datagram_n' -- "$word")
      return
      ;;
    -d | -Y)
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
    -o | -MF)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-a -b -5 -c -C -D -d -h -i -I -K -l -L -m -M -MD -MF -n -N -o -s -Sc
      -Ss -Sm -t -T -U -Y --help --if-changed --in-place --include= --lint --max-depth= --no-maps
      --output-dir= --rename= --version' -- "$word")
    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
  else
    mapfile -t COMPREPLY < <(compgen -d -- "$word" && compgen -f -X '!*.x' -- "$word")
    compopt -o filenames
  fi
}
complete -F _rpcgen_vm rpcgen-vm
