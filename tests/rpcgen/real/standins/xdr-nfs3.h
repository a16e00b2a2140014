/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for glusterfs' header: the names of NFS types that its .x files use, with contents of
 * our own. */
#ifndef STANDIN_XDR_NFS3_H
#define STANDIN_XDR_NFS3_H
#include <rpc/rpc.h>
#define MNTPATHLEN 1024
typedef struct fattr3 {
  u_int size;
  int mode;
} fattr3;
typedef int mountstat3;
typedef fattr3 mountres3;
static inline bool_t xdr_fattr3(XDR* xdrs, fattr3* objp) {
  return xdr_u_int(xdrs, &objp->size) && xdr_int(xdrs, &objp->mode);
}
#define xdr_mountstat3 xdr_int
#define xdr_mountres3 xdr_fattr3
#endif
