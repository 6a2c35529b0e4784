/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything a driver uses of C and of the kit. */
#include <ukd/barrier.h>
#include <ukd/bits.h>
#include <ukd/dma.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/time.h>

#include "plain_regs.h"

struct plain_variant {
	unsigned int depth;
};

static uintptr_t plain_base;
static const struct plain_variant plain_deep = { .depth = 32 };

static int plain_wait(void);

static int plain_wait(void)
{
	uint64_t deadline = ukd_now_us() + 100;

	while (ukd_mmio_read32(plain_base, PLAIN_FLAG) & UKD_BIT(3)) {
		if (ukd_now_us() > deadline)
			return -ETIMEDOUT;
	}
	ukd_dma_wmb();
	__asm__ __volatile__("nop" : : : "memory");
	return 0;
}

__attribute__((noinline))
static int plain_probe(const struct ukd_device *dev, const void *variant)
{
	(void)variant;
	if (dev->region_count < 1) {
		ukd_err(dev, "reg: want one region");
		return -EINVAL;
	}
	plain_base = dev->region[0].base;
	return plain_wait();
}

static const struct ukd_match plain_match[] = {
	{ .compatible = "acme,plain-2", .variant = &plain_deep },
	{ .compatible = PLAIN_VENDOR "plain" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_plain;
const struct ukd_driver ukd_driver_plain = {
	.name = "plain",
	.class = UKD_CLASS_VIRTIO_TRANSPORT,
	.match = plain_match,
	.probe = plain_probe,
};
