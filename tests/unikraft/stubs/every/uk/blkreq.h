/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_BLKREQ_H
#define STUB_BLKREQ_H

#include <uk/arch/types.h>

typedef __sz __sector;
struct uk_blkreq;

enum uk_blkreq_op {
	UK_BLKREQ_READ,
	UK_BLKREQ_WRITE,
	UK_BLKREQ_FFLUSH = 4
};

typedef void (*uk_blkreq_event_t)(struct uk_blkreq *request, void *arg);

struct uk_blkreq {
	enum uk_blkreq_op operation;
	__sector start_sector, nb_sectors;
	void *aio_buf;
	uk_blkreq_event_t cb;
	void *cb_cookie;
	int state;
	int result;
};

#endif /* STUB_BLKREQ_H */
