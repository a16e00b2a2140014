# bash completion for vmrpc-ctl                                -*- shell-script -*-
# SPDX-License-Identifier: BSD-3-Clause

_vmrpc_ctl() {
  ((COMP_CWORD == 1)) && mapfile -t COMPREPLY < <(compgen -W 'quiesce resume list --help --version' -- "${COMP_WORDS[1]}")
}
complete -F _vmrpc_ctl vmrpc-ctl
