/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the pass over the tree remembers of a node whose properties are read.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapters 2 and 3.
 */

#include "scan.h"
#include "tree_bus.h"

/* Helpers */

/* Path of the open node; NULL when there is no room. */
static const char *new_path(const struct ukd_scan *scan)
{
	char *path, *byte;
	const char *name;
	size_t size = 1;
	unsigned int depth;

	if (scan->depth == 1)
		return "/";

	for (depth = 2; depth <= scan->depth; depth++) {
		for (name = scan->level[depth].name; *name; name++)
			size++;
		size++;
	}
	path = ukd_take(size);
	if (!path)
		return NULL;

	byte = path;
	for (depth = 2; depth <= scan->depth; depth++) {
		*byte++ = '/';
		for (name = scan->level[depth].name; *name; name++)
			*byte++ = *name;
	}
	*byte = '\0';
	return path;
}

/* The bus that an open node is; NULL when there is no room. */
static const struct ukd_bus *bus_at(struct ukd_scan *scan, unsigned int depth)
{
	struct ukd_open_node *own = &scan->level[depth];
	const struct ukd_bus *above = NULL;

	if (own->bus)
		return own->bus;
	if (depth > 1) {
		above = bus_at(scan, depth - 1);
		if (!above)
			return NULL;
	}
	own->bus = ukd_new_bus(own->name, own->properties, above);
	return own->bus;
}

/* Whether a value begins with a string. */
static bool is_string(struct ukd_value value, const char *wanted)
{
	return value.size > ukd_length(wanted, SIZE_MAX) &&
	       ukd_same(value.bytes, wanted);
}

/* DTSpec 2.3.4; "ok" is not in it, but on boards. */
static bool is_disabled(struct ukd_value status)
{
	return !is_string(status, "okay") && !is_string(status, "ok");
}

/* What a node is: called with its properties complete */

/* Add a node's regions to a list. */
static void remember_regions(struct ukd_scan *scan, struct ukd_region *list,
			     unsigned int *list_count, unsigned int max)
{
	const struct ukd_bus *bus =
		scan->depth > 1 ? bus_at(scan, scan->depth - 1) : NULL;
	struct ukd_region *added = &list[*list_count];
	unsigned int i, count;
	bool is_odd;

	if (!bus || *list_count == max) {
		ukd_core.left_out++;
		return;
	}
	count = ukd_regions(bus, ukd_value(scan, UKD_NAME_REG), added,
			    max - *list_count, &is_odd);
	for (i = 0; i < count; i++) {
		if (added[i].size)
			list[(*list_count)++] = added[i];
	}
}

/* Whether two values are the same, down to their padding. */
static bool is_same_value(const uint32_t *one, const uint32_t *other)
{
	uint32_t size = ukd_be32(one[-2]), i;

	if (one[-2] != other[-2])
		return false;
	for (i = 0; i < (size + 3) / 4; i++) {
		if (one[i] != other[i])
			return false;
	}
	return true;
}

static void complete(struct ukd_record *record)
{
	if (record->is_reg_odd)
		ukd_warn_of_reg(record);
	if (ukd_core.irqchip.cells)
		ukd_take_interrupts(record);
}

static void fill(struct ukd_scan *scan, struct ukd_record *record,
		 const struct ukd_bus *bus)
{
	bool is_extended =
		scan->present & UKD_BIT(UKD_NAME_INTERRUPTS_EXTENDED);

	record->dev.region_count =
		ukd_regions(bus, ukd_value(scan, UKD_NAME_REG),
			    record->dev.region, UKD_REGIONS_MAX,
			    &record->is_reg_odd);
	record->complete = complete;
	record->fixed = NULL;
	record->dev.irq_count = 0;
	record->dev.node = scan->properties;
	record->dev.bus = NULL;
	record->dev.unit = 0;
	record->bus = bus;
	record->gate = bus ? bus->gate : NULL;
	record->compatible = ukd_value(scan, UKD_NAME_COMPATIBLE);
	record->interrupts = (const void *)ukd_value(scan,
		is_extended ? UKD_NAME_INTERRUPTS_EXTENDED
			    : UKD_NAME_INTERRUPTS).bytes;
	record->is_extended = is_extended;
	record->phandle =
		ukd_cell(ukd_value(scan, UKD_NAME_INTERRUPT_PARENT), 0);
	record->state = UKD_WAITING;
}

static void remember_match(struct ukd_scan *scan)
{
	const uint32_t *compatible = scan->value[UKD_NAME_COMPATIBLE];
	struct ukd_cursor cursor =
		ukd_cursor(ukd_value(scan, UKD_NAME_COMPATIBLE));
	const struct ukd_bus *bus = NULL;
	struct ukd_record *record;

	/* boards have rows of equal nodes */
	if (scan->unlisted && is_same_value(scan->unlisted, compatible))
		return;
	if (!ukd_match_next(&cursor)) {
		scan->unlisted = compatible;
		return;
	}

	if (scan->depth > 1)
		bus = bus_at(scan, scan->depth - 1);
	record = bus || scan->depth == 1
		 ? ukd_new_record(new_path(scan), cursor.driver) : NULL;
	if (record)
		fill(scan, record, bus);
	else
		ukd_core.left_out++;
}

static void remember_irqchip(struct ukd_scan *scan)
{
	scan->tree->irqchip = new_path(scan);
	scan->tree->irqchip_compatible =
		ukd_string(ukd_value(scan, UKD_NAME_COMPATIBLE), NULL);
}

static void remember_root(struct ukd_scan *scan)
{
	scan->root_irqchip = ukd_cell(
		ukd_value(scan, UKD_NAME_INTERRUPT_PARENT), 0);
	scan->tree->model = ukd_string(ukd_value(scan, UKD_NAME_MODEL), "");
}

/* DTSpec 3.6. */
static void remember_stdout(struct ukd_scan *scan)
{
	if (scan->depth == 2 && ukd_same(scan->level[2].name, "chosen"))
		ukd_core.stdout_path =
			ukd_string(ukd_value(scan, UKD_NAME_STDOUT_PATH), NULL);
}

void ukd_judge(struct ukd_scan *scan)
{
	struct ukd_open_node *own = &scan->level[scan->depth];
	struct ukd_tree *tree = scan->tree;
	uint32_t present = scan->present;

	if (scan->depth == 1)
		remember_root(scan);
	if (present & UKD_BIT(UKD_NAME_PHANDLE) && !tree->irqchip &&
	    scan->root_irqchip &&
	    ukd_cell(ukd_value(scan, UKD_NAME_PHANDLE), 0) == scan->root_irqchip)
		remember_irqchip(scan);

	own->flags = own[-1].flags;
	if (present & UKD_BIT(UKD_NAME_STATUS) &&
	    is_disabled(ukd_value(scan, UKD_NAME_STATUS)))
		own->flags |= UKD_NODE_DISABLED;
	if (own->flags) {
		if (own->flags == UKD_NODE_RESERVED)
			remember_regions(scan, tree->reserved,
					 &tree->reserved_count,
					 UKD_RESERVED_MAX);
		return;
	}

	if (present & UKD_BIT(UKD_NAME_COMPATIBLE))
		remember_match(scan);
	if (present & UKD_BIT(UKD_NAME_STDOUT_PATH))
		remember_stdout(scan);
	if (present & UKD_BIT(UKD_NAME_DEVICE_TYPE) &&
	    is_string(ukd_value(scan, UKD_NAME_DEVICE_TYPE), "memory"))
		remember_regions(scan, tree->memory, &tree->memory_count,
				 UKD_MEMORY_MAX);
}

/* Addresses of three cells: DTSpec has none, so it is the PCI binding's. */
static bool is_pci(const struct ukd_scan *scan)
{
	return ukd_cell(ukd_value(scan, UKD_NAME_ADDRESS_CELLS), 2) == 3 ||
	       (scan->present & UKD_BIT(UKD_NAME_DEVICE_TYPE) &&
		is_string(ukd_value(scan, UKD_NAME_DEVICE_TYPE), "pci"));
}

void ukd_expect_children(struct ukd_scan *scan)
{
	struct ukd_open_node *own = &scan->level[scan->depth];

	own->properties = scan->properties;
	own->bus = NULL;
	if (is_pci(scan))
		own->flags |= UKD_NODE_SCANNED;
	if (scan->depth == 2 && ukd_same(own->name, "reserved-memory"))
		own->flags |= UKD_NODE_RESERVED;
}
