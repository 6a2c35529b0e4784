/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's educational device: registers, an interrupt, memory both ways.
 *
 * Source: QEMU documentation, "EDU device" (docs/specs/edu.txt).
 */

#include "pci_check.h"

#include <ukd/dma.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/memory.h>
#include <ukd/mmio.h>
#include <ukd/time.h>

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
#define EDU_COPY_BYTES		2048U	/* half of it */

#define INTERRUPTS		10U
#define SOON_US			2000U

/* A device whose interrupt is taken. */
struct line {
	uintptr_t base;
	volatile uint32_t taken;	/* bits of interrupts that came */
	volatile unsigned int count;	/* how often one came */
};

static struct line lines[EACH_MAX];

/* Helpers */

static bool is_idle(uintptr_t base, size_t reg, uint32_t busy)
{
	uint64_t deadline = ukd_now_us() + PATIENCE_US;

	while (ukd_mmio_read32(base, reg) & busy) {
		if (ukd_now_us() > deadline)
			return false;
	}
	return true;
}

static bool serve(void *arg)
{
	struct line *line = arg;
	uint32_t status = ukd_mmio_read32(line->base, EDU_IRQ_STATUS);

	if (!status)
		return false;
	ukd_mmio_write32(line->base, EDU_IRQ_ACK, status);
	line->taken |= status;
	line->count++;
	return true;
}

static unsigned int total(void)
{
	unsigned int i, sum = 0;

	for (i = 0; i < EACH_MAX; i++)
		sum += lines[i].count;
	return sum;
}

static void wait_us(uint64_t us)
{
	uint64_t end = ukd_now_us() + us;

	while (ukd_now_us() < end)
		;
}

/* Checks */

void check_edu_memory(void)
{
	const struct ukd_device *dev;
	unsigned int i;

	for (i = 0; (dev = device(EDU, i)); i++) {
		uintptr_t base = dev->region[0].base;

		if (!CHECK(dev->region[0].size))
			return;
		WANT(ukd_mmio_read32(base, EDU_ID), EDU_ID_FIXED);
		ukd_mmio_write32(base, EDU_LIVENESS, 0x12345678 + i);
		ukd_mmio_write32(base, EDU_FACTORIAL, 10);
		CHECK(is_idle(base, EDU_STATUS, EDU_STATUS_BUSY));
		WANT(ukd_mmio_read32(base, EDU_FACTORIAL), 3628800);
	}
	for (i = 0; (dev = device(EDU, i)); i++)
		WANT(ukd_mmio_read32(dev->region[0].base, EDU_LIVENESS),
		     ~(0x12345678 + i));
}

/* Each comes once, and from the device that raised it. */
static void raise_each(struct line *line)
{
	unsigned int i;

	for (i = 0; i < INTERRUPTS; i++) {
		uint64_t deadline = ukd_now_us() + PATIENCE_US;
		unsigned int before = total();

		line->taken = 0;
		ukd_mmio_write32(line->base, EDU_IRQ_RAISE, 1U << i);
		while (!line->taken && ukd_now_us() < deadline)
			;
		WANT(line->taken, 1U << i);
		WANT(total(), before + 1);
	}
}

void check_interrupt(void)
{
	const struct ukd_device *dev;
	unsigned int i, count;

	for (count = 0; count < EACH_MAX && (dev = device(EDU, count));
	     count++) {
		WANT(dev->irq_count, 1);
		lines[count] = (struct line){ .base = dev->region[0].base };
		if (!CHECK(!ukd_irq_attach(dev, 0, serve, &lines[count])))
			return;
	}
	for (i = 0; i < count; i++)
		raise_each(&lines[i]);
	for (i = 0; i < count; i++)
		CHECK(!ukd_irq_detach(device(EDU, i), 0, serve, &lines[i]));
	i = total();
	ukd_mmio_write32(lines[0].base, EDU_IRQ_RAISE, 1);
	wait_us(SOON_US);
	WANT(total(), i);
	ukd_mmio_write32(lines[0].base, EDU_IRQ_ACK, 1);
}

/* A function without a pin has none. */
void check_no_interrupt(void)
{
	const struct ukd_device *dev;
	unsigned int kind, i;

	for (kind = TESTDEV; kind < KINDS; kind++) {
		for (i = 0; (dev = device((enum kind)kind, i)); i++) {
			WANT(dev->irq_count, 0);
			WANT(ukd_irq_attach(dev, 0, serve, NULL), -ERANGE);
		}
	}
}

static bool transfer(uintptr_t base, uint64_t from, uint64_t to, uint32_t command)
{
	ukd_mmio_write64(base, EDU_DMA_SOURCE, from);
	ukd_mmio_write64(base, EDU_DMA_TARGET, to);
	ukd_mmio_write64(base, EDU_DMA_COUNT, EDU_COPY_BYTES);
	ukd_dma_mb();	/* memory before the command that has it read */
	ukd_mmio_write32(base, EDU_DMA_COMMAND, command | EDU_DMA_START);
	return is_idle(base, EDU_DMA_COMMAND, EDU_DMA_START);
}

static void set_master(const struct ukd_device *dev, bool is_on)
{
	uint16_t before = ukd_pci_read16(dev, PCI_COMMAND), wanted;

	wanted = is_on ? before | PCI_COMMAND_MASTER :
			 before & (uint16_t)~PCI_COMMAND_MASTER;
	ukd_pci_set_master(dev, is_on);
	WANT(ukd_pci_read16(dev, PCI_COMMAND), wanted);
}

/* From memory into the device's buffer, and back to another place. */
static void copy_through(const struct ukd_device *dev, uint64_t *memory,
			 uint64_t address)
{
	const size_t count = EDU_COPY_BYTES / sizeof(*memory);
	uintptr_t base = dev->region[0].base;
	size_t i;

	for (i = 0; i < count; i++) {
		ukd_dma_write64(&memory[i], 0x1122334455667788 + dev->unit + i);
		ukd_dma_write64(&memory[count + i], 0);
	}
	CHECK(transfer(base, address, EDU_BUFFER, 0));
	CHECK(transfer(base, EDU_BUFFER, address + EDU_COPY_BYTES,
		       EDU_DMA_TO_MEMORY));
	ukd_dma_rmb();	/* the end of the transfer before what it wrote */
	for (i = 0; i < count; i++)
		WANT(ukd_dma_read64(&memory[count + i]),
		     0x1122334455667788 + dev->unit + i);
}

/* A device that masters the bus while it may not is the machine's complaint. */
void check_master(void)
{
	const struct ukd_device *dev;
	unsigned int i;

	for (i = 0; (dev = device(EDU, i)); i++) {
		uint64_t address = 0, *memory;

		memory = ukd_dma_alloc(dev, 2 * EDU_COPY_BYTES,
				       EDU_COPY_BYTES, &address);
		if (!CHECK(memory))
			return;
		set_master(dev, true);
		copy_through(dev, memory, address);
		set_master(dev, false);
		ukd_dma_free(dev, memory, 2 * EDU_COPY_BYTES);
	}
}
