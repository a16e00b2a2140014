/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for glusterfs' header: the tags of the union in its .x files. */
#ifndef STANDIN_GLUSTERFS_FOPS_H
#define STANDIN_GLUSTERFS_FOPS_H
enum {
  GF_DATA_TYPE_INT = 1,
  GF_DATA_TYPE_UINT,
  GF_DATA_TYPE_DOUBLE,
  GF_DATA_TYPE_STR,
  GF_DATA_TYPE_IATT,
  GF_DATA_TYPE_GFUUID,
  GF_DATA_TYPE_PTR,
  GF_DATA_TYPE_MDATA,
  GF_DATA_TYPE_STR_OLD
};
#endif
