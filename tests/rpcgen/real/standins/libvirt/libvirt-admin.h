/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for the header of libvirt-admin. */
#include <libvirt/libvirt.h>
