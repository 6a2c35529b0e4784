/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <ukd/bus.h>
#include <ukd/core.h>
#include <ukd/memory.h>

/* The device addresses memory by what is no pointer. */
#define DMA_OFFSET	UINT64_C(0x100000000000)

#define NEEDS_RESET	0x40

struct model model;
struct ukd_device model_transport = { .path = "/virtio@a000000" };
const struct ukd_device *model_device;
void (*model_on_barrier)(void);

static struct ukd_device found_device;
static uint64_t random_state = 1;

/* Helpers */

uint64_t model_random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

uint32_t model_random(uint32_t limit)
{
	return (uint32_t)(model_random64() >> 33) % limit;
}

void model_barrier(void)
{
	if (model_on_barrier)
		model_on_barrier();
}

void *model_memory(uint64_t address)
{
	return (void *)(uintptr_t)(address - DMA_OFFSET);
}

/* Memory; each piece has its size before it */

static bool fails(void)
{
	model.allocations++;
	return model.fail_at && !--model.fail_at;
}

void *ukd_alloc(size_t size)
{
	if (fails())
		return NULL;
	model.in_use++;
	return calloc(1, size);
}

void ukd_free(void *memory)
{
	if (memory)
		model.in_use--;
	free(memory);
}

void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address)
{
	void *memory;

	CHECK(dev == &model_transport);
	if (fails() || posix_memalign(&memory, align, size))
		return NULL;
	model.in_use++;
	model.dma_in_use += (long)size;
	*address = (uintptr_t)memory + DMA_OFFSET;
	return memset(memory, 0, size);
}

void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size)
{
	CHECK(dev == &model_transport && memory);
	model.in_use--;
	model.dma_in_use -= (long)size;
	free(memory);
}

/* The core */

bool ukd_has_driver(const char *compatible)
{
	CHECK(strncmp(compatible, "virtio,device", 13) == 0);
	return model.has_driver;
}

int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *found, const char *name,
		   const char *compatible, size_t size)
{
	CHECK(parent == &model_transport && found->region_count == 0);
	CHECK(size == strlen(compatible) + 1);
	CHECK(strcmp(name, strchr(compatible, ',') + 1) == 0);
	if (model.add_rc)
		return model.add_rc;
	found_device = *found;
	found_device.path = "/virtio@a000000/device1";
	model_device = &found_device;
	return 0;
}

/* The transport */

static uint64_t get_features(void *self)
{
	CHECK(self == &model);
	return model.offered;
}

static void set_features(void *self, uint64_t features)
{
	CHECK(self == &model && !(features & ~model.offered));
	model.features = features;
}

static uint8_t get_status(void *self)
{
	CHECK(self == &model);
	return model.status;
}

static void set_status(void *self, uint8_t status)
{
	CHECK(self == &model);
	if (!status) {
		model.resets++;
		memset(model.place, 0, sizeof(model.place));
		memset(model.used_next, 0, sizeof(model.used_next));
		model.status = model.never_resets ? model.status | 1 : 0;
		return;
	}
	if (status & 4)
		status |= model.fails_with;
	if (model.refuses)
		status &= 0xf7;
	model.status = status;
	model.statuses |= status;
}

static uint32_t get_generation(void *self)
{
	CHECK(self == &model);
	if (model.never_rests || model.rests_after) {
		model.generation++;
		model.rests_after -= model.rests_after > 0;
	}
	return model.generation;
}

static int get_config(void *self, unsigned int offset, void *to,
		      unsigned int bytes)
{
	CHECK(self == &model && offset % bytes == 0);
	CHECK(bytes == 1 || bytes == 2 || bytes == 4);
	model.config_reads++;
	if (bytes > model.config_size || offset > model.config_size - bytes)
		return -ERANGE;
	if (model.flickers)
		model.config[offset]++;
	memcpy(to, model.config + offset, bytes);
	return 0;
}

static uint32_t queue_limit(void *self, unsigned int index)
{
	CHECK(self == &model);
	return index < MODEL_QUEUES ? model.limit[index] : 0;
}

static int set_queue(void *self, unsigned int index,
		     const struct ukd_virtq_place *place, uintptr_t *doorbell,
		     unsigned int *bits)
{
	CHECK(self == &model && place->size <= model.limit[index]);
	CHECK(place->descriptors % 4096 == 0 && place->used % 4096 == 0);
	CHECK(place->available == place->descriptors + 16 * place->size);
	CHECK(model.status & 2 && !(model.status & 4));
	if (model.queue_rc)
		return model.queue_rc;
	model.place[index] = *place;
	*doorbell = MODEL_DOORBELL + 4 * index;
	*bits = model.doorbell_bits;
	return 0;
}

static const struct ukd_virtio_ops ops = {
	.features = get_features,
	.set_features = set_features,
	.status = get_status,
	.set_status = set_status,
	.generation = get_generation,
	.config = get_config,
	.queue_limit = queue_limit,
	.queue = set_queue,
};

static uint64_t on_doorbell(uintptr_t address, unsigned int bytes,
			    uint64_t value)
{
	CHECK(bytes == model.doorbell_bits / 8 && value < MODEL_QUEUES);
	CHECK(address == MODEL_DOORBELL + 4 * value);
	CHECK(model.status & 4);
	model.notified[value]++;
	fake_write_count = 0;
	return value;
}

/* Start */

int model_new(uint64_t offered, unsigned int version)
{
	unsigned int i;

	fake_reset();
	fake_map(MODEL_DOORBELL, 0x100);
	fake_on_write = on_doorbell;
	model_on_barrier = NULL;
	model_device = NULL;
	memset(&model, 0, sizeof(model));
	model.offered = offered;
	model.has_driver = true;
	model.doorbell_bits = 32;
	for (i = 0; i < MODEL_QUEUES; i++)
		model.limit[i] = 256;
	return ukd_virtio_add(&model_transport, &ops, &model, 1, version);
}

struct ukd_virtq *model_queue(uint64_t offered, unsigned int version,
			      unsigned int size, void (*interrupt)(void *arg),
			      void *arg)
{
	struct ukd_virtq *queue = NULL;
	uint64_t agreed;

	CHECK(model_new(offered, version) == 0);
	model.limit[0] = size;
	CHECK(ukd_virtio_start(model_device, 0, &agreed) == 0);
	CHECK(agreed == offered);
	CHECK(ukd_virtio_queue(model_device, 0, size, interrupt, arg,
			       &queue) == 0);
	CHECK(ukd_virtio_go(model_device) == 0);
	return queue;
}

/* The rings: flags, index, entries */

uint16_t *model_available(unsigned int queue, unsigned int halfword)
{
	return (uint16_t *)model_memory(model.place[queue].available) + halfword;
}

uint16_t *model_used(unsigned int queue, unsigned int halfword)
{
	return (uint16_t *)model_memory(model.place[queue].used) + halfword;
}

uint16_t *model_used_event(unsigned int queue)
{
	return model_available(queue, 2 + model.place[queue].size);
}

uint16_t *model_avail_event(unsigned int queue)
{
	return model_used(queue, 2 + 4 * model.place[queue].size);
}

struct model_descriptor model_read(uint64_t table, unsigned int index)
{
	struct model_descriptor read;

	memcpy(&read, (char *)model_memory(table) + 16 * index, sizeof(read));
	return read;
}

void model_put_used(unsigned int queue, uint32_t id, uint32_t written)
{
	unsigned int at = model.used_next[queue]++ &
			  (model.place[queue].size - 1);

	memcpy(model_used(queue, 2 + 4 * at), &id, sizeof(id));
	memcpy(model_used(queue, 4 + 4 * at), &written, sizeof(written));
}

void model_use(unsigned int queue, uint32_t id, uint32_t written)
{
	model_put_used(queue, id, written);
	*model_used(queue, 1) = model.used_next[queue];
}
