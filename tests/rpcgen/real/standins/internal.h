/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for libvirt's header: the sizes that its .x files need. */
#ifndef STANDIN_INTERNAL_H
#define STANDIN_INTERNAL_H
#define VIR_UUID_BUFLEN 16
#define VIR_SECURITY_LABEL_BUFLEN 4097
#define VIR_SECURITY_MODEL_BUFLEN 257
#define VIR_SECURITY_DOI_BUFLEN 257
#endif
