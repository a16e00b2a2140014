/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for glusterfs' header: what its .x files need. */
#ifndef STANDIN_COMPAT_H
#define STANDIN_COMPAT_H
#define UNIX_PATH_MAX 108
#endif
