/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3: which redistributor is this CPU's.
 *
 * Source: Arm Generic Interrupt Controller Architecture Specification, GIC
 *         architecture version 3 and version 4, IHI 0069H.b ("GICv3"),
 *         12.11.37; binding interrupt-controller/arm,gic-v3.yaml.
 */
#ifndef GICV3_FIND_H
#define GICV3_FIND_H

#include "gicv3_start.h"

/* The first `reg` entry of redistributors; the distributor's is before it. */
#define GICV3_REGION_FIRST	1U

/*
 * A number in the node: one cell, or two with the upper half first.
 *
 * @return 0 also when it isn't there, or -EINVAL
 */
__attribute__((noinline))
static int gicv3_number(const struct ukd_device *dev, const char *name,
			unsigned int cells, uint64_t *value)
{
	size_t size = 0;
	const uint32_t *cell = ukd_property(dev, name, &size);

	if (!cell)
		return 0;
	if (size != cells * sizeof(*cell)) {
		ukd_err(dev, "%s: %zu bytes, wanted %zu", name, size,
			cells * sizeof(*cell));
		return -EINVAL;
	}
	*value = ukd_be32(cell[0]);
	if (cells == 2)
		*value = *value << 32 | ukd_be32(cell[1]);
	return 0;
}

/* What GICR_TYPER has in its upper half for the calling CPU. */
static inline uint32_t gicv3_own_affinity(void)
{
	uint64_t mpidr = ukd_sysreg_read(MPIDR_EL1);

	return (uint32_t)((mpidr & MPIDR_AFF3) >> 8 |
			  (mpidr & MPIDR_AFF2_TO_0));
}

/**
 * Look through one region.
 *
 * A frame that doesn't say that it is a redistributor's ends the region, as
 * does the one marked as its last, or its size.
 *
 * @param stride from one redistributor to the next; 0: as each says itself
 *
 * @return where the redistributor is, or 0
 */
static inline uintptr_t gicv3_find_in(const struct ukd_region *region,
				      uint64_t stride, uint32_t affinity)
{
	size_t left = region->size;
	uintptr_t frame = region->base;
	unsigned int i;

	for (i = 0; i < GICR_COUNT_MAX && left >= GICR_SIZE; i++) {
		uint64_t typer, step = stride;

		if (!gicv3_is_own(frame))
			return 0;
		typer = ukd_mmio_read64(frame, GICR_TYPER);
		if (typer >> 32 == affinity)
			return frame;
		if (!step)
			step = typer & GICR_TYPER_VLPIS ? 2 * GICR_SIZE
							: GICR_SIZE;
		if (typer & GICR_TYPER_LAST || step > left)
			return 0;
		frame += step;
		left -= step;
	}
	return 0;
}

/* One entry of `reg`, whether or not the device has room for it. */
static inline int gicv3_region(const struct ukd_device *dev, unsigned int index,
			       struct ukd_region *region)
{
	int rc = 0;

	if (index < dev->region_count)
		*region = dev->region[index];
	else
		rc = ukd_region(dev, index, region);
	if (rc) {
		ukd_err(dev, "reg: entry %u: wanted redistributors (error %d)",
			index, rc);
		return -EINVAL;
	}
	if (region->size < GICR_SIZE) {
		ukd_err(dev, "reg: entry %u: %#zx bytes, wanted at least %#lx for a redistributor",
			index, region->size, GICR_SIZE);
		return -EINVAL;
	}
	return 0;
}

/**
 * Find the calling CPU's redistributor.
 *
 * @return 0, -EINVAL for a node that breaks the binding, -ERANGE when there
 *         is none for this CPU
 */
static inline int gicv3_find(struct gicv3 *gic, const struct ukd_device *dev)
{
	uint64_t regions = 1, stride = 0, i;
	uint32_t affinity = gicv3_own_affinity();
	int rc;

	rc = gicv3_number(dev, "#redistributor-regions", 1, &regions);
	if (!rc)
		rc = gicv3_number(dev, "redistributor-stride", 2, &stride);
	if (rc)
		return rc;
	if (!regions || stride % GICV3_FRAME_SIZE ||
	    (stride && stride < GICR_SIZE)) {
		ukd_err(dev, "#redistributor-regions %llu, redistributor-stride %#llx: wanted at least 1, and a multiple of %#lx from %#lx on",
			(unsigned long long)regions, (unsigned long long)stride,
			GICV3_FRAME_SIZE, GICR_SIZE);
		return -EINVAL;
	}

	/* Entries end where `reg` does, so a huge number doesn't go on. */
	for (i = GICV3_REGION_FIRST; i < GICV3_REGION_FIRST + regions; i++) {
		struct ukd_region region;

		rc = gicv3_region(dev, (unsigned int)i, &region);
		if (rc)
			return rc;
		gic->gicr = gicv3_find_in(&region, stride, affinity);
		if (gic->gicr)
			return 0;
	}
	ukd_err(dev, "reg: no redistributor with the affinity %#x of this CPU",
		affinity);
	return -ERANGE;
}

#endif /* GICV3_FIND_H */
