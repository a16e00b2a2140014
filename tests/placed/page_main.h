/* SPDX-License-Identifier: BSD-3-Clause */
/* What the programs of doc/placement.md define for their callers. */
#ifndef PAGE_MAIN_H
#define PAGE_MAIN_H

#include "image.h"

int invert_once(CLIENT* clnt);
void drop_pixels(image* got);
extern void images_1(struct svc_req* request, SVCXPRT* xprt);

#endif
