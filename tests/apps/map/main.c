/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device windows, mapped when they are asked for, on QEMU's virt machine with
 * a CPU of 40 address bits. Prints "ok NAME" or "FAIL NAME: expression" a
 * check, and at the end "map: N checks, M failed".
 *
 * Its second PCI window is from 512 GiB to 1 TiB; where nothing is in it, all
 * ones are read.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, AT S1E1R, PAR_EL1.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/plat/memory.h>
#include <ukd/core.h>
#include <ukd/errno.h>
#include <ukd/mmio.h>

#define GIB		0x40000000UL
#define WINDOW		0x8000000000UL
#define WINDOW_END	0x10000000000UL
#define RAM		0x40000000UL

#define UNMAPPED	(-1L)
#define NORMAL		0xff
#define DEVICE_NGNRNE	0x00

/* Checks */

static const char *name;
static unsigned int checks, failed;

static void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

#define CHECK(expression) check(expression, #expression)

/* An address's memory attributes, or UNMAPPED. */
static long attributes_at(uint64_t address)
{
	uint64_t par;

	__asm__ __volatile__("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1"
			     : "=r"(par) : "r"(address) : "memory");
	return par & 1 ? UNMAPPED : (long)(par >> 56);
}

static int map(uint64_t base, uint64_t size)
{
	struct ukd_region region = { .base = base, .size = size };

	return ukd_map(&region);
}

/* Tests */

static void only_what_is_asked_for_is_mapped(void)
{
	name = "on demand";
	CHECK(attributes_at(RAM + GIB / 32) == NORMAL);
	CHECK(attributes_at(RAM + GIB / 16) == UNMAPPED);
	CHECK(attributes_at(0) == UNMAPPED);
	CHECK(attributes_at(0x9000000) == DEVICE_NGNRNE);	/* the UART */
	CHECK(attributes_at(0x6000000) == UNMAPPED);		/* flash */
	CHECK(!map(0x6000000, 0x1000));
	CHECK(attributes_at(0x6000000) == DEVICE_NGNRNE);
}

static void windows_above_512_gib(void)
{
	name = "high";
	CHECK(attributes_at(WINDOW) == UNMAPPED);
	CHECK(!map(WINDOW, 0x1000));
	CHECK(attributes_at(WINDOW) == DEVICE_NGNRNE);
	CHECK(ukd_mmio_read32(WINDOW, 0) == UINT32_MAX);
	CHECK(!map(WINDOW + 10 * GIB, 64 * GIB));
	CHECK(attributes_at(WINDOW + 74 * GIB - 1) == DEVICE_NGNRNE);
	CHECK(attributes_at(WINDOW + 74 * GIB) == UNMAPPED);
	CHECK(ukd_mmio_read32(WINDOW + 30 * GIB, 0x10) == UINT32_MAX);
	CHECK(!map(WINDOW_END - 0x1000, 0x1000));
	CHECK(ukd_mmio_read32(WINDOW_END, -4UL) == UINT32_MAX);
	CHECK(!map(WINDOW_END - 0x1000, 0x1000));	/* once more */
}

static void what_cannot_be_mapped_is_refused(void)
{
	unsigned int i = 0;

	name = "refused";
	CHECK(uk_memory_limit() == WINDOW_END);
	CHECK(map(WINDOW_END, 0x1000) == -ERANGE);
	CHECK(map(WINDOW_END - 0x1000, 0x1001) == -ERANGE);
	CHECK(map(0x1000000000000, 0x1000) == -ERANGE);
	CHECK(map(UINT64_MAX - 0xfff, 0x1000) == -ERANGE);
	CHECK(map(0x9000000, UINT64_MAX) == -ERANGE);
	CHECK(map(0x1000, 0x1000) == -ERANGE);	/* a null pointer's */
	CHECK(map(RAM + GIB / 32, 0x1000) == -EBUSY);
	CHECK(map(RAM - 0x1000, GIB) == -EBUSY);

	name = "tables";	/* each in another GiB */
	while (i < 100 && !map(WINDOW + (100 + i) * GIB, 0x1000))
		i++;
	CHECK(i >= 8);
	CHECK(map(WINDOW + (100 + i) * GIB, 0x1000) == -ENOMEM);
	CHECK(!map(WINDOW + (100 + i) * GIB, GIB));	/* takes no table */
}

int main(void)
{
	only_what_is_asked_for_is_mapped();
	windows_above_512_gib();
	what_cannot_be_mapped_is_refused();
	printf("map: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
