/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for libvirt's header: the tags of the unions in its .x files. */
#ifndef STANDIN_LIBVIRT_H
#define STANDIN_LIBVIRT_H
enum {
  VIR_TYPED_PARAM_INT = 1,
  VIR_TYPED_PARAM_UINT,
  VIR_TYPED_PARAM_LLONG,
  VIR_TYPED_PARAM_ULLONG,
  VIR_TYPED_PARAM_DOUBLE,
  VIR_TYPED_PARAM_BOOLEAN,
  VIR_TYPED_PARAM_STRING
};
#endif
