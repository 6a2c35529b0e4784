/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error numbers: a kit function returns 0, a count, or one of these negated.
 *
 * A hosted compilation has a C library with values of its own; the kit gives
 * these to a freestanding one.
 */
#ifndef UKD_ERRNO_H
#define UKD_ERRNO_H

#if __STDC_HOSTED__
#include <errno.h>
#else
#define EIO		5	/* the device answered with an error */
#define EAGAIN		11	/* nothing there yet */
#define ENOMEM		12	/* a fixed table is full */
#define EBUSY		16	/* taken by another */
#define ENODEV		19	/* from a probe: not mine, look on */
#define EINVAL		22	/* a value that the binding or the caller got wrong */
#define ERANGE		34	/* a number the device doesn't have */
#define ENOTSUP		95	/* the device can't do that */
#define ETIMEDOUT	110	/* a deadline passed */
#endif

#endif /* UKD_ERRNO_H */
