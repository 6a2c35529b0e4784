/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU plugin: write down how many guest instructions lie between places.
 *
 *   gcc -O2 -shared -fPIC -o marks.so marks.c
 *   qemu-system-aarch64 -icount shift=0 -plugin ./marks.so,out=FILE,\
 *       start=0x40005280,at=0x40009000,at=0x40009010,end=0x400052d4 ...
 *
 * A line for each address `at`: how often it came between a start and an end,
 * the fewest and the most instructions from the start to it, not counting its
 * own, and the fewest and the most from the start to the end, counting that.
 * With an interrupt: the vector, its handlers, and the vector's ERET.
 * Debian's QEMU exports the plugin interface but ships no header for it, so
 * what is used of it is declared here.
 *
 * Source: QEMU TCG Plugins, API version 1.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED	__attribute__((visibility("default")))
#define OP_ADD_U64	0
#define NO_REGISTERS	0

struct qemu_plugin_tb;
typedef uint64_t plugin_id;
typedef void at_exec(unsigned int cpu, void *arg);

void qemu_plugin_register_vcpu_tb_trans_cb(
	plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_inline(void *insn, int op,
						void *counter, uint64_t add);
void qemu_plugin_register_vcpu_insn_exec_cb(void *insn, at_exec *call,
					    int flags, void *arg);
void qemu_plugin_register_atexit_cb(plugin_id id,
				    void (*call)(plugin_id, void *), void *arg);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
void *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const void *insn);

EXPORTED int qemu_plugin_version = 1;

struct range {
	uint64_t fewest, most;
};

struct place {
	uint64_t address, count;
	struct range here, whole;
};

#define PLACES_MAX	8

static struct place places[PLACES_MAX];
static unsigned int place_count;
static uint64_t start, end;

static uint64_t executed;
static uint64_t started_at;
static const struct place *seen;	/* since the start */
static uint64_t seen_after;
static const char *path;

static void note(struct range *range, uint64_t value)
{
	if (value < range->fewest || !range->most)
		range->fewest = value;
	if (value > range->most)
		range->most = value;
}

static void at_start(unsigned int cpu, void *arg)
{
	(void)cpu;
	(void)arg;
	started_at = executed;
	seen = NULL;
}

static void at_place(unsigned int cpu, void *arg)
{
	(void)cpu;
	seen = arg;
	seen_after = executed - started_at;
}

static void at_end(unsigned int cpu, void *arg)
{
	struct place *place;

	(void)cpu;
	(void)arg;
	if (!seen)
		return;
	place = &places[seen - places];
	place->count++;
	note(&place->here, seen_after);
	note(&place->whole, executed - started_at + 1);
	seen = NULL;
}

static void mark(void *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	at_exec *call = NULL;
	void *arg = NULL;
	unsigned int i;

	if (address == start)
		call = at_start;
	else if (address == end)
		call = at_end;
	for (i = 0; i < place_count; i++) {
		if (address == places[i].address) {
			call = at_place;
			arg = &places[i];
		}
	}
	if (call)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, call, NO_REGISTERS,
						       arg);
}

static void translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t index, size = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (index = 0; index < size; index++) {
		void *insn = qemu_plugin_tb_get_insn(tb, index);

		mark(insn);
		qemu_plugin_register_vcpu_insn_exec_inline(insn, OP_ADD_U64,
							   &executed, 1);
	}
}

static void report(plugin_id id, void *arg)
{
	FILE *file = fopen(path, "w");
	unsigned int i;

	(void)id;
	(void)arg;
	if (!file) {
		perror(path);
		return;
	}
	for (i = 0; i < place_count; i++) {
		const struct place *place = &places[i];

		fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %" PRIu64 "\n", place->count, place->here.fewest,
			place->here.most, place->whole.fewest,
			place->whole.most);
	}
	fclose(file);
}

static int take(const char *text)
{
	if (!strncmp(text, "out=", 4))
		path = strdup(text + 4);
	else if (!strncmp(text, "start=", 6))
		start = strtoull(text + 6, NULL, 0);
	else if (!strncmp(text, "end=", 4))
		end = strtoull(text + 4, NULL, 0);
	else if (!strncmp(text, "at=", 3) && place_count < PLACES_MAX)
		places[place_count++].address = strtoull(text + 3, NULL, 0);
	else
		return -1;
	return 0;
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *info, int argc,
				 char **argv);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (take(argv[i])) {
			fprintf(stderr, "marks: %s: wanted out=, start=, end=, or at= up to %d times\n",
				argv[i], PLACES_MAX);
			return -1;
		}
	}
	if (!path || !start || !end || !place_count) {
		fprintf(stderr, "marks: wanted out=, start=, end= and at=\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
