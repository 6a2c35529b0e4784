/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU plugin: write the number of guest instructions executed to a file.
 *
 *   gcc -O2 -shared -fPIC -o icount.so icount.c
 *   qemu-system-aarch64 -icount shift=0 -plugin ./icount.so,out=FILE ...
 *
 * With `-icount shift=0` on one CPU the count is the same on every run.
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

struct qemu_plugin_tb;
typedef uint64_t plugin_id;

void qemu_plugin_register_vcpu_tb_trans_cb(
	plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_inline(void *insn, int op,
						void *counter, uint64_t add);
void qemu_plugin_register_atexit_cb(plugin_id id,
				    void (*call)(plugin_id, void *), void *arg);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
void *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);

EXPORTED int qemu_plugin_version = 1;

static uint64_t executed;
static char *path;

static void count(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t index, size = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (index = 0; index < size; index++)
		qemu_plugin_register_vcpu_insn_exec_inline(
			qemu_plugin_tb_get_insn(tb, index), OP_ADD_U64,
			&executed, 1);
}

static void report(plugin_id id, void *arg)
{
	FILE *file = fopen(path, "w");

	(void)id;
	(void)arg;
	if (!file) {
		perror(path);
		return;
	}
	fprintf(file, "%" PRIu64 "\n", executed);
	fclose(file);
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *info, int argc,
				 char **argv);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "icount: want the one argument out=FILE\n");
		return -1;
	}

	path = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, count);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
