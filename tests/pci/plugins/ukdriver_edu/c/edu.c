/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's educational device: registers, an interrupt, memory both ways.
 *
 * Source: QEMU documentation, "EDU device" (docs/specs/edu.txt).
 */

#include <ukd/bits.h>
#include <ukd/bus.h>
#include <ukd/dma.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/pci.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define EDU_MAX			16
#define EDU_DEADLINE_US		1000000U

/* Registers */

#define EDU_ID			0x00
#define EDU_ID_FIXED		0x010000edU
#define EDU_LIVENESS		0x04	/* reads what was written, inverted */
#define EDU_FACTORIAL		0x08
#define EDU_STATUS		0x20
#define EDU_STATUS_BUSY		UKD_BIT(0)
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SOURCE		0x80
#define EDU_DMA_TARGET		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_COMMAND		0x98
#define EDU_DMA_START		UKD_BIT(0)
#define EDU_DMA_TO_MEMORY	UKD_BIT(1)
#define EDU_BUFFER		0x40000U

/* Configuration space: I/O, memory, bus master. */
#define EDU_COMMAND		0x04
#define EDU_COMMAND_USED	UKD_MASK(2, 0)
#define EDU_COMMAND_MEMORY	UKD_BIT(1)

/* State */

struct edu {
	const struct ukd_device *dev;
	uintptr_t base;
	volatile uint32_t taken;	/* bits of interrupts that came */
	volatile unsigned int count;	/* how often one came */
	uint64_t memory[2];
};

static struct edu edus[EDU_MAX];
static unsigned int edu_count;

/* Helpers */

static bool edu_is_idle(const struct edu *edu, size_t reg, uint32_t busy)
{
	uint64_t deadline = ukd_now_us() + EDU_DEADLINE_US;

	while (ukd_mmio_read32(edu->base, reg) & busy) {
		if (ukd_now_us() > deadline)
			return false;
	}
	return true;
}

static bool edu_irq(void *arg)
{
	struct edu *edu = arg;
	uint32_t status = ukd_mmio_read32(edu->base, EDU_IRQ_STATUS);

	if (!status)
		return false;
	ukd_mmio_write32(edu->base, EDU_IRQ_ACK, status);
	edu->taken |= status;
	edu->count++;
	return true;
}

static const char *edu_computes(const struct edu *edu)
{
	if (ukd_mmio_read32(edu->base, EDU_ID) != EDU_ID_FIXED)
		return "identification";
	ukd_mmio_write32(edu->base, EDU_LIVENESS, 0x12345678);
	if (ukd_mmio_read32(edu->base, EDU_LIVENESS) != ~0x12345678U)
		return "liveness";
	ukd_mmio_write32(edu->base, EDU_FACTORIAL, 10);
	if (!edu_is_idle(edu, EDU_STATUS, EDU_STATUS_BUSY) ||
	    ukd_mmio_read32(edu->base, EDU_FACTORIAL) != 3628800)
		return "factorial";
	return NULL;
}

/* One interrupt each, and the device's own bits arrive. */
static const char *edu_interrupts(struct edu *edu)
{
	unsigned int i;

	edu->count = 0;
	for (i = 0; i < 10; i++) {
		uint64_t deadline = ukd_now_us() + EDU_DEADLINE_US;

		edu->taken = 0;
		ukd_mmio_write32(edu->base, EDU_IRQ_RAISE, 1U << i);
		while (!edu->taken && ukd_now_us() < deadline)
			;
		if (edu->taken != 1U << i || edu->count != i + 1)
			return "interrupt";
	}
	return NULL;
}

static bool edu_transfer(struct edu *edu, uint64_t from, uint64_t to,
			 uint32_t command)
{
	ukd_mmio_write64(edu->base, EDU_DMA_SOURCE, from);
	ukd_mmio_write64(edu->base, EDU_DMA_TARGET, to);
	ukd_mmio_write64(edu->base, EDU_DMA_COUNT, sizeof(edu->memory[0]));
	ukd_dma_mb();	/* memory before the command that has it read */
	ukd_mmio_write32(edu->base, EDU_DMA_COMMAND, command | EDU_DMA_START);
	return edu_is_idle(edu, EDU_DMA_COMMAND, EDU_DMA_START);
}

/* From memory into the device's buffer, and back to another place. */
static const char *edu_masters(struct edu *edu)
{
	uint64_t sent = 0x1122334455667788 + edu->dev->unit, address;

	/* off until it is asked for; the BAR is decoded from the start */
	if ((ukd_pci_read16(edu->dev, EDU_COMMAND) & EDU_COMMAND_USED) !=
	    EDU_COMMAND_MEMORY)
		return "command";

	if (ukd_dma_address(edu->dev, (uintptr_t)edu->memory,
			    sizeof(edu->memory), &address))
		return "dma address";
	ukd_dma_write64(&edu->memory[0], sent);
	ukd_dma_write64(&edu->memory[1], 0);
	ukd_pci_set_master(edu->dev, true);
	if (!edu_transfer(edu, address, EDU_BUFFER, 0) ||
	    !edu_transfer(edu, EDU_BUFFER, address + 8, EDU_DMA_TO_MEMORY))
		return "dma never ends";
	ukd_dma_rmb();	/* the end of the transfer before what it wrote */
	ukd_pci_set_master(edu->dev, false);
	return ukd_dma_read64(&edu->memory[1]) == sent ? NULL : "dma";
}

/* Class operations: the application calls it through the match table */

static const char *edu_run(unsigned int index)
{
	struct edu *edu = &edus[index];
	const char *failed = NULL;

	if (index >= edu_count)
		return "end";
	failed = edu_computes(edu);
	if (!failed)
		failed = edu_interrupts(edu);
	if (!failed)
		failed = edu_masters(edu);
	ukd_info(edu->dev, "%s", failed ? failed : "works");
	return failed;
}

/* Probe */

static int edu_probe(const struct ukd_device *dev, const void *variant)
{
	struct edu *edu = &edus[edu_count];
	int rc;

	(void)variant;
	if (edu_count == EDU_MAX)
		return -ENOMEM;
	if (dev->region[0].size != 0x100000 || dev->irq_count != 1)
		return -EINVAL;
	edu->dev = dev;
	edu->base = dev->region[0].base;
	rc = ukd_irq_attach(dev, 0, edu_irq, edu);
	if (rc)
		return rc;
	edu_count++;
	ukd_info(dev, "BAR 0 memory %#zx+%#zx irq %u", dev->region[0].base,
		 dev->region[0].size, dev->irq[0].number);
	return 0;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match edu_match[] = {
	{ .compatible = "pci1234,11e8", .variant = edu_run },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_edu;
const struct ukd_driver ukd_driver_edu = {
	.name = "edu",
	.class = UKD_CLASS_PCI_DEVICE,
	.match = edu_match,
	.probe = edu_probe,
};
