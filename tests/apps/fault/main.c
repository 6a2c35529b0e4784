/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asks for the name of a fault on the console and commits it. Prints
 * "fault: NAME" first, and "survived: NAME" when nothing stopped it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/arch/stack.h>
#include <uk/plat/console.h>
#include <uk/plat/power.h>
#include <uk/plat/time.h>
#include <uk/thread.h>
#include <ukd/console.h>
#include <ukd/core.h>
#include <ukd/errno.h>
#include <ukd/mmio.h>

#define LINE_SIZE	32
#define POLL_US		1000

/* Device registers on QEMU's virt machine: the UART, a PL011. */
#define DEVICE		0x9000000UL
#define UARTDR		0x000
#define UARTFR		0x018
#define UARTFR_RXFE	(1U << 4)

/* Beyond what the CPU can address. */
#define BEYOND		(1UL << 52)

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

static void sleep_long(void *arg)
{
	(void)arg;
	uk_sleep_us(1000000);
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

/* One frame that is larger than the page below the stack. */
static void __attribute__((noinline)) use_much(unsigned int depth)
{
	volatile char much[12000];

	much[0] = (char)depth;
	if (depth)
		use_much(depth - 1);
	much[1] = much[0];
}

static void overflow_far(void)
{
	use_much(8);
}

static void overflow_thread(void *arg)
{
	(void)arg;
	overflow();
}

/* The stack of a thread; the one above and the one below it are in use. */
static void thread_overflow(void)
{
	struct uk_thread *thread[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (uk_thread_create(&thread[i], i == 1 ? overflow_thread
							: sleep_long, NULL))
			puts("no thread");
	}
	uk_thread_yield();
}

static void fault_now(void *arg)
{
	(void)arg;
	undefined();
}

/* A stack with no more room for the registers that an interrupt saves. */
static void interrupt_overflow(void)
{
	static struct uk_timer timer;

	if (uk_timer_at(&timer, ukd_ticks() + uk_us_to_ticks(POLL_US),
			fault_now, NULL))
		puts("no timer");
	__asm__ __volatile__("mov sp, %0\n1:\tb 1b"
			     : : "r"(uk_stack_bottom + 16));
}

/* In interrupt context. */
static void interrupt(void)
{
	static struct uk_timer timer;

	if (uk_timer_at(&timer, ukd_ticks(), fault_now, NULL))
		puts("no timer");
	uk_sleep_us(POLL_US);
}

/* A console of its own, for an image without a console driver */

static bool breaks_after_line;

static int write_raw(void *self, const char *bytes, size_t size)
{
	(void)self;
	for (; size; size--, bytes++) {
		ukd_mmio_write32(DEVICE, UARTDR, (unsigned char)*bytes);
		if (breaks_after_line && *bytes == '\n')
			write_to(0);
	}
	return 0;
}

static int get_raw(void *self)
{
	(void)self;
	if (ukd_mmio_read32(DEVICE, UARTFR) & UARTFR_RXFE)
		return -EAGAIN;
	return (int)(ukd_mmio_read32(DEVICE, UARTDR) & 0xff);
}

/* Kept silent where a driver's console speaks. */
static void add_console(void)
{
	static const struct ukd_console_ops ops = {
		.write = write_raw,
		.getc = get_raw,
	};
	static const struct ukd_device dev = { .path = "/raw" };
	struct ukd_region region = { .base = DEVICE, .size = 0x1000 };

	if (ukd_map(&region) || ukd_console_add(&dev, &ops, NULL))
		uk_power_cut();
}

/* The report runs into a fault of its own, after its first line. */
static void twice(void)
{
	breaks_after_line = true;
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
	{ "interrupt-overflow", interrupt_overflow },
	{ "null-call", null_call },
	{ "null-read", null_read },
	{ "null-write", null_write },
	{ "odd-call", odd_call },
	{ "overflow", overflow },
	{ "overflow-far", overflow_far },
	{ "registers", registers },
	{ "rodata", rodata },
	{ "stack-code", stack_code },
	{ "svc", svc },
	{ "text", text },
	{ "thread-overflow", thread_overflow },
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

	add_console();
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
