/* SPDX-License-Identifier: BSD-3-Clause */
/* A virtio device by hand, with its transport, memory, and the kit around it. */
#ifndef MODEL_H
#define MODEL_H

#include <fake.h>

#include <ukd/errno.h>
#include <ukd/virtio_transport.h>

#include <stdlib.h>
#include <string.h>

#define MODEL_QUEUES	4U
#define MODEL_DOORBELL	0x9000UL

#define INDIRECT	UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC)
#define EVENT		UKD_VIRTIO_BIT(UKD_VIRTIO_F_EVENT_IDX)
#define VERSION_1	UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1)

#define NEXT		1U
#define WRITE		2U
#define TABLE		4U

/* What a descriptor has, read from its bytes. */
struct model_descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags;
	uint16_t next;
};

struct model {
	/* How it is */
	uint64_t offered;
	uint32_t limit[MODEL_QUEUES];
	uint8_t config[32];
	unsigned int config_size;
	unsigned int doorbell_bits;
	bool never_resets;
	bool refuses;			/* FEATURES_OK doesn't stay */
	bool never_rests;		/* generation */
	bool flickers;			/* configuration changes by itself */
	unsigned int rests_after;	/* so many reads of the generation */
	uint8_t fails_with;		/* status bits that come with DRIVER_OK */
	int queue_rc;
	int add_rc;
	bool has_driver;

	/* What became of it */
	uint8_t status;
	uint8_t statuses;		/* all that were ever set */
	uint64_t features;
	unsigned int resets;
	unsigned int config_reads;
	struct ukd_virtq_place place[MODEL_QUEUES];
	uint16_t used_next[MODEL_QUEUES];
	unsigned int notified[MODEL_QUEUES];
	uint32_t generation;

	/* Memory */
	unsigned int fail_at;		/* 1: the next allocation; 0: none */
	unsigned int allocations;
	long in_use;
	long dma_in_use;		/* bytes */
};

extern struct model model;
extern struct ukd_device model_transport;
extern const struct ukd_device *model_device;
extern void (*model_on_barrier)(void);

/** A new device that was added to the kit. @return what that returned */
int model_new(uint64_t offered, unsigned int version);

/** The same, started, with queue 0 of that size. */
struct ukd_virtq *model_queue(uint64_t offered, unsigned int version,
			      unsigned int size, void (*interrupt)(void *arg),
			      void *arg);

/* The rings, as the device sees them */

uint16_t *model_available(unsigned int queue, unsigned int halfword);
struct model_descriptor model_read(uint64_t table, unsigned int index);
uint16_t *model_used(unsigned int queue, unsigned int halfword);
uint16_t *model_used_event(unsigned int queue);
uint16_t *model_avail_event(unsigned int queue);
void *model_memory(uint64_t address);

/** Put an entry into the used ring, without and with the index. */
void model_put_used(unsigned int queue, uint32_t id, uint32_t written);
void model_use(unsigned int queue, uint32_t id, uint32_t written);

uint32_t model_random(uint32_t limit);
uint64_t model_random64(void);

#endif /* MODEL_H */
