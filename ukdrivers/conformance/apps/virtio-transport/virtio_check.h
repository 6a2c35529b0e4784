/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the checks of virtio transports share: devices, and work for a queue.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 2, 5.2 and 5.4.
 */
#ifndef VIRTIO_CHECK_H
#define VIRTIO_CHECK_H

#include "../common/check.h"

#include <stdbool.h>
#include <stdint.h>
#include <ukd/virtio.h>

#define DISKS_MAX	4U
#define SECTOR		512U
#define PATIENCE_US	UINT64_C(5000000)
#define QUEUES		4U	/* that each disk has */
#define QUEUE_MAX	32768U	/* VIRTIO 2.7 */
#define RING_FEATURES	(UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC) |	\
			 UKD_VIRTIO_BIT(UKD_VIRTIO_F_EVENT_IDX) |	\
			 UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1))

/* A device, and one of its queues at work. */
struct port {
	const struct ukd_device *dev;
	uint64_t agreed;
	struct ukd_virtq *queue;
	volatile unsigned int interrupts;
	volatile unsigned int changes;	/* of its configuration */
};

/* The slow disk, by its size, takes its time for each request. */
#define SLOW_SECTORS	1024U

extern struct port disks[DISKS_MAX], slow, source;
extern unsigned int disk_count;

/** Start with one queue of at most so many entries. @return 0, or why not */
int port_start(struct port *port, unsigned int limit);

/** Wait for a used buffer. @return its cookie, or NULL: none in time */
void *port_take(struct ukd_virtq *queue, uint32_t *written);

void pause_us(uint64_t us);

/* A disk's request: VIRTIO 5.2.6. */
struct request {
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} header;
	uint8_t status;
	uint8_t data[4 * SECTOR];
};

/** Memory for one, of which a disk knows the address. */
struct request *request_make(const struct port *port, uint64_t *address);
void request_free(const struct port *port, struct request *request);

/** Put one in and show it, its data in pieces. @return what add() did */
int request_put(struct ukd_virtq *queue, struct request *request,
		uint64_t address, bool is_write, uint64_t sector,
		unsigned int pieces);

/** Do one, by the disk's queue. @return whether it was done, all of it */
bool request_do(struct port *port, struct request *request, uint64_t address,
		bool is_write, uint64_t sector, unsigned int pieces);

/** Whether these are the sectors that a disk was given. */
bool is_sector(const uint8_t *data, uint64_t sector, unsigned int count);

/* Checks: features.c */
void check_features(void);
void check_config(void);
void check_config_change(void);

/* queues.c */
void check_queue_sizes(void);
void check_no_queue(void);
void check_several_queues(void);
void check_data(void);

/* work.c */
void check_interrupts(void);
void check_no_interrupts(void);
void check_own_interrupts(void);
void check_stop(void);

#endif /* VIRTIO_CHECK_H */
