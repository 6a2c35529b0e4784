/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asks for the name of a fault on the console and commits it. Prints
 * "fault: NAME" first, and "survived: NAME" when nothing stopped it.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/plat/console.h>
#include <uk/plat/time.h>
#include <ukd/console.h>

#define LINE_SIZE	32
#define POLL_US		1000

/* Device registers on QEMU's virt machine: the UART. */
#define DEVICE		0x9000000UL

/* Beyond what the tables can map. */
#define BEYOND		(1UL << 40)

#define RET		0xd65f03c0U

static const uint32_t constant = 1;
static uint32_t code_as_data = RET;

static void write_to(uintptr_t address)
{
	__asm__ __volatile__("str wzr, [%0]" : : "r"(address) : "memory");
}

static void read_from(uintptr_t address)
{
	uint32_t value;

	__asm__ __volatile__("ldr %w0, [%1]" : "=r"(value) : "r"(address));
}

static void jump_to(uintptr_t address)
{
	__asm__ __volatile__("blr %0" : : "r"(address) : "x30", "memory");
}

static void text(void)		{ write_to((uintptr_t)read_from); }
static void rodata(void)	{ write_to((uintptr_t)&constant); }
static void data_code(void)	{ jump_to((uintptr_t)&code_as_data); }
static void device_code(void)	{ jump_to(DEVICE); }
static void null_read(void)	{ read_from(0); }
static void null_write(void)	{ write_to(8); }
static void null_call(void)	{ jump_to(0); }
static void beyond(void)	{ read_from(BEYOND); }
static void odd_call(void)	{ jump_to((uintptr_t)read_from + 2); }

static void stack_code(void)
{
	volatile uint32_t code = RET;

	jump_to((uintptr_t)&code);
}

static void undefined(void)	{ __asm__ __volatile__("udf #0"); }
static void svc(void)		{ __asm__ __volatile__("svc #0"); }
static void brk(void)		{ __asm__ __volatile__("brk #0"); }

static void floating(void)
{
	__asm__ __volatile__(".arch armv8-a+fp\n\tfmov s0, wzr");
}

/* Known values in all registers a handler could lose. */
static void registers(void)
{
	__asm__ __volatile__("mov x0, #0x100\n\tmov x1, #0x101\n\t"
			     "mov x2, #0x102\n\tmov x17, #0x117\n\t"
			     "mov x18, #0x118\n\tmov x30, #0x130\n\t"
			     "udf #0");
}

static unsigned int overflow_by(volatile char *above)
{
	volatile char here[256];

	here[0] = *above;
	return overflow_by(here) + (unsigned int)here[0];
}

static void overflow(void)
{
	volatile char first = 0;

	overflow_by(&first);
}

static void fault_now(void *arg)
{
	(void)arg;
	undefined();
}

/* In interrupt context. */
static void interrupt(void)
{
	if (uk_timer_at(ukd_ticks(), fault_now, NULL))
		puts("no timer");
	uk_sleep_us(POLL_US);
}

static int write_badly(void *self, const char *bytes, size_t size)
{
	(void)self;
	(void)bytes;

	if (size)
		write_to(0);
	return 0;
}

static int get_nothing(void *self)
{
	(void)self;
	return -1;
}

/* The report runs into a fault of its own: a console that isn't there. */
static void twice(void)
{
	static const struct ukd_console_ops ops = {
		.write = write_badly,
		.getc = get_nothing,
	};
	static const struct ukd_device dev = { .path = "/nowhere" };

	/* What was kept before the first console is written to each new one. */
	ukd_console_add(&dev, &ops, NULL);
	undefined();
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "beyond", beyond },
	{ "brk", brk },
	{ "data-code", data_code },
	{ "device-code", device_code },
	{ "float", floating },
	{ "interrupt", interrupt },
	{ "null-call", null_call },
	{ "null-read", null_read },
	{ "null-write", null_write },
	{ "odd-call", odd_call },
	{ "overflow", overflow },
	{ "registers", registers },
	{ "rodata", rodata },
	{ "stack-code", stack_code },
	{ "svc", svc },
	{ "text", text },
	{ "twice", twice },
	{ "undefined", undefined },
};

static void read_line(char *line, size_t size)
{
	size_t length = 0;
	int byte;

	for (;;) {
		while ((byte = uk_console_getc()) < 0)
			uk_sleep_us(POLL_US);
		if (byte == '\r' || byte == '\n')
			break;
		if (length < size - 1)
			line[length++] = (char)byte;
	}
	line[length] = '\0';
}

int main(void)
{
	char line[LINE_SIZE];
	unsigned int i;

	printf("which fault? ");
	read_line(line, sizeof(line));
	putchar('\n');
	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		if (strcmp(faults[i].name, line))
			continue;
		printf("fault: %s\n", line);
		faults[i].commit();
		printf("survived: %s\n", line);
		return 0;
	}
	printf("no such fault: %s\n", line);
	return 1;
}
