/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for ntirpc's header: the credential that nfs-ganesha's NFS 4.1 names, which libtirpc
 * has as authunix. */
#ifndef STANDIN_AUTH_SYS_H
#define STANDIN_AUTH_SYS_H
#include <rpc/rpc.h>
#define xdr_authsys_parms xdr_authunix_parms
#endif
