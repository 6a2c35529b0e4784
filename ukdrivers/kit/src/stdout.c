/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The console that the firmware chose.
 *
 * Source: Devicetree Specification v0.4, 2.2.3 (a unit address may be left
 * out), 3.3 (/aliases), 3.6 (/chosen).
 */

#include "internal.h"

static bool is_end(char byte)
{
	return !byte || byte == ':' || byte == '/';
}

/*
 * Step over the part of a path that a wanted one has, unit addresses or not.
 *
 * @return the rest of it, or NULL when it is another one
 */
static const char *skip_same(const char *path, const char *wanted)
{
	for (;;) {
		if (*path == '@' && is_end(*wanted)) {
			while (!is_end(*path))
				path++;
		}
		if (!*wanted || *wanted == ':')
			return path;
		if (*path++ != *wanted++)
			return NULL;
	}
}

/* The path that an alias stands for; `rest` is what is behind its name. */
static const char *path_of_alias(const char *alias, const char *rest)
{
	struct ukd_walk walk = ukd_walk();
	const uint32_t *node;
	char name[32];	/* DTSpec 2.2.4.1: 31 characters at most */
	size_t i, size = (size_t)(rest - alias);

	if (size >= sizeof(name))
		return NULL;
	for (i = 0; i < size; i++)
		name[i] = alias[i];
	name[size] = '\0';
	do {
		node = ukd_next_node(&walk);
		if (!node)
			return NULL;
	} while (walk.depth != 2 || !ukd_same(walk.name, "aliases"));
	return ukd_string(ukd_node_property(node, name), NULL);
}

struct ukd_record *ukd_stdout_record(void)
{
	const char *start = ukd_core.stdout_path, *rest = "", *path;
	unsigned int i;

	if (start && *start != '/') {
		for (rest = start; !is_end(*rest); rest++)
			;
		start = path_of_alias(start, rest);
	}
	for (i = 0; start && i < ukd_core.record_count; i++) {
		struct ukd_record *record = &ukd_core.block.record[i];

		if (record->class != UKD_CLASS_CONSOLE)
			continue;
		path = skip_same(record->dev.path, start);
		if (path)
			path = skip_same(path, rest);
		if (path && !*path)
			return record;
	}
	return NULL;
}
