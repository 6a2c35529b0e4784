/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bus on a tree, with drivers that say what they are asked.
 *
 * bus_test TREE BUDGET: with BUDGET allocations that succeed
 */

#include "tree_file.h"

#include <errno.h>
#include <string.h>
#include <uk/bus/platform.h>
#include <uk/plat/common/bootinfo.h>

#define KEPT_MAX	600

static struct ukplat_bootinfo bootinfo;
static struct pf_device *kept[KEPT_MAX];
static unsigned int kept_count;

struct ukplat_bootinfo *ukplat_bootinfo_get(void)
{
	return &bootinfo;
}

static void say(const char *driver, const char *what, const struct pf_device *dev)
{
	printf("%s: %s %#x at %d%s\n", driver, what, dev->id.device_id,
	       dev->fdt_offset, dev->base ? ", not zero" : "");
}

static int keep(struct pf_device *dev)
{
	kept[kept_count++] = dev;
	return 0;
}

/* A driver: what it knows, and what its functions return. */
#define DRIVER(name, number, string, init_rc, probe_rc, add_rc)		\
	static int name##_init(struct uk_alloc *a)			\
	{								\
		printf(#name ": init%s\n", a ? "" : " without heap");	\
		return init_rc;						\
	}								\
	static int name##_probe(struct pf_device *dev)			\
	{								\
		say(#name, "probe", dev);				\
		dev->base = 0x1000;					\
		return probe_rc;					\
	}								\
	static int name##_add(struct pf_device *dev)			\
	{								\
		printf(#name ": add\n");				\
		return (add_rc) ? (add_rc) : keep(dev);			\
	}								\
	static int name##_match(const char *compatible)			\
	{								\
		return strcmp(compatible, string) ? -1 : (number);	\
	}								\
	static const struct pf_device_id name##_id = { number };	\
	static struct pf_driver name = {				\
		.device_ids = &name##_id,				\
		.init = name##_init,					\
		.probe = name##_probe,					\
		.add_dev = name##_add,					\
		.match = name##_match,					\
	};								\
	_PF_REGISTER_DRIVER(name, &name)

DRIVER(simple, VIRTIO_MMIO_ID, "test,simple", 0, 0, 0);
DRIVER(foreign, 0xf000, "test,foreign", 0, 0, 0);
DRIVER(shy, 0x103, "test,shared", 0, -ENODEV, 0);
DRIVER(placeholder, 0x104, "test,shared", 0, 0, -ENODEV);
DRIVER(willing, 0x105, "test,shared", 0, 0, 0);
DRIVER(broken, 0x106, "test,broken", 0, -EIO, 0);
DRIVER(uninitialised, 0x107, "test,uninitialised", -ENOMEM, 0, 0);

/* A driver that leaves out what it may leave out, and one that knows nothing. */
static struct pf_driver brief = {
	.device_ids = &simple_id,
	.probe = simple_probe,
	.add_dev = simple_add,
};
_PF_REGISTER_DRIVER(brief, &brief);

int main(int argc, char **argv)
{
	struct uk_alloc a = { .budget = argc > 2 ? (unsigned int)atoi(argv[2]) : 0 };
	void *tree = argc > 1 && argv[1][0] ? tree_from(argv[1]) : NULL;
	int rc;

	bootinfo.dtb = (__u64)tree;
	rc = registered_bus->init(&a);
	if (!rc)
		rc = registered_bus->probe();
	printf("bus: %d, %u kept\n", rc, kept_count);
	while (kept_count)
		free(kept[--kept_count]);
	free(tree);
	return 0;
}
